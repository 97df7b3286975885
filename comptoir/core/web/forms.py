"""What a form was filled in with, read field by field and never refused by its shape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request
from litestar.datastructures import UploadFile

from comptoir.core.errors import FieldError, Invalid, PreconditionFailed
from comptoir.core.i18n import gettext as _

#: What a browser's fields can show, by their type.
_SHOWN = {
    "time": re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "datetime-local": re.compile(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"
    ),
    "number": re.compile(r"-?[0-9]+(\.[0-9]+)?"),
}
#: An amount as people write one, without what stands between thousands.
_AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]*)?")
#: A hidden field with a version: no row has one that its column could not hold.
Version = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]

#: The code of the error that somebody else was faster.
OVERTAKEN = "core.overtaken"


class FormData:
    """The fields of one form. What is missing is an empty text."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        self.fields = fields

    @classmethod
    async def of(cls, request: Request[Any, Any, Any]) -> FormData:
        """The fields that a request sent; files are left out."""
        fields: dict[str, list[str]] = {}
        for name, value in (await request.form()).multi_items():
            if not isinstance(value, UploadFile):
                fields.setdefault(name, []).append(str(value))
        return cls(fields)

    def text(self, name: str) -> str:
        """The first value of a field, without blanks at its ends."""
        values = self.fields.get(name)
        return values[0].strip() if values else ""

    def texts(self, name: str) -> list[str]:
        """Every value of a field."""
        return self.fields.get(name, [])

    def checked(self, name: str) -> bool:
        """True if a checkbox was ticked."""
        return bool(self.text(name))

    def whole(self, name: str) -> int | None:
        """A whole number, or None if it is none."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None

    def identifier(self, name: str) -> UUID | None:
        """An id, or None if it is none."""
        return id_or_none(self.text(name))


def choice_error(field: str) -> FieldError:
    """What is wrong with a field that holds something its page does not offer."""
    return FieldError(field, "core.choice-unknown", _("Choose from the list."))


def require_choices(form: FormData, **choices: Iterable[str]) -> None:
    """Go on if each field holds one of what its page offers, or nothing.

    Raises:
        Invalid: one holds something else.
    """
    sent = {name: form.text(name) for name in choices}
    errors = [choice_error(name) for name, text in sent.items() if text not in ("", *choices[name])]
    if errors:
        raise Invalid(errors)


def shown_again(
    error: Invalid | PreconditionFailed, *, sent: int, saved: int
) -> tuple[list[FieldError], int]:
    """What a form says that changed nothing, and the version that it goes on with.

    ``sent`` is the version that its writer has seen, ``saved`` the one of now. Nothing that was
    typed is lost where somebody else was faster: whoever was told of it may save again.
    """
    if isinstance(error, Invalid):
        return error.errors, sent
    message = _(
        "Somebody else saved this in the meantime, so what you typed is not saved. It still "
        "stands here. Save again to put it in the place of theirs, or open the page anew to see "
        "theirs."
    )
    return [FieldError("", OVERTAKEN, message)], saved


def status_of_form(errors: Sequence[FieldError]) -> int:
    """The HTTP status of a page with a form: 200, or why it changed nothing."""
    if any(each.code == OVERTAKEN for each in errors):
        return 412
    return 422 if errors else 200


def field_type(kind: str, value: object) -> str:
    """The type of a field that shall show a value: that kind, or text where it would be blank.

    So whoever typed ``9h`` or ``31.12.2026`` finds it again beside what is wrong with it.
    """
    shown = _SHOWN.get(kind)
    return kind if shown is None or not value or shown.fullmatch(str(value)) else "text"


def in_form(errors: Sequence[FieldError], inputs: Mapping[str, str]) -> list[FieldError]:
    """Errors of a command at the inputs that its fields came from.

    ``inputs`` has the names of inputs by patterns of paths; the rest are called
    as their field is.
    """
    return [msgspec.structs.replace(each, field=_input(each.field, inputs)) for each in errors]


def _input(path: str, inputs: Mapping[str, str]) -> str:
    found = ((re.fullmatch(pattern, path), name) for pattern, name in inputs.items())
    return next((match.expand(name) for match, name in found if match), path)


def id_or_none(text: str) -> UUID | None:
    """The id that a text holds, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


def read_day(text: str) -> date | None:
    """A date as the browser's date field sends it (``2026-11-24``), or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_hundredths(text: str) -> int | None:
    """An amount such as ``1'299.50``, ``1299,5`` or ``1 299`` in hundredths, or None."""
    plain = "".join(sign for sign in text if sign not in "'’ \u00a0\u202f").replace(",", ".")
    if not _AMOUNT.fullmatch(plain):
        return None
    amount = Decimal(plain) * 100
    if abs(amount) > 10**12 or amount != amount.to_integral_value():
        return None
    return int(amount)
