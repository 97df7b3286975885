"""Wordings as others see them, and what may be done with them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.i18n import gettext as _
from comptoir.core.plain_text import JOINERS, is_unseen
from comptoir.notifications.channels import Channel
from comptoir.notifications.segments import Encoding

TextField = Annotated[
    str,
    msgspec.Meta(
        description="At most four parts of a text message; places to fill are words between two "
        "pairs of braces.",
        examples=["Bonjour, à rapporter : {{items}}. {{place}} : {{opening}}."],
    ),
]


class Form(StrEnum):
    """How much a message says: as usual, in full where no sign costs, or the least."""

    USUAL = "usual"
    FULL = "full"
    BAREST = "barest"


class Key(msgspec.Struct, frozen=True):
    """Which wording is meant."""

    kind: str
    language: str
    form: Form

    @property
    def barest(self) -> bool:
        """It says the least."""
        return self.form is Form.BAREST

    @property
    def full(self) -> bool:
        """It goes by e-mail, letter and phone alone."""
        return self.form is Form.FULL


class WordingView(msgspec.Struct, frozen=True, kw_only=True):
    """A wording as it holds. `is_own` is false while it is the `default`; `names` may stand in it.

    `version` is 0 until it is first changed.
    """

    kind: str
    language: str
    form: Form
    text: str
    default: str
    is_own: bool
    names: list[str]
    version: int
    saved_at: datetime | None


class SavedWording(msgspec.Struct, frozen=True):
    """What a wording was from a save on; `text` null is the default."""

    version: int
    text: str | None
    saved_at: datetime | None


class SaveWording(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say it in other words; `text` null goes back to the default."""

    text: TextField | None


class TryWording(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """See what a wording makes. `loan` null: of an example; `several`: of two things."""

    text: TextField
    loan: UUID | None = None
    several: bool = False


class TestWording(TryWording, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Send what a wording makes to a number."""

    __test__ = False  # pytest takes what is called so for a test

    number: Annotated[str, msgspec.Meta(examples=["+41 79 123 45 67"])]


class ForcingSign(msgspec.Struct, frozen=True):
    """A character that makes a part hold 70 instead of 160. `name` is its name in Unicode."""

    character: str
    name: str

    @property
    def shown(self) -> str:
        """The character for people; in words where nobody would see it."""
        if is_unseen(self.character) or self.character in JOINERS:
            return _("an invisible character")
        return _("a blank of another width") if self.character.isspace() else self.character


class WayPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What a wording makes on one way.

    `title` is the subject of an e-mail and the heading of a letter; `sender` is whom an e-mail
    is from, empty in the barest form.
    """

    channel: Channel
    text: str
    title: str = ""
    sender: str = ""


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a wording makes on each of its `ways`; `text` is that of the first.

    `lacking` are the names that the default has and this has not, of those that say where one
    can go, when, and how to stop.

    Of a text message: how many `parts` it takes (0 where it goes by none), and how many
    characters are `free` in the last. `forcing` is why it is `ucs-2`; `offered` is the wording
    in the GSM alphabet, where one says the same. `cost` is by what a part of the last message
    cost; null where none did.
    """

    text: str
    ways: list[WayPreview]
    lacking: list[str]
    parts: int
    free: int
    encoding: Encoding | None
    forcing: list[ForcingSign]
    offered: str | None
    cost: Decimal | None
    currency: str
