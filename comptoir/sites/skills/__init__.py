"""Languages and competences: what somebody brings to the place where they work."""
