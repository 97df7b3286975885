"""What may be wrong with a borrower as entered: values in, errors out."""

from __future__ import annotations

from datetime import date

import msgspec

from comptoir.core.emails import clean_email, is_email
from comptoir.core.errors import FieldError
from comptoir.core.fields import year_errors
from comptoir.core.i18n import LANGUAGES
from comptoir.core.i18n import gettext as _
from comptoir.core.phones import phone_error, read_phone
from comptoir.core.plain_text import clean_line, clean_text
from comptoir.lending import search
from comptoir.lending.borrowers.schemas import ContactKind, SaveBorrower

#: The longest text of each field, in characters.
LONGEST = {
    "name": 120,
    "email": 200,
    "address": 400,
    "referrer": 120,
    "counsellor": 160,
    "note": 1_000,
}
_LONGEST_PHONE = 60
#: The field that each way of reaching somebody needs.
_NEEDED = {
    ContactKind.PHONE: "phone",
    ContactKind.EMAIL: "email",
    ContactKind.LETTER: "address",
    ContactKind.COUNSELLOR: "counsellor",
}


def cleaned(command: SaveBorrower) -> SaveBorrower:
    """The command with its texts as they are kept."""
    values = msgspec.structs.asdict(command)
    lines = {name: clean_line(values[name]) for name in ("name", "referrer", "counsellor")}
    lines["email"] = clean_email(clean_line(values["email"]))
    texts = {name: clean_text(values[name]) for name in ("address", "note")}
    return msgspec.structs.replace(command, **lines, **texts)


def borrower_errors(
    command: SaveBorrower, *, region: str, today: date, eligible_before: date | None = None
) -> list[FieldError]:
    """Everything wrong with a cleaned command, field by field.

    ``region`` is the site's country, ``today`` its calendar day. An eligibility
    that had run out before (``eligible_before``) may stay as it is.
    """
    errors = []
    if not search.fold(command.name):
        errors.append(
            FieldError("name", "lending.name-missing", _("Enter a name, or a pseudonym."))
        )
    if command.language not in LANGUAGES:
        errors.append(
            FieldError("language", "lending.language-unknown", _("Choose one of the languages."))
        )
    errors += _contact_errors(command, region)
    errors += [
        FieldError(
            field,
            f"lending.{field}-too-long",
            _("Make this shorter: at most %(most)s characters.", most=most),
        )
        for field, most in LONGEST.items()
        if len(getattr(command, field)) > most
    ]
    until = command.eligible_until
    if until is not None and until < today and until != eligible_before:
        errors.append(
            FieldError(
                "eligible_until",
                "lending.date-in-the-past",
                _("This day is over. Choose today or a later day, or leave it empty."),
            )
        )
    else:
        errors += year_errors("eligible_until", "lending.date-out-of-reach", until)
    return errors


def _contact_errors(command: SaveBorrower, region: str) -> list[FieldError]:
    errors = []
    if command.phone and (
        len(command.phone) > _LONGEST_PHONE or read_phone(command.phone, region) is None
    ):
        errors.append(phone_error("phone", "lending.phone-invalid"))
    if command.email and not is_email(command.email):
        errors.append(
            FieldError(
                "email",
                "lending.email-invalid",
                _("This is not a whole e-mail address. Example: amina@example.org."),
            )
        )
    needed = _NEEDED.get(command.contact_kind)
    if needed and not getattr(command, needed).strip():
        errors.append(
            FieldError(
                needed,
                f"lending.{needed}-missing",
                _("Fill this in, or choose another way to reach this person."),
            )
        )
    return errors
