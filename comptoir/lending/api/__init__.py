"""Lending, for other programs."""

from comptoir.lending.api import desk, loans

ROUTES = [*desk.ROUTES, *loans.ROUTES]
