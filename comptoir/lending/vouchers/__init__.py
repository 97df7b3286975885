"""Vouchers given to people: which, to whom, and how many one may have."""
