"""A plan in plain words, and the form that makes one."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
from babel.lists import format_list

from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import ngettext
from comptoir.core.web.formats import locale
from comptoir.core.web.forms import Version
from comptoir.notifications.reminders.plans import CALL, KINDS_OF, in_order
from comptoir.notifications.reminders.schemas import PlanTerms
from comptoir.notifications.rules import Level, ReminderRule, Unit, When

_AMOUNT = re.compile(r"(\d{1,3}) *(h?)")
_MOST_DAYS = 366


def in_words(rules: Sequence[ReminderRule]) -> str:
    """As in ``3 days before · the day itself · 1 day, 7 days late → then the call list``."""
    ordered = in_order(rules)
    texts = [each for each in ordered if not each.is_for_person]
    parts = []
    if before := [_amount(r.level) for r in texts if r.level.when is When.BEFORE]:
        parts.append(_("%(time)s before", time=format_list(before, locale=locale())))
    if any(rule.level.when is When.ON_DAY for rule in texts):
        parts.append(_("the day itself"))
    if late := [_amount(r.level) for r in texts if r.level.when is When.AFTER]:
        parts.append(_("%(time)s late", time=format_list(late, locale=locale())))
    said = " · ".join(parts)
    if calls := [_amount(rule.level) for rule in ordered if rule.is_for_person]:
        call = _("after %(time)s on the list to call", time=format_list(calls, locale=locale()))
        return f"{said} → {call}" if said else call
    return said or _("no reminders")


def _amount(level: Level) -> str:
    if level.unit is Unit.HOURS:
        return ngettext("%(num)s hour", "%(num)s hours", level.amount)
    return ngettext("%(num)s day", "%(num)s days", level.amount)


class PlanForm(msgspec.Struct, frozen=True):
    """The form of a plan, as it was filled in."""

    site: str = ""
    policy: str = ""
    active: str = ""
    before: str = ""
    on_day: str = ""
    late: str = ""
    call: str = ""
    welcome: str = ""
    thanks: str = ""
    voucher_days: str = ""
    version: Version = 0

    def rules(self) -> list[ReminderRule]:
        """The rules that it asks for.

        Raises:
            Invalid: a field holds something else than amounts.
        """
        errors: list[FieldError] = []
        before = self._levels("before", When.BEFORE, errors)
        late = sorted(self._levels("late", When.AFTER, errors), key=_hours)
        call = self._levels("call", When.AFTER, errors)
        if errors:
            raise Invalid(errors)
        [soon], [today] = KINDS_OF[When.BEFORE], KINDS_OF[When.ON_DAY]
        overdue = KINDS_OF[When.AFTER]
        return [
            *(ReminderRule(level, soon) for level in before),
            *([ReminderRule(Level(When.ON_DAY), today)] if self.on_day else []),
            *(
                ReminderRule(level, overdue[min(number, len(overdue) - 1)])
                for number, level in enumerate(late)
            ),
            *(ReminderRule(level, CALL, is_for_person=True) for level in call),
        ]

    def days_of_vouchers(self) -> int | None:
        """How long before a voucher expires its person is told; None: not at all.

        Raises:
            Invalid: the field holds something else than a number of days.
        """
        written = self.voucher_days.strip()
        if not written:
            return None
        if not re.fullmatch(r"[0-9]{1,3}", written) or not 0 < int(written) <= _MOST_DAYS:
            text = _("Write a number of days, such as 3.")
            raise Invalid([FieldError("voucher_days", "notifications.amounts-invalid", text)])
        return int(written)

    def _levels(self, name: str, when: When, errors: list[FieldError]) -> list[Level]:
        levels = []
        for part in filter(None, (part.strip() for part in getattr(self, name).split(","))):
            found = _AMOUNT.fullmatch(part)
            if found is None or not 0 < int(found[1]) <= _MOST_DAYS:
                text = _("Write numbers of days apart by commas, such as 7, 3. For hours: 2 h.")
                errors.append(FieldError(name, "notifications.amounts-invalid", text))
                return []
            levels.append(Level(when, int(found[1]), Unit.HOURS if found[2] else Unit.DAYS))
        return levels


def form_of(plan: PlanTerms, *, site: str, policy: str, version: int) -> PlanForm:
    """The form of a plan as it is."""
    ordered = in_order(plan.rules)

    def amounts(when: When, *, calls: bool = False) -> str:
        return ", ".join(
            f"{each.level.amount}{' h' if each.level.unit is Unit.HOURS else ''}"
            for each in ordered
            if each.level.when is when and each.is_for_person is calls
        )

    return PlanForm(
        site=site,
        policy=policy,
        active="yes" if plan.active else "",
        before=amounts(When.BEFORE),
        on_day="yes" if any(each.level.when is When.ON_DAY for each in ordered) else "",
        late=amounts(When.AFTER),
        call=amounts(When.AFTER, calls=True),
        welcome="yes" if plan.welcome else "",
        thanks="yes" if plan.thanks else "",
        voucher_days="" if plan.voucher_days is None else str(plan.voucher_days),
        version=version,
    )


def _hours(level: Level) -> int:
    return level.amount * (24 if level.unit is Unit.DAYS else 1)
