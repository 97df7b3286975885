"""Published sites as a GeoJSON FeatureCollection (RFC 7946)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from comptoir.sites.open_data.places import OpenPlace

MEDIA_TYPE = "application/geo+json"


def feature_collection(places: Iterable[OpenPlace]) -> dict[str, Any]:
    """Those whose coordinates are known."""
    features = [_feature(place) for place in places if place.site.latitude is not None]
    return {"type": "FeatureCollection", "features": features}


def _feature(place: OpenPlace) -> dict[str, Any]:
    """A site as a point: longitude first (RFC 7946, section 3.1.1), in degrees (WGS 84)."""
    site = place.site
    known = {
        "name": site.name,
        "organisation": site.organisation.name,
        "street": site.street,
        "postcode": site.postcode,
        "city": site.city,
        "country": site.country,
        "phone": place.phone,
        "email": place.email,
        "url": place.url,
        "opening_hours": place.regular_hours,
        "time_zone": site.time_zone,
        "kind": site.kind,
        "offers": site.offers,
        "audiences": site.audiences,
        "cost": site.cost,
        "languages": site.languages,
        "visits": site.visits,
        "wheelchair": site.wheelchair,
        "transport": site.transport,
        "workstations": site.workstations,
        "updated": place.updated.isoformat(),
    }
    return {
        "type": "Feature",
        "id": str(site.id),
        "geometry": {"type": "Point", "coordinates": [site.longitude, site.latitude]},
        "properties": {name: value for name, value in known.items() if value not in ("", (), None)},
    }
