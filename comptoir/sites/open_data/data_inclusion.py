"""French sites as structures and services of data·inclusion, schema v1.

Source: the package ``data-inclusion-schema`` 1.0 of the GIP Plateforme de l'inclusion,
whose models our tests put every record through.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from comptoir.core.i18n import use_language
from comptoir.sites import welcome
from comptoir.sites.open_data.anct_terms import POSTCODE
from comptoir.sites.open_data.places import OpenPlace

SOURCE = "comptoir"

Record = dict[str, Any]

#: The lengths that a name may have, in characters.
_SHORTEST, _LONGEST = 3, 150


class _Kind(msgspec.Struct, frozen=True):
    """What the schema calls a service, and which of its subjects it is about."""

    type: str
    subject: str


_EQUIPMENT = "numerique--acquerir-un-equipement"
_CONNECTION = "numerique--acceder-a-une-connexion-internet"
_ONLINE = "numerique--acceder-a-des-services-en-ligne"
_BASICS = "numerique--maitriser-les-fondamentaux-du-numerique"

_SERVICES = {
    "equipment-loan": _Kind("aide-materielle", _EQUIPMENT),
    "wifi": _Kind("aide-materielle", _CONNECTION),
    "computers": _Kind("aide-materielle", _CONNECTION),
    "printing": _Kind("aide-materielle", _ONLINE),
    "online-formalities": _Kind("accompagnement", _ONLINE),
    "first-steps": _Kind("accompagnement", _BASICS),
    "digital-skills-workshop": _Kind("atelier", _BASICS),
    "repair": _Kind("aide-materielle", _EQUIPMENT),
    "connectivity": _Kind("aide-materielle", _CONNECTION),
    "second-hand": _Kind("aide-materielle", _EQUIPMENT),
}
_PUBLICS = {
    "young-people": "jeunes",
    "families": "familles",
    "women": "femmes",
    "seniors": "seniors",
    "job-seekers": "demandeurs-emploi",
    "migrants": "personnes-exilees",
    "disabilities": "personnes-en-situation-de-handicap",
}
_FEES = {"free": "gratuit", "paid": "payant"}


def structures(places: Iterable[OpenPlace]) -> list[Record]:
    """Each French site as a structure."""
    return [_structure(place) for place in _french(places)]


def services(places: Iterable[OpenPlace]) -> list[Record]:
    """Each thing that a French site offers as a service of its structure, named in French."""
    with use_language("fr"):
        return [
            _service(place, offer, kind)
            for place in _french(places)
            for offer, kind in _SERVICES.items()
            if offer in place.site.offers
        ]


def _french(places: Iterable[OpenPlace]) -> list[OpenPlace]:
    return [place for place in places if place.site.country == "FR"]


def _structure(place: OpenPlace) -> Record:
    return _known(
        source=SOURCE,
        id=_structure_id(place),
        nom=_name(place),
        date_maj=place.updated.isoformat(),
        lien_source=place.url,
        siret=place.pivot if len(place.pivot) == 14 and place.pivot.isdecimal() else "",
        site_web=place.site.organisation.website,
        horaires_accueil=place.regular_hours,
        **_where(place),
    )


def _service(place: OpenPlace, offer: str, kind: _Kind) -> Record:
    site = place.site
    name = str(welcome.OFFERS[offer])
    cost = str(welcome.COSTS[site.cost]) if site.cost else ""
    visits = str(welcome.VISITS[site.visits]) if site.visits else ""
    about = [f"{name} – {site.name}, {site.city}", visits, cost]
    comes = site.visits in ("walk-in", "both")
    ways = {"se-presenter": comes, "telephoner": place.phone, "envoyer-un-courriel": place.email}
    return _known(
        source=SOURCE,
        id=f"{_structure_id(place)}--{offer}",
        structure_id=_structure_id(place),
        nom=name,
        description=". ".join(part for part in about if part) + ".",
        date_maj=place.updated.isoformat(),
        lien_source=place.url,
        type=kind.type,
        thematiques=[kind.subject],
        frais=_FEES.get(site.cost, ""),
        frais_precisions=cost if site.cost == "free-on-conditions" else "",
        publics=[_PUBLICS[each] for each in site.audiences if each in _PUBLICS],
        modes_accueil=["en-presentiel"],
        modes_mobilisation=[way for way, possible in ways.items() if possible],
        mobilisable_par=["usagers"] if comes else [],
        horaires_accueil=place.regular_hours,
        **_where(place),
    )


def _where(place: OpenPlace) -> Record:
    site = place.site
    return {
        "commune": site.city,
        "code_postal": site.postcode if POSTCODE.fullmatch(site.postcode) else "",
        "adresse": site.street,
        "longitude": site.longitude,
        "latitude": site.latitude,
        "telephone": place.phone,
        "courriel": place.email,
    }


def _structure_id(place: OpenPlace) -> str:
    return f"{SOURCE}--{place.site.id}"


def _name(place: OpenPlace) -> str:
    """The name of a structure: long enough, and without a full stop at its end."""
    name = place.site.name.rstrip(". ")
    name = name if len(name) >= _SHORTEST else f"{name} – {place.site.organisation.name}"
    return name[:_LONGEST]


def _known(**fields: Any) -> Record:
    """The fields that have a value; where nobody has said, the schema wants null or nothing."""
    return {name: value for name, value in fields.items() if value not in ("", None, [])}
