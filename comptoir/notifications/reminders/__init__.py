"""From a rule to a message: who is written to, when, and what about."""
