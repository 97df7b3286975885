"""Why a line of an operator's file confirms nothing. The names are part of the API."""

from __future__ import annotations

from enum import StrEnum

import msgspec
from babel.support import LazyProxy

from comptoir.core.i18n import lazy as _l


class Reason(StrEnum):
    """One for each line, in the order in which they are looked for.

    ``UNKNOWN`` is also what lies in a drawer: a file is no way to find out which codes exist.
    """

    CELLS = "cells-miscounted"
    ROUNDED = "number-rounded"
    DAY_MISSING = "day-missing"
    DAY_UNREADABLE = "day-unreadable"
    CHECK_DIGIT = "iccid-check-digit"
    CODE = "code-invalid"
    TWICE = "twice"
    UNKNOWN = "unknown"
    OTHER_KIND = "other-kind"
    VOID = "void"
    EXPIRED = "expired"
    IN_FUTURE = "in-future"
    BEFORE_GIVEN = "before-given"


#: What is said of all lines that are left out for one reason.
SENTENCES: dict[Reason, LazyProxy] = {
    Reason.CELLS: _l("The line has more or fewer cells than the first one"),
    Reason.ROUNDED: _l("A spreadsheet has rounded the number, and its last digits are lost"),
    Reason.DAY_MISSING: _l("The date is missing"),
    Reason.DAY_UNREADABLE: _l("The date cannot be read"),
    Reason.CHECK_DIGIT: _l("One digit of the card number is wrong: the check digit does not fit"),
    Reason.CODE: _l("This is no card number or code of this kind"),
    Reason.TWICE: _l("The same voucher stands in an earlier line"),
    Reason.UNKNOWN: _l("Not given out at the sites that you coordinate"),
    Reason.OTHER_KIND: _l("It is of another kind"),
    Reason.VOID: _l("It is void"),
    Reason.EXPIRED: _l("It has expired"),
    Reason.IN_FUTURE: _l("The date has not come yet"),
    Reason.BEFORE_GIVEN: _l("The date is before the day it was given"),
}


class Left(msgspec.Struct, frozen=True):
    """A line that confirms nothing, and why.

    ``end`` are the last characters of a long code; ``also`` is the earlier line of what is
    there twice.
    """

    line: int
    reason: Reason
    end: str = ""
    also: int | None = None
