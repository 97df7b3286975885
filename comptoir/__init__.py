"""Comptoir: a lending desk for laptops, phones and connectivity vouchers."""

__version__ = "0.1.0"
