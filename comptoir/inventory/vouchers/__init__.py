"""Prepaid SIMs, data top-ups and Wi-Fi codes: counted like money, read by nobody in passing."""
