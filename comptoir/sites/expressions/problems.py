"""What may be wrong with an expression: a stable code, the place, and a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec
from babel.dates import get_day_names

from comptoir.core.i18n import gettext as _
from comptoir.core.web.formats import locale

#: An expression that works, for whoever is lost.
EXAMPLE = "Mo-Fr 09:00-12:00,14:00-17:00; Sa 09:00-12:00"


class ProblemCode(StrEnum):
    """What may be wrong."""

    TOO_LONG = "sites.hours-too-long"
    SYNTAX = "sites.hours-syntax"
    UNSUPPORTED = "sites.hours-unsupported"
    YEAR = "sites.hours-year"
    DATE_IMPOSSIBLE = "sites.hours-date-impossible"
    TIME_OUTSIDE_DAY = "sites.span-outside-day"
    ENDS_BEFORE_START = "sites.span-ends-before-start"
    TIMES_MISSING = "sites.hours-times-missing"
    TEXT_TOO_LONG = "sites.hours-text-too-long"
    TEXT_ALONE = "sites.hours-text-alone"
    OVERLAP = "sites.spans-overlap"
    REPLACES = "sites.hours-rule-replaces"
    NEVER_OPEN = "sites.hours-never-open"


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong with ``text[start:end]``; ``data`` is for the sentence."""

    code: ProblemCode
    start: int
    end: int
    data: Mapping[str, str] = {}


class ExpressionError(ValueError):
    """A text that is no expression as it is understood here."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def problem_message(problem: Problem, text: str, *, in_place: bool = False) -> str:
    """The place in ``text``, and what to do there, in the reader's language.

    ``in_place``: it stands where one sees the place.
    """
    if problem.code is ProblemCode.SYNTAX and problem.start >= len(text.rstrip()):
        return _("Something is missing at the end. Example: %(example)s", example=EXAMPLE)
    sentence = _sentence(problem)
    part = text[problem.start : problem.end]
    if in_place or not part or part == text:
        return sentence
    return _(
        "At “%(part)s” (character %(place)s): %(sentence)s",
        part=part,
        place=problem.start + 1,
        sentence=sentence,
    )


def _sentence(problem: Problem) -> str:
    match problem.code:
        case ProblemCode.TOO_LONG:
            return _(
                "Make this shorter: at most %(most)s characters and %(rules)s rules.",
                **problem.data,
            )
        case ProblemCode.UNSUPPORTED:
            return _(
                "This cannot be used here. Write days and times, such as: %(example)s",
                example=EXAMPLE,
            )
        case ProblemCode.YEAR:
            return _(
                "Days of one year do not belong here. Announce them as a closure or special hours."
            )
        case ProblemCode.DATE_IMPOSSIBLE:
            return _("There is no such day. Correct the date.")
        case ProblemCode.TIME_OUTSIDE_DAY:
            return _(
                "Write times from 00:00 to 24:00. Hours past midnight are written 22:00-02:00."
            )
        case ProblemCode.ENDS_BEFORE_START:
            return _(
                "The closing time must be later than the opening time. "
                "Only hours of an afternoon or evening may go past midnight, until 06:00."
            )
        case ProblemCode.TIMES_MISSING:
            return _("Add the times, such as 09:00-12:00. For the whole day, write 00:00-24:00.")
        case ProblemCode.TEXT_TOO_LONG:
            return _("Make this shorter: at most %(most)s characters.", **problem.data)
        case ProblemCode.TEXT_ALONE:
            return _(
                "A text in quotes is no opening time. Write unknown before it for “by "
                "appointment”, open for a service with hours of its own, or take it away."
            )
        case ProblemCode.OVERLAP:
            return _("These hours overlap with others of the same day. Join them, or correct one.")
        case ProblemCode.REPLACES:
            return _(
                "The semicolon before this replaces the hours that %(day)s has already. To add "
                "to them, write a comma instead. To replace them, take the day out before.",
                day=get_day_names("wide", locale=locale())[int(problem.data["weekday"])],
            )
        case ProblemCode.NEVER_OPEN:
            return _(
                "With these hours the door never opens. If they are not known, leave the field "
                "empty. If the site is shut for a time, announce a closure."
            )
        case _:
            return _("This is not understood. Example: %(example)s", example=EXAMPLE)
