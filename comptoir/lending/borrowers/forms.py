"""What the forms about borrowers send, read into commands."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.phones import show_phone
from comptoir.lending import search
from comptoir.lending.borrowers.schemas import BorrowerView, ContactKind, SaveBorrower


class BorrowerForm(msgspec.Struct, frozen=True, kw_only=True):
    """A borrower's form, as sent or to be shown.

    ``id`` is that of the borrower to be, so that sending twice registers once.
    ``visit`` and ``waiting`` come from the desk and go back to it. An empty
    ``contact_kind`` was not asked: a phone number that was typed says it by itself.
    """

    id: str = ""
    version: str = ""
    name: str = ""
    language: str = ""
    group: str = ""
    contact_kind: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    referrer: str = ""
    counsellor: str = ""
    note: str = ""
    eligible_until: str = ""
    visit: str = ""
    waiting: str = ""

    def command(self) -> SaveBorrower:
        """The borrower as the form says; only the chosen way to reach them is kept.

        Raises:
            Invalid: a choice or a date is none.
        """
        errors: list[FieldError] = []
        kind = self._kind(errors)
        group = _read_group(self.group, errors)
        until = read_date(self.eligible_until, "eligible_until", errors)
        if errors:
            raise Invalid(errors)
        return SaveBorrower(
            name=self.name,
            language=self.language,
            group=group,
            contact_kind=kind,
            phone=self.phone if kind is ContactKind.PHONE else "",
            email=self.email if kind is ContactKind.EMAIL else "",
            address=self.address if kind is ContactKind.LETTER else "",
            referrer=self.referrer,
            counsellor=self.counsellor,
            note=self.note,
            eligible_until=until,
        )

    def _kind(self, errors: list[FieldError]) -> ContactKind:
        if not self.contact_kind:
            return ContactKind.PHONE if self.phone.strip() else ContactKind.NONE
        return _read_kind(self.contact_kind, errors)


class SearchForm(msgspec.Struct, frozen=True):
    """One field for a name, a phone or a card."""

    q: str = ""


class DuplicateForm(msgspec.Struct, frozen=True):
    """What is compared while somebody is typed in; ``id`` is left out."""

    name: str = ""
    phone: str = ""
    id: str = ""


class SuspensionForm(msgspec.Struct, frozen=True):
    """Until when somebody may not borrow; an empty day: until it is lifted."""

    may_borrow_from: str = ""

    def day(self) -> date | None:
        """The first day on which they may borrow again.

        Raises:
            Invalid: it is no date.
        """
        errors: list[FieldError] = []
        day = read_date(self.may_borrow_from, "may_borrow_from", errors)
        if errors:
            raise Invalid(errors)
        return day


class LivesWithForm(msgspec.Struct, frozen=True):
    """With whom a borrower lives."""

    borrower: UUID


class CardForm(msgspec.Struct, frozen=True):
    """The card that is replaced; empty for a first one. ``visit`` is the one to go back to."""

    replaces: str = ""
    visit: UUID | None = None


def form_of(borrower: BorrowerView) -> BorrowerForm:
    """The form as it is shown to change a borrower."""
    return BorrowerForm(
        id=str(borrower.id),
        version=str(borrower.version),
        name=borrower.name,
        language=borrower.language,
        group=str(borrower.group.id),
        contact_kind=borrower.contact_kind.value,
        phone=show_phone(borrower.phone),
        email=borrower.email,
        address=borrower.address,
        referrer=borrower.referrer,
        counsellor=borrower.counsellor,
        note=borrower.note,
        eligible_until=borrower.eligible_until.isoformat() if borrower.eligible_until else "",
    )


def form_about(text: str, *, language: str, borrower_id: UUID) -> BorrowerForm:
    """A new borrower's form begun with what was searched for: a phone or a name."""
    text = text[: search.LONGEST_QUERY].strip()
    new = BorrowerForm(id=str(borrower_id), language=language)
    if search.parse_query(text).numbers:
        return msgspec.structs.replace(new, phone=text, contact_kind=ContactKind.PHONE.value)
    return msgspec.structs.replace(new, name=text)


def read_date(text: str, field: str, errors: list[FieldError]) -> date | None:
    """A day as a date field sends it; what is none becomes an error."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        errors.append(
            FieldError(
                field,
                "lending.date-invalid",
                _("This is not a date. Example: 2026-12-31."),
            )
        )
        return None


def read_id(text: str) -> UUID | None:
    """An id that a form sent, or None if it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _read_kind(text: str, errors: list[FieldError]) -> ContactKind:
    try:
        return ContactKind(text)
    except ValueError:
        errors.append(
            FieldError("contact_kind", "lending.contact-unknown", _("Choose one of these."))
        )
        return ContactKind.NONE


def _read_group(text: str, errors: list[FieldError]) -> UUID | None:
    group = read_id(text) if text else None
    if text and group is None:
        errors.append(
            FieldError("group", "lending.group-unknown", _("Choose a group from the list."))
        )
    return group
