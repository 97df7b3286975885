"""Lending, for other programs."""

from comptoir.lending.api import (
    agreements,
    borrowers,
    cards,
    closures,
    desk,
    loans,
    missing,
    policies,
    reservations,
    timelines,
    undo,
    vouchers,
)

ROUTES = [
    *desk.ROUTES,
    *loans.ROUTES,
    *agreements.ROUTES,
    *borrowers.ROUTES,
    *cards.ROUTES,
    *closures.ROUTES,
    *missing.ROUTES,
    *policies.ROUTES,
    *reservations.ROUTES,
    *timelines.ROUTES,
    *undo.ROUTES,
    *vouchers.ROUTES,
]
