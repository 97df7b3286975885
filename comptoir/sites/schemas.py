"""Commands that change places, and views of them."""

from __future__ import annotations

from uuid import UUID

import msgspec

from comptoir.sites.opening_hours import Span


class SiteName(msgspec.Struct, frozen=True):
    """A site as a list or a choice names it."""

    id: UUID
    name: str


class SaveOrganisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organisation as it shall be; ``return_to`` is printed on every label."""

    name: str
    return_to: str
    phone: str = ""
    email: str = ""
    website: str = ""


class SaveSite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A site as it shall be; without ``short_name``, the city is its short name.

    ``region`` is the canton (``FR``, ``VD``) or the number of the département
    (``69``), whose public holidays it keeps; in France the postcode says it.
    """

    organisation: UUID
    name: str
    city: str
    short_name: str = ""
    street: str = ""
    postcode: str = ""
    country: str = "CH"
    region: str = ""
    time_zone: str = "Europe/Zurich"
    language: str = "fr"
    phone: str = ""
    email: str = ""


class OrganisationView(msgspec.Struct, frozen=True):
    """Who owns what is lent."""

    id: UUID
    name: str
    return_to: str
    phone: str
    email: str
    website: str
    version: int


class SiteView(msgspec.Struct, frozen=True):
    """A place one can go to, with its weekly hours in order."""

    id: UUID
    organisation: OrganisationView
    name: str
    short_name: str
    street: str
    postcode: str
    city: str
    country: str
    region: str
    time_zone: str
    language: str
    phone: str
    email: str
    hours: tuple[Span, ...]
    version: int
