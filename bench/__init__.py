"""How fast the program is, beside the least that the same writes can take."""
