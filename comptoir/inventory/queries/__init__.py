"""What there is to read of the inventory: ``catalogue``, ``items``, ``listing``, ``found``."""
