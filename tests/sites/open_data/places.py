"""Sites in France and Switzerland for the tests of open data."""

from __future__ import annotations

from typing import Any

from comptoir.sites.tables import Site
from tests import factories


async def french_site(**values: Any) -> Site:
    """A published site in Lyon of which everything is known."""
    return await factories.site(
        **{
            "name": "Guichet de la Part-Dieu",
            "short_name": "Lyon",
            "street": "12 rue de la Part-Dieu",
            "postcode": "69003",
            "city": "Lyon",
            "country": "FR",
            "region": "69",
            "time_zone": "Europe/Paris",
            "phone": "+33465710109",
            "email": "lyon@passerelle.org",
            "opening_hours": "Mo-Fr 09:00-12:00,14:00-18:00",
            "kind": "library",
            "offers": "equipment-loan wifi online-formalities digital-skills-workshop repair",
            "audiences": "young-people job-seekers",
            "cost": "free-on-conditions",
            "languages": "fr en ar",
            "visits": "both",
            "wheelchair": "yes",
            "latitude": 45.7606,
            "longitude": 4.854,
            "published": True,
            **values,
        }
    )


async def bare_site(**values: Any) -> Site:
    """A published site in France of which only the address is known."""
    return await factories.site(
        **{
            "name": "Mairie",
            "street": "1 place de la Mairie",
            "postcode": "01000",
            "city": "Bourg-en-Bresse",
            "country": "FR",
            "time_zone": "Europe/Paris",
            "opening_hours": "",
            "published": True,
            **values,
        }
    )
