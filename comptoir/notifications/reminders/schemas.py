"""What is decided about reminders: commands and views."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.notifications.quiet_hours import SendingHours
from comptoir.notifications.rules import ReminderRule

#: As it stands in the reference of the API.
_USUAL = msgspec.Meta(
    examples=[
        [
            {
                "level": {"when": "before", "amount": 3, "unit": "days"},
                "kind": "due-soon",
                "is_for_person": False,
            },
            {
                "level": {"when": "on-day", "amount": 0, "unit": "days"},
                "kind": "due-today",
                "is_for_person": False,
            },
            {
                "level": {"when": "after", "amount": 21, "unit": "days"},
                "kind": "overdue-call",
                "is_for_person": True,
            },
        ]
    ]
)


VoucherDays = Annotated[int, msgspec.Meta(ge=1, le=366, examples=[3])] | None


class PlanTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happens with a loan by itself.

    One that is not `active` sends nothing. `welcome` is a message after lending, `thanks`
    one after the return. `voucher_days` is how long before a voucher expires its person is told;
    null: they are not. It counts in a plan for a site or for all.
    """

    rules: Annotated[list[ReminderRule], _USUAL]
    active: bool = True
    welcome: bool = False
    thanks: bool = False
    voucher_days: VoucherDays = 3


class SavePlan(PlanTerms, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plan and what it is for: a site, a policy, or both; null is any."""

    site: UUID | None
    policy: UUID | None


class PlanView(msgspec.Struct, frozen=True, kw_only=True):
    """A plan as it is. What it is for: `site` and `policy`; null is any."""

    id: UUID
    site: UUID | None
    policy: UUID | None
    rules: list[ReminderRule]
    active: bool
    welcome: bool
    thanks: bool
    voucher_days: int | None
    version: int


class SaveSiteSending(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When messages of a site may arrive, in minutes of the day: 480 is 8:00.

    In `quiet_weekdays`, 0 is Monday. `takes_answers`: people can write back to the sender.
    `has_links`: texts hold a link to what the person has.
    """

    opens: Annotated[int, msgspec.Meta(ge=0, lt=1440)]
    closes: Annotated[int, msgspec.Meta(gt=0, le=1440)]
    quiet_weekdays: list[Annotated[int, msgspec.Meta(ge=0, le=6)]]
    takes_answers: bool
    has_links: bool

    def hours(self) -> SendingHours:
        """The same as the rules know it.

        Raises:
            ValueError: they end before they begin, or the week has no day left.
        """
        return SendingHours(self.opens, self.closes, frozenset(self.quiet_weekdays))


class SiteSendingView(msgspec.Struct, frozen=True, kw_only=True):
    """When messages of a site may arrive, in minutes of the day; 0 is Monday.

    `version` is 0 until somebody has decided.
    """

    opens: int
    closes: int
    quiet_weekdays: list[int]
    takes_answers: bool
    has_links: bool
    version: int
