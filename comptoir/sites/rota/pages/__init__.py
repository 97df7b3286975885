"""The pages of the rota."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from comptoir.sites.rota.pages import absences, clearing, gaps, links, needs, offers, shifts, week

ROUTES: list[ControllerRouterHandler] = [
    *week.ROUTES,
    *shifts.ROUTES,
    *offers.ROUTES,
    *gaps.ROUTES,
    *clearing.ROUTES,
    *absences.ROUTES,
    *needs.ROUTES,
    *links.ROUTES,
]
