"""Comptoir, a lending desk for laptops, phones and connectivity vouchers."""
