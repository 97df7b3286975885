"""What comes in: understood, acted upon, answered, or given to a person to read."""
