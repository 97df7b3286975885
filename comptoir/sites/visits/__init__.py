"""How many come in: a tally at the door, without a name and without saying who counted."""
