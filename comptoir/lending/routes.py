"""What lending mounts."""

from __future__ import annotations

from comptoir.lending import api

ROUTES = [*api.ROUTES]
