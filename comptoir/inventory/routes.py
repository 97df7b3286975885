"""What the inventory mounts."""

from __future__ import annotations

from comptoir.inventory import api

ROUTES = [*api.ROUTES]
