"""Whose borrowers somebody may know of: those of the sites where they work."""

from __future__ import annotations

from typing import Any

from comptoir.core.principal import Principal

_KNOWN = (
    "EXISTS (SELECT 1 FROM lending_borrower_site AS known"
    " WHERE known.borrower = b.id AND known.site IN :sites)"
)


def seen_by(actor: Principal) -> tuple[str, dict[str, Any]]:
    """A condition on ``lending_borrower AS b``, and its values."""
    if actor.all_sites:
        return "1 = 1", {}
    return _KNOWN, {"sites": sorted(actor.site_ids)}
