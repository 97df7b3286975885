"""Messages to borrowers and back: the outbox, who sends it, and what comes in."""
