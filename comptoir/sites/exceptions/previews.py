"""What an exception would bring about, looked at before it is announced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core.errors import Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.idempotency import fingerprint
from comptoir.core.principal import Principal, Role
from comptoir.core.web.formats import format_day
from comptoir.sites import queries as sites
from comptoir.sites.calendar import DayException, ExceptionKind, SiteCalendar, Withdrawal
from comptoir.sites.errors import ExceptionNotFound, SitesForbidden
from comptoir.sites.exceptions import consequences, queries
from comptoir.sites.exceptions.consequences import Consequence, Plan
from comptoir.sites.exceptions.schemas import AnnounceException, ExceptionView
from comptoir.sites.exceptions.validation import clash_errors, exception_errors, shut_from
from comptoir.sites.opening_hours import ONE_DAY

#: A door that stays shut for longer is worth a warning: loans are due a long time later.
LONG_SHUT = timedelta(days=31)


class Preview(msgspec.Struct, frozen=True):
    """What would happen. ``seen`` tells the announcement what somebody has looked at."""

    seen: str
    warnings: tuple[str, ...]
    consequences: tuple[Consequence, ...]


async def preview_exception(
    actor: Principal,
    command: AnnounceException,
    *,
    now: datetime,
    hours_fields: Sequence[str] = (),
) -> Preview:
    """Look at what announcing it would bring about; nothing is changed.

    Raises:
        SiteNotFound: the actor does not work at one of the sites.
        SitesForbidden: the actor is no coordinator at one of them.
        Invalid: it could not be announced like this (see ``announce_exception``).
    """
    if errors := exception_errors(command, hours_fields):
        raise Invalid(errors)
    exception = command.exception()
    warnings: list[str] = []
    for site_id in sorted(set(command.sites)):
        site = await sites.site(site_id, actor)
        if not actor.has_role(Role.COORDINATOR, site_id):
            raise SitesForbidden
        calendar = await sites.site_calendar(site_id)
        today = calendar.local_date(now)
        if errors := clash_errors(exception, calendar, site.name, today=today):
            raise Invalid(errors)
        warnings += shut_for_long(exception, calendar, site.name, today=today)
    found = await consequences.of(plan_of(actor, command, now=now))
    return Preview(seen_of(command, found), tuple(warnings), found)


async def preview_withdrawal(
    actor: Principal, exception_id: UUID, *, now: datetime
) -> tuple[ExceptionView, Preview]:
    """Look at what taking an exception back would bring about; nothing is changed.

    Raises:
        ExceptionNotFound, SitesForbidden: as for ``withdraw_exception``.
    """
    view = await own_exception(actor, exception_id)
    if not actor.has_role(Role.COORDINATOR, view.site):
        raise SitesForbidden
    found = await consequences.of(withdrawal_of(actor, view, now=now))
    return view, Preview(seen_of_withdrawal(view, found), (), found)


async def own_exception(actor: Principal, exception_id: UUID) -> ExceptionView:
    """An exception of a site where the actor works.

    Raises:
        ExceptionNotFound: there is none.
    """
    view = await queries.exception(exception_id)
    if view is None or not actor.sees_site(view.site):
        raise ExceptionNotFound
    return view


def withdrawal_of(actor: Principal, view: ExceptionView, *, now: datetime) -> Plan:
    """The plan to take an exception back."""
    return Plan(actor, Withdrawal(view.exception()), (view.site,), now)


def seen_of_withdrawal(view: ExceptionView, found: Sequence[Consequence]) -> str:
    """A text that differs when what hangs on a withdrawal does."""
    return fingerprint(str(view.id), *(f"{each.kind} {each.state}" for each in found))


def plan_of(actor: Principal, command: AnnounceException, *, now: datetime) -> Plan:
    """The plan of a command, each site once, in the order in which they are locked."""
    return Plan(actor, command.exception(), tuple(sorted(set(command.sites))), now)


def seen_of(command: AnnounceException, found: Sequence[Consequence]) -> str:
    """A text that differs when the command does, or what hangs on it."""
    asked: dict[str, Any] = msgspec.to_builtins(command)
    del asked["seen"], asked["take_shifts_off"]  # said once what hangs on it was seen
    states = [f"{each.kind} {each.state}" for each in found]
    return fingerprint(msgspec.json.encode(asked), *states)


def shut_for_long(
    new: DayException, calendar: SiteCalendar, site_name: str, *, today: date
) -> list[str]:
    """What to think of where a closure leaves no open day for a long time."""
    if new.kind is not ExceptionKind.CLOSED:
        return []
    after = calendar.with_exception(new)
    first = shut_from(new, after, today=today)
    opens = after.open_day_from(first)
    if opens is None or opens - first <= LONG_SHUT:
        return []
    return [
        _(
            "%(site)s has no open day from %(first)s to %(last)s. Nothing can be brought back "
            "there in that time. Are the days right?",
            site=site_name,
            first=format_day(first, "long"),
            last=format_day(opens - ONE_DAY, "long"),
        )
    ]
