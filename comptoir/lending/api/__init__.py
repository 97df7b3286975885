"""Lending, for other programs."""

from comptoir.lending.api import agreements, borrowers, desk, loans, policies

ROUTES = [*desk.ROUTES, *loans.ROUTES, *agreements.ROUTES, *borrowers.ROUTES, *policies.ROUTES]
