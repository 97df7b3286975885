"""Who works where, and as what."""
