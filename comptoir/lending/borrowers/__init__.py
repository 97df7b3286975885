"""Borrowers: who they are, how they are found, their cards and households."""
