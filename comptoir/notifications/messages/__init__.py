"""What went out, for those who answer for it: the list, another try, the switch and the budget."""
