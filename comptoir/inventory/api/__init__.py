"""The inventory, for other programs."""

from comptoir.inventory.api import actions, catalogue, items, labels

ROUTES = [*items.ROUTES, *actions.ROUTES, *catalogue.ROUTES, *labels.ROUTES]
