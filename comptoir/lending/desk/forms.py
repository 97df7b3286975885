"""The forms of the desk, as the browser sends them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from comptoir.core.idempotency import Attempt, fingerprint
from comptoir.core.vault import Untold
from comptoir.inventory.statuses import ProblemKind
from comptoir.lending.desk.kept import UndoKind

#: Whose the attempts of the desks are: of no person, as a colleague may have taken over the
#: desk before the browser tries again. The browser made each key at random.
DESKS = UUID("7e5c1c1e-0d3f-4c52-9c0a-3f2b6a1d8e47")


#: What tells a tap from the next one. It is asked for: a tap that comes twice gives one thing.
Tap = Annotated[str, msgspec.Meta(pattern="^[!-~]{1,255}$")]


def attempt_of(key: str, *parts: str) -> Attempt | None:
    """The attempt of a form that may be sent again; None without a key that can be kept."""
    if not (key.isascii() and key.isprintable() and key):
        return None
    return Attempt(key=key[:255], fingerprint=fingerprint(*parts), owner=DESKS)


class ScanForm(Untold, frozen=True):
    """The one field, and how the desk stood: hidden fields that come back with it."""

    scan: str = ""
    attempt_id: str = ""
    visit: str = ""
    waiting: str = ""
    recent: str = ""
    sets_aside: bool = False


class CloseForm(msgspec.Struct, frozen=True):
    """The end of a visit; ``unsigned`` says that nothing will be signed now."""

    visit: str = ""
    unsigned: bool = False
    recent: str = ""


class ChosenForm(msgspec.Struct, frozen=True):
    """A borrower chosen from the search, and the visit that is open until then."""

    borrower: UUID
    visit: str = ""
    waiting: str = ""
    recent: str = ""


class UndoForm(msgspec.Struct, frozen=True):
    """The way back from a step."""

    of: UUID
    kind: UndoKind
    visit: str = ""
    recent: str = ""


class RenewForm(msgspec.Struct, frozen=True):
    """The button beside a loan; ``renewals`` and ``due`` as the screen knew them."""

    loan: UUID
    renewals: int = 0
    due: datetime | None = None
    visit: str = ""
    recent: str = ""


class ToldForm(msgspec.Struct, frozen=True):
    """One tap on "told", beside a due date that an announcement moved; or on the way back."""

    announcement: UUID
    borrower: UUID
    told: bool = True
    visit: str = ""
    recent: str = ""


class ProblemForm(msgspec.Struct, frozen=True):
    """One tap on "missing" or "damaged"; ``loan`` is the one that the item came back from."""

    item: str
    kind: ProblemKind
    accessory: str = ""
    loan: str = ""
    visit: str = ""
    recent: str = ""


class BroughtForm(msgspec.Struct, frozen=True):
    """One tap on "brought", beside what a person is still to bring."""

    problem: UUID
    visit: str = ""
    recent: str = ""


class TakeBackForm(msgspec.Struct, frozen=True):
    """One tap on "take it back", where a scan has not."""

    item: str
    visit: str = ""
    recent: str = ""


class TransferForm(msgspec.Struct, frozen=True):
    """One tap on "send it to" a site."""

    item: str
    site: UUID
    visit: str = ""
    recent: str = ""


class ReadyForm(msgspec.Struct, frozen=True):
    """One tap on what a refused item needed: it has arrived, or all of it is in order."""

    item: str
    what: Literal["arrived", "checked"]
    visit: str = ""
    waiting: str = ""
    recent: str = ""
