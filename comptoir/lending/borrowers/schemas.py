"""Commands that change borrowers, and views of them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.fields import Language, Phone, example
from comptoir.inventory.names import read_name


class ContactKind(StrEnum):
    """The one way by which a borrower wants to be reached."""

    PHONE = "phone"
    EMAIL = "email"
    LETTER = "letter"
    COUNSELLOR = "counsellor"
    NONE = "none"


class SaveBorrower(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A borrower as they shall be. Only name and language are needed.

    ``phone`` is as people write it at the site. ``group`` null: the default
    one. ``eligible_until`` is the last day on which they may borrow.
    """

    name: Annotated[str, example("Amina Diallo")]
    language: Language
    group: UUID | None = None
    contact_kind: ContactKind = ContactKind.NONE
    phone: Phone = ""
    email: Annotated[str, example("amina@example.org")] = ""
    address: Annotated[str, example("Rue de Romont 12\n1700 Fribourg")] = ""
    referrer: Annotated[str, example("Caritas")] = ""
    counsellor: Annotated[str, example("Binta Sow, 026 555 01 30")] = ""
    note: Annotated[str, example("Comes with an interpreter.")] = ""
    eligible_until: Annotated[date | None, example("2034-12-31")] = None


class GroupName(msgspec.Struct, frozen=True):
    """A borrower group as a choice names it; ``names`` is JSON by language."""

    id: UUID
    names: str
    is_default: bool = False

    def name(self, language: str) -> str:
        """Its name in a language, else in another."""
        return read_name(self.names, language)


class Housemate(msgspec.Struct, frozen=True):
    """Somebody of the same household whom the actor may know of."""

    id: UUID
    name: str


class CardView(msgspec.Struct, frozen=True):
    """The valid card of a borrower."""

    code: str
    issued_at: datetime


class BorrowerView(msgspec.Struct, frozen=True, kw_only=True):
    """A borrower with everything that is kept about them. Moments are UTC.

    ``suspended`` says whether they are at the moment of reading; a suspension
    that has run out still has its dates. ``may_borrow_from`` is a day at the
    site whose zone is ``time_zone``; None while suspended: until lifted.
    """

    id: UUID
    name: str
    language: Language
    group: GroupName
    contact_kind: ContactKind
    phone: str
    email: str
    address: str
    referrer: str
    counsellor: str
    note: str
    eligible_until: date | None
    eligible: bool
    suspended: bool
    may_borrow_from: date | None
    household: UUID | None
    housemates: tuple[Housemate, ...]
    card: CardView | None
    time_zone: str
    created_at: datetime
    version: int


class BorrowerRow(msgspec.Struct, frozen=True, kw_only=True):
    """A borrower in a list. ``open_loans`` counts what they hold."""

    id: UUID
    name: str
    language: str
    phone: str
    group: GroupName
    suspended: bool
    open_loans: int


class BorrowerState(StrEnum):
    """Whom a list shows, beside everybody."""

    HOLDING = "holding"
    SUSPENDED = "suspended"


class BorrowerPlace(msgspec.Struct, frozen=True):
    """A place in the list by name; ``name`` is as it is sorted."""

    name: str
    id: UUID


class BorrowerFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is limited to. ``after`` is where the page before ended."""

    state: BorrowerState | None = None
    group: UUID | None = None
    after: BorrowerPlace | None = None
    limit: int = 50


class BorrowerPage(msgspec.Struct, frozen=True):
    """One page of a list; ``next`` is the ``after`` of the page that follows, if any."""

    rows: tuple[BorrowerRow, ...]
    next: BorrowerPlace | None = None


class CardLookup(msgspec.Struct, frozen=True):
    """Whose card carries a code; ``replaced`` if it is no longer valid."""

    borrower_id: UUID
    replaced: bool
