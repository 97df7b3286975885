"""Places: address, weekly hours, staff."""
