"""Phone numbers: read as people write them, kept in one form, shown as usual."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from comptoir.core.errors import FieldError
from comptoir.core.i18n import gettext as _


def read_phone(text: str, region: str) -> str | None:
    """A number as E.164 (``+41265550110``), or None if it cannot be one.

    ``region`` is the country (ISO 3166, two letters) that a number without a
    country code belongs to.
    """
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def find_phone(text: str, region: str) -> str:
    """The first number within a text such as ``Binta Sow, 026 555 01 10``, as E.164, or "".

    ``region`` is as for ``read_phone``. A date or a sum is no number: it must be a valid one.
    """
    for found in phonenumbers.PhoneNumberMatcher(text, region):
        return phonenumbers.format_number(found.number, PhoneNumberFormat.E164)
    return ""


def show_phone(number: str) -> str:
    """A number in E.164 with the blanks that its country uses, else as it is."""
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return number
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)


def phone_error(field: str, code: str) -> FieldError:
    """What to say where ``read_phone`` gave None."""
    return FieldError(
        field, code, _("This is not a whole phone number. Example: +41 26 555 01 10.")
    )
