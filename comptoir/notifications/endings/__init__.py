"""A voucher that somebody was given expires soon: who is told, when, and in which words."""
