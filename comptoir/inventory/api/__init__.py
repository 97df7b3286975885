"""The inventory, for other programs."""

from comptoir.inventory.api import actions, catalogue, items

ROUTES = [*items.ROUTES, *actions.ROUTES, *catalogue.ROUTES]
