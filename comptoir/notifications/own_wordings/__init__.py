"""The wordings that the place writes itself, in place of the defaults."""
