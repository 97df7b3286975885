"""When people are reminded: the usual plan, and which one holds for a loan. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from uuid import UUID

import msgspec

from comptoir.notifications.kinds import KINDS
from comptoir.notifications.quiet_hours import SendingHours
from comptoir.notifications.rules import Level, ReminderRule, Unit, When

DATE_MOVED, DATE_BACK, WELCOME, THANKS = "date-moved", "date-back", "welcome", "thanks"

#: What a text may say at a level, by the side of the due moment that it is on.
KINDS_OF: dict[When, tuple[str, ...]] = {
    When.BEFORE: ("due-soon",),
    When.ON_DAY: ("due-today",),
    When.AFTER: ("overdue-1", "overdue-2", "overdue-3"),
}
CALL = "overdue-call"
#: What is said of a due date that was moved, and moved back.
OF_MOVES = [DATE_MOVED, DATE_BACK]
#: What is said before a voucher expires.
ENDING = "voucher-ending"
#: Of these a person gets one a day.
REMINDER_KINDS = [kind for kinds in KINDS_OF.values() for kind in kinds]
#: All that somebody is told of what they have without having asked or done anything.
UNASKED = [*REMINDER_KINDS, ENDING, *OF_MOVES]
#: Of all these together one a day, where the next can still wait.
ONE_A_DAY = [*UNASKED, WELCOME, THANKS]

#: Nobody reads a longer list, nor wants so many messages.
MOST_RULES = 12


class Plan(msgspec.Struct, frozen=True):
    """What happens with a loan by itself. One that is not ``active`` sends nothing.

    ``voucher_days``: so long before a voucher expires its person is told; None: not at all.
    A site's plan says it, or else the one for all: no lending policy lends a voucher.
    """

    rules: tuple[ReminderRule, ...] = ()
    active: bool = True
    welcome: bool = False
    thanks: bool = False
    voucher_days: int | None = None

    def says(self, kind: str) -> bool:
        """Whether it writes after lending, or after the return."""
        return self.active and {WELCOME: self.welcome, THANKS: self.thanks}[kind]


class Habits(msgspec.Struct, frozen=True):
    """How a site writes: when, whether one can answer, and whether with a link."""

    hours: SendingHours = SendingHours()
    takes_answers: bool = False
    has_links: bool = False


#: What a new installation sends without anybody's doing.
USUAL = Plan(
    (
        ReminderRule(Level(When.BEFORE, 3), "due-soon"),
        ReminderRule(Level(When.ON_DAY), "due-today"),
        ReminderRule(Level(When.AFTER, 1), "overdue-1"),
        ReminderRule(Level(When.AFTER, 7), "overdue-2"),
        ReminderRule(Level(When.AFTER, 14), "overdue-3"),
        ReminderRule(Level(When.AFTER, 21), CALL, is_for_person=True),
    ),
    voucher_days=3,
)


class Plans(msgspec.Struct, frozen=True):
    """All plans, by site and policy; None is any."""

    by_scope: Mapping[tuple[UUID | None, UUID | None], Plan]

    def of(self, site_id: UUID, policy_id: UUID | None) -> Plan:
        """The plan of a loan, by where it is brought back and the policy that lent it.

        What a site decides goes before what a policy says everywhere: so a site that
        sends nothing keeps its word. A plan for both goes before either.
        """
        scopes = ((site_id, policy_id), (site_id, None), (None, policy_id), (None, None))
        for scope in scopes:
            if (plan := self.by_scope.get(scope)) is not None:
                return plan
        return USUAL

    def say(self, kind: str) -> bool:
        """Whether any of them writes on that occasion."""
        return any(plan.says(kind) for plan in self.by_scope.values())

    def voucher_days(self, site_id: UUID) -> int | None:
        """How many days before a voucher that a site gave expires its person is told, if at all."""
        plan = self.of(site_id, None)
        return plan.voucher_days if plan.active else None

    def most_voucher_days(self) -> int:
        """The longest that any site may say; 0: none says anything."""
        plans = [self.by_scope.get((None, None), USUAL), *self.by_scope.values()]
        return max((plan.voucher_days or 0 for plan in plans if plan.active), default=0)

    def horizon(self) -> timedelta:
        """How long before it is due a loan may be reminded of, at most; with a day to spare."""
        plans = [USUAL, *(plan for plan in self.by_scope.values() if plan.active)]
        hours = (
            rule.level.amount * (24 if rule.level.unit is Unit.DAYS else 1)
            for plan in plans
            for rule in plan.rules
            if rule.level.when is When.BEFORE
        )
        return timedelta(days=2, hours=max(hours, default=0))


def code_of(level: Level) -> str:
    """A level as the database keeps it, such as ``before:3:days``."""
    return f"{level.when}:{level.amount}:{level.unit}"


def code_of_move(kind: str, move: UUID) -> str:
    """The occasion that a due date was moved, or moved back: each move is one of its own."""
    return f"{kind}.{move.hex[-12:]}"


def codes_of(kinds: Sequence[str]) -> tuple[str, ...]:
    """How SQL's LIKE finds what ``code_of`` wrote, and ``code_of_move`` for these kinds."""
    return ("%:%", *(f"{kind}.%" for kind in kinds))


@lru_cache(maxsize=1024)
def level_of(code: str) -> Level | None:
    """The level that ``code_of`` wrote; None: it is an occasion, not a level."""
    if code.partition(".")[0] in KINDS:
        return None
    when, amount, unit = code.split(":")
    return Level(When(when), int(amount), Unit(unit))


def in_order(rules: Sequence[ReminderRule]) -> tuple[ReminderRule, ...]:
    """Rules as they come in the life of a loan."""
    return tuple(sorted(rules, key=lambda rule: _hours_after_due(rule.level)))


def _hours_after_due(level: Level) -> float:
    hours = level.amount * (24 if level.unit is Unit.DAYS else 1)
    return {When.BEFORE: -hours, When.ON_DAY: -0.5, When.AFTER: hours}[level.when]
