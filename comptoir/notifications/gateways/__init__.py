"""What carries a message out: one small protocol, and a module for each gateway."""
