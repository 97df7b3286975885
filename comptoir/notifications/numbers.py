"""Whether a number can be sent a text message, and where it is.

``phonenumbers`` is loaded at the first question: a worker that asks none is spared it.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

#: Their numbers have codes of their own, and are no less French for it.
_FRANCE_OVERSEAS = frozenset({"BL", "GF", "GP", "MF", "MQ", "PM", "RE", "YT"})


class NumberProblem(StrEnum):
    """Why something is no telephone number. Part of the API: a code keeps its meaning."""

    NOT_A_NUMBER = "notifications.number-not-a-number"
    COUNTRY_UNKNOWN = "notifications.number-country-unknown"
    TOO_SHORT = "notifications.number-too-short"
    TOO_LONG = "notifications.number-too-long"
    INVALID = "notifications.number-invalid"  #: as long as it should be, but of no range in use


class Line(StrEnum):
    """What is at the other end. Only a mobile line is sure to show a text message."""

    MOBILE = "mobile"
    FIXED = "fixed"
    OTHER = "other"  #: premium rate, free of charge, over the internet, a pager


class Number(msgspec.Struct, frozen=True):
    """A number that may be in use. ``country`` is its own (ISO 3166), "001" where it has none.

    ``is_foreign``: it is of another country than the site, and dearer for it.
    """

    e164: str
    country: str
    line: Line
    is_foreign: bool

    @property
    def can_text(self) -> bool:
        """True if a text message to it can be read."""
        return self.line is Line.MOBILE


def read_number(text: str, region: str) -> Number | NumberProblem:
    """A number as somebody wrote it, at a site in the country ``region`` (ISO 3166).

    Not whether it is in use, nor whose it is: nobody can tell from the number.
    """
    import phonenumbers
    from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as unreadable:
        return {
            NumberParseException.INVALID_COUNTRY_CODE: NumberProblem.COUNTRY_UNKNOWN,
            NumberParseException.TOO_SHORT_AFTER_IDD: NumberProblem.TOO_SHORT,
            NumberParseException.TOO_SHORT_NSN: NumberProblem.TOO_SHORT,
            NumberParseException.TOO_LONG: NumberProblem.TOO_LONG,
        }.get(unreadable.error_type, NumberProblem.NOT_A_NUMBER)
    if not phonenumbers.is_valid_number(number):
        return {
            ValidationResult.INVALID_COUNTRY_CODE: NumberProblem.COUNTRY_UNKNOWN,
            ValidationResult.TOO_SHORT: NumberProblem.TOO_SHORT,
            ValidationResult.IS_POSSIBLE_LOCAL_ONLY: NumberProblem.TOO_SHORT,
            ValidationResult.TOO_LONG: NumberProblem.TOO_LONG,
        }.get(phonenumbers.is_possible_number_with_reason(number), NumberProblem.INVALID)
    country = phonenumbers.region_code_for_number(number) or ""
    return Number(
        phonenumbers.format_number(number, PhoneNumberFormat.E164),
        country,
        _line(phonenumbers.number_type(number)),
        country != region,
    )


def is_same_country(one: str, other: str) -> bool:
    """True if nobody of ``one`` (ISO 3166) takes a number of the other for a foreign one.

    It may be dearer nevertheless.
    """
    return _home(one) == _home(other)


def _home(country: str) -> str:
    return "FR" if country in _FRANCE_OVERSEAS else country


def _line(number_type: int) -> Line:
    from phonenumbers import PhoneNumberType

    match number_type:
        # North America gives both the same ranges: what cannot be told apart may be tried.
        case PhoneNumberType.MOBILE | PhoneNumberType.FIXED_LINE_OR_MOBILE:
            return Line.MOBILE
        case PhoneNumberType.FIXED_LINE:
            return Line.FIXED
    return Line.OTHER
