"""French sites as the CSV of the ANCT's national map, v1.0.2."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from comptoir.core.spreadsheets import plain_lines, safe
from comptoir.sites.open_data import anct_terms as terms
from comptoir.sites.open_data.places import OpenPlace
from comptoir.sites.schemas import SiteView


def anct_csv(places: Iterable[OpenPlace]) -> bytes:
    """The file, in UTF-8 without a mark: the standard's own reader takes a mark for a name.

    Only what the standard can tell is in it: sites in France that have a street and a
    postcode.
    """
    rows = (anct_row(place) for place in places if has_place(place.site))
    lines = ([row.get(column, "") for column in terms.COLUMNS] for row in rows)
    return plain_lines([terms.COLUMNS, *lines], separator=",")


def has_place(site: SiteView) -> bool:
    """True if the standard has a place for the site."""
    return (
        site.country == "FR"
        and terms.POSTCODE.fullmatch(site.postcode) is not None
        and site.street != ""
    )


def anct_row(place: OpenPlace) -> dict[str, str]:
    """The columns of one site; what nobody has said is left out."""
    site = place.site
    phone = place.phone if terms.PHONE.fullmatch(place.phone) else ""
    return {
        "id": place.anct_id or str(site.id),
        "pivot": place.pivot or terms.NO_PIVOT,
        "nom": safe(site.name),
        "commune": safe(site.city),
        "code_postal": site.postcode,
        "adresse": safe(site.street),
        "latitude": _degrees(site.latitude),
        "longitude": _degrees(site.longitude),
        "typologie": terms.TYPES.get(site.kind, ""),
        "telephone": phone,
        "courriels": safe(place.email),
        "site_web": _listed([place.url, site.organisation.website]),
        "horaires": place.regular_hours,
        "source": "Comptoir",
        "structure_parente": safe(site.organisation.name),
        "date_maj": place.updated.isoformat(),
        "services": _words(site.offers, terms.SERVICES),
        "publics_specifiquement_adresses": _words(site.audiences, terms.PUBLICS),
        "prise_en_charge_specifique": _listed(_languages(site)),
        "frais_a_charge": terms.FEES.get(site.cost, ""),
        "modalites_acces": _listed(_ways_in(site, phone, place.email)),
        "modalites_accompagnement": _words(site.offers, terms.SUPPORT),
    }


def _languages(site: SiteView) -> Iterable[str]:
    if "en" in site.languages:
        yield terms.ENGLISH
    if not {"fr", "en"}.issuperset(site.languages):
        yield terms.OTHER_LANGUAGES


def _ways_in(site: SiteView, phone: str, email: str) -> Iterable[str]:
    if site.visits in ("walk-in", "both"):
        yield terms.COME
    if phone:
        yield terms.CALL
    if email:
        yield terms.WRITE


def _words(codes: Iterable[str], words: Mapping[str, str]) -> str:
    return _listed(words[code] for code in codes if code in words)


def _listed(words: Iterable[str]) -> str:
    return "|".join(dict.fromkeys(word for word in words if word))


def _degrees(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")
