"""Commands that change places, and views of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.fields import Email, Language, Phone, example
from comptoir.sites import welcome
from comptoir.sites.opening_hours import Span
from comptoir.sites.skills.languages import SPOKEN


class SiteName(msgspec.Struct, frozen=True):
    """A site as a list or a choice names it."""

    id: UUID
    name: str


class SaveOrganisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organisation as it shall be; ``return_to`` is printed on every label."""

    name: Annotated[str, example("Association Exemple")]
    return_to: Annotated[str, example("Association Exemple, 1700 Fribourg")]
    phone: Phone = ""
    email: Email = ""
    website: Annotated[str, example("https://www.example.org")] = ""


def _one_of(codes: Iterable[str]) -> msgspec.Meta:
    return msgspec.Meta(extra_json_schema={"enum": ["", *codes]})


def _some_of(codes: Iterable[str]) -> msgspec.Meta:
    return msgspec.Meta(extra_json_schema={"items": {"type": "string", "enum": list(codes)}})


class Welcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a site says of itself to whoever wants to come. Empty or null: nobody has said.

    ``workstations`` is how many computers one can use there; ``latitude`` and
    ``longitude`` are in degrees (WGS 84). The public sees a site that is ``published``;
    with ``shows_stock``, also how much there is to borrow just now.
    """

    kind: Annotated[str, _one_of(welcome.KINDS)] = ""
    transport: Annotated[str, example("Bus 2, Pérolles")] = ""
    wheelchair: Annotated[str, _one_of(welcome.WHEELCHAIR)] = ""
    offers: Annotated[tuple[str, ...], _some_of(welcome.OFFERS)] = ()
    audiences: Annotated[tuple[str, ...], _some_of(welcome.AUDIENCES)] = ()
    cost: Annotated[str, _one_of(welcome.COSTS)] = ""
    languages: Annotated[tuple[str, ...], _some_of(SPOKEN)] = ()
    visits: Annotated[str, _one_of(welcome.VISITS)] = ""
    workstations: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    published: bool = False
    shows_stock: bool = False


class SaveSite(Welcome, frozen=True, forbid_unknown_fields=True):
    """A site as it shall be; without ``short_name``, the city is its short name.

    ``region`` is the canton (``FR``, ``VD``) or the number of the département
    (``69``), whose public holidays it keeps; in France the postcode says it.
    """

    organisation: UUID
    name: Annotated[str, example("Guichet de Fribourg")]
    city: Annotated[str, example("Fribourg")]
    short_name: Annotated[str, example("Fribourg")] = ""
    street: Annotated[str, example("Rue de Romont 12")] = ""
    postcode: Annotated[str, example("1700")] = ""
    country: str = "CH"
    region: Annotated[str, example("FR")] = ""
    time_zone: str = "Europe/Zurich"
    language: Language = "fr"
    phone: Phone = ""
    email: Email = ""


class OrganisationView(msgspec.Struct, frozen=True):
    """Who owns what is lent."""

    id: UUID
    name: str
    return_to: str
    phone: str
    email: str
    website: str
    version: int


class SiteView(Welcome, frozen=True):
    """A place one can go to.

    ``slug`` is the end of the address of its public page, made from its name.
    ``local_holidays`` is what was said of holidays that a part of its canton or département
    keeps: the code of each that the site keeps, and with a leading minus of each that it does
    not keep though most do. Only a canton or département behind "=": the site has said that it
    does there as most do.

    ``opening_hours`` is an OpenStreetMap expression, empty where nobody has said; ``hours``
    is when the door is open in its usual week, in order. ``hours_confirmed_on`` is the date
    when somebody last said that they are right.
    """

    id: UUID
    organisation: OrganisationView
    slug: str
    name: str
    short_name: str
    street: str
    postcode: str
    city: str
    country: str
    region: str
    local_holidays: tuple[str, ...]
    time_zone: str
    language: Language
    phone: str
    email: str
    opening_hours: str
    hours: tuple[Span, ...]
    hours_confirmed_on: date | None
    version: int


class SetHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a site's door is open: an OpenStreetMap expression; empty: nobody knows.

    With ``seen``, which the preview gave, nothing is changed if what hangs on the hours
    has changed since.
    """

    opening_hours: Annotated[
        str, msgspec.Meta(examples=["Mo-Fr 09:00-12:00,14:00-17:00; Jul-Aug Mo-Fr 08:00-12:00"])
    ]
    seen: Annotated[str, msgspec.Meta(max_length=64, examples=[""])] = ""
