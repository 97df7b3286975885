"""The inventory, for other programs."""

from comptoir.inventory.api import items

ROUTES = [*items.ROUTES]
