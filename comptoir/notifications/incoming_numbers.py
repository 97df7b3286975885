"""Whose number a message came from, where a gateway leaves out the country code."""

from __future__ import annotations

import re
from collections.abc import Iterable

from comptoir.core import db
from comptoir.core.phones import read_phone
from comptoir.core.plain_text import clean_line
from comptoir.notifications.numbers import Number, read_number

#: As it is dialled within a country. A short number of a machine has fewer digits.
_NATIONAL = re.compile(r"0?[1-9]\d{7,9}")
_COUNTRIES = "SELECT DISTINCT country FROM sites_site WHERE active ORDER BY country"
_KNOWN = "SELECT DISTINCT phone FROM lending_borrower WHERE phone IN :phones LIMIT 2"


async def sender_of(number: str, recipient: str) -> str:
    """A number as it is kept: E.164, or as it came where nobody can tell its country.

    One without a country code is of the country of the number that it was sent to, where that
    has one; else of that of the sites. Where these are in several and it could be of each, it is
    the one that somebody is known by.
    """
    number = clean_line(number)
    # A gateway says a country; where it says none, the number is of its own making.
    if whole := _with_country(number):
        return whole
    digits = re.sub(r"[ ./()-]", "", number)
    if _NATIONAL.fullmatch(digits):
        written_to = _with_country(recipient)
        own = read_number(written_to, "CH") if written_to else None
        if isinstance(own, Number):
            return next(iter(_read(digits, [own.country])), number[:40])
        found = _read(digits, [row["country"] for row in await db.fetch(_COUNTRIES)])
        if len(found) > 1:
            known = await db.fetch(_KNOWN, phones=found)
            found = [row["phone"] for row in known]
        if len(found) == 1:
            return found[0]
    return number[:40]


def _with_country(number: str) -> str:
    return read_phone(re.sub("^00", "+", number), "") or ""


def _read(digits: str, countries: Iterable[str]) -> list[str]:
    """What it would be in each of these countries, where it is one that sends messages."""
    read = (read_number(digits, country) for country in countries)
    return list(
        dict.fromkeys(each.e164 for each in read if isinstance(each, Number) and each.can_text)
    )
