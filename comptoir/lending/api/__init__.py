"""Lending, for other programs."""

from comptoir.lending.api import borrowers, desk, loans, policies

ROUTES = [*desk.ROUTES, *loans.ROUTES, *borrowers.ROUTES, *policies.ROUTES]
