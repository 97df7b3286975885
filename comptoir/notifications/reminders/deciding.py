"""What coordinators decide: when people are reminded, and when messages may arrive."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.lending.policies.errors import CoordinatorNeeded, PolicyNotFound, SettingsChanged
from comptoir.lending.policies.permissions import need_coordinator
from comptoir.notifications.errors import AllSitesNeeded, PlanNotFound
from comptoir.notifications.permissions import answers_for_all
from comptoir.notifications.reminders.occasions import begin_courtesies
from comptoir.notifications.reminders.plans import CALL, KINDS_OF, MOST_RULES, code_of, in_order
from comptoir.notifications.reminders.reading import habits_of, read_plans, read_rules
from comptoir.notifications.reminders.schemas import (
    PlanTerms,
    PlanView,
    SavePlan,
    SaveSiteSending,
    SiteSendingView,
)
from comptoir.notifications.rules import ReminderRule
from comptoir.sites.errors import SiteNotFound

NEW = 0

_PLANS = """
SELECT plan.id, plan.site, plan.policy, plan.rules, plan.active, plan.welcome, plan.thanks,
       plan.voucher_days, plan.version
FROM notifications_reminder_plan plan
"""
_SAVE = """
INSERT INTO notifications_reminder_plan
    (id, scope, site, policy, active, welcome, thanks, voucher_days, rules, version)
VALUES (:id, :scope, CAST(:site AS uuid), CAST(:policy AS uuid), :active, :welcome, :thanks,
        :voucher_days, :rules, 1)
ON CONFLICT (scope) DO UPDATE
SET active = excluded.active, welcome = excluded.welcome, thanks = excluded.thanks,
    voucher_days = excluded.voucher_days, rules = excluded.rules,
    version = notifications_reminder_plan.version + 1
"""
_SITE = """
SELECT site.id, sending.opens, sending.closes, sending.quiet_days, sending.takes_answers,
       sending.has_links, COALESCE(sending.version, 0) AS version
FROM sites_site site LEFT JOIN notifications_site_sending sending ON sending.site = site.id
WHERE site.id = :site
"""
_SAVE_SITE = """
INSERT INTO notifications_site_sending
    (id, site, opens, closes, quiet_days, takes_answers, has_links, version)
VALUES (:id, :site, :opens, :closes, :quiet_days, :takes_answers, :has_links, 1)
ON CONFLICT (site) DO UPDATE
SET opens = excluded.opens, closes = excluded.closes, quiet_days = excluded.quiet_days,
    takes_answers = excluded.takes_answers, has_links = excluded.has_links,
    version = notifications_site_sending.version + 1
"""


async def plans(actor: Principal) -> list[PlanView]:
    """The plans for any site and for those of the actor."""
    found = [_view(row) for row in await db.fetch(f"{_PLANS} ORDER BY plan.scope")]
    return [each for each in found if each.site is None or actor.sees_site(each.site)]


async def plan(actor: Principal, plan_id: UUID) -> PlanView:
    """One of them.

    Raises:
        PlanNotFound: there is none, or it is of a site the actor may not know of.
    """
    row = await db.fetch_one(f"{_PLANS} WHERE plan.id = :id", id=plan_id)
    if row is None or not (row["site"] is None or actor.sees_site(row["site"])):
        raise PlanNotFound
    return _view(row)


async def plan_for(site: UUID | None, policy: UUID | None) -> PlanView | None:
    """The plan for just this, without what it would fall back on."""
    row = await db.fetch_one(f"{_PLANS} WHERE plan.scope = :scope", scope=_scope(site, policy))
    return _view(row) if row else None


async def save_plan(
    actor: Principal, command: SavePlan, *, version: int = NEW, now: datetime
) -> UUID:
    """Decide what is written about the loans of a site, a policy, or both; give the plan's id.

    Raises:
        Invalid: a rule makes no sense, or there are too many.
        CoordinatorNeeded: the actor is no coordinator there.
        AllSitesNeeded: it is for all sites, and the actor coordinates some of them.
        SiteNotFound, PolicyNotFound: there is none.
        SettingsChanged: somebody decided since ``version``.
    """
    _need(actor, command.site)
    _check(command.rules)
    async with db.transaction():
        scope = _scope(command.site, command.policy)
        await db.take_turns(f"reminders:{scope}")
        await _need_rows(command)
        before, held = await plan_for(command.site, command.policy), await read_plans()
        if (before.version if before else NEW) != version:
            raise SettingsChanged
        plan_id = before.id if before else new_id()
        rules = in_order(command.rules)
        await db.execute(
            _SAVE,
            id=plan_id,
            scope=scope,
            site=command.site,
            policy=command.policy,
            active=command.active,
            welcome=command.welcome,
            thanks=command.thanks,
            voucher_days=command.voucher_days,
            rules=msgspec.json.encode(rules).decode(),
        )
        await begin_courtesies(held, await read_plans(), now=now)
        await audit.record(
            actor,
            "reminders.decided",
            "reminders",
            plan_id,
            now=now,
            site_id=command.site,
            changes=audit.difference(_shown(before) if before else {}, _shown(command)),
        )
    return plan_id


async def remove_plan(actor: Principal, plan_id: UUID, *, version: int, now: datetime) -> None:
    """Let the next wider plan hold again.

    Raises:
        PlanNotFound, CoordinatorNeeded, AllSitesNeeded, SettingsChanged: as for ``save_plan``.
    """
    async with db.transaction():
        before = await plan(actor, plan_id)
        _need(actor, before.site)
        await db.take_turns(f"reminders:{_scope(before.site, before.policy)}")
        before = await plan(actor, plan_id)
        if before.version != version:
            raise SettingsChanged
        held = await read_plans()
        await db.execute("DELETE FROM notifications_reminder_plan WHERE id = :id", id=plan_id)
        await begin_courtesies(held, await read_plans(), now=now)
        await audit.record(
            actor,
            "reminders.removed",
            "reminders",
            plan_id,
            now=now,
            site_id=before.site,
            changes={name: [value, None] for name, value in _shown(before).items()},
        )


async def site_sending(actor: Principal, site_id: UUID) -> SiteSendingView:
    """When messages of a site may arrive; as usual where nobody has decided.

    Raises:
        SiteNotFound: there is none, or the actor may not know of it.
    """
    row = await db.fetch_one(_SITE, site=site_id) if actor.sees_site(site_id) else None
    if row is None:
        raise SiteNotFound
    habits = habits_of(row)
    return SiteSendingView(
        opens=habits.hours.opens,
        closes=habits.hours.closes,
        quiet_weekdays=sorted(habits.hours.quiet_weekdays),
        takes_answers=habits.takes_answers,
        has_links=habits.has_links,
        version=row["version"],
    )


async def save_site_sending(
    actor: Principal, site_id: UUID, command: SaveSiteSending, *, version: int, now: datetime
) -> None:
    """Decide when messages of a site may arrive, and whether they can be answered.

    Raises:
        SiteNotFound, CoordinatorNeeded, SettingsChanged: as for ``save_plan``.
        Invalid: the hours end before they begin, or no day is left.
    """
    _need(actor, site_id)
    try:
        hours = command.hours()
    except ValueError as error:
        text = _("End after the beginning, and leave at least one day of the week.")
        raise Invalid([FieldError("closes", "notifications.hours-invalid", text)]) from error
    async with db.transaction():
        await db.take_turns(f"sending:{site_id}")
        before = await site_sending(actor, site_id)
        if before.version != version:
            raise SettingsChanged
        quiet = sorted(hours.quiet_weekdays)
        await db.execute(
            _SAVE_SITE,
            id=new_id(),
            site=site_id,
            opens=hours.opens,
            closes=hours.closes,
            quiet_days="".join(map(str, quiet)),
            takes_answers=command.takes_answers,
            has_links=command.has_links,
        )
        after = {**msgspec.structs.asdict(command), "quiet_weekdays": quiet}
        changes = audit.difference(msgspec.structs.asdict(before), after)
        await audit.record(
            actor,
            "sending_hours.decided",
            "site",
            site_id,
            now=now,
            site_id=site_id,
            changes=changes,
        )


def _need(actor: Principal, site_id: UUID | None) -> None:
    if site_id is None:
        need_coordinator(actor)
        if not answers_for_all(actor):
            raise AllSitesNeeded
        return
    if not actor.sees_site(site_id):
        raise SiteNotFound
    if not actor.has_role(Role.COORDINATOR, site_id):
        raise CoordinatorNeeded


async def _need_rows(command: SavePlan) -> None:
    for table, row_id, missing in (
        ("sites_site", command.site, SiteNotFound),
        ("lending_policy", command.policy, PolicyNotFound),
    ):
        if row_id and not await db.fetch(f"SELECT id FROM {table} WHERE id = :id", id=row_id):
            raise missing


def _check(rules: list[ReminderRule]) -> None:
    if len(rules) > MOST_RULES:
        text = _("No more than %(most)s reminders, please.", most=MOST_RULES)
        raise Invalid([FieldError("rules", "notifications.too-many-rules", text)])
    twice = [code for code, count in Counter(code_of(r.level) for r in rules).items() if count > 1]
    unfit = [
        rule
        for rule in rules
        if rule.kind not in ((CALL,) if rule.is_for_person else KINDS_OF[rule.level.when])
    ]
    if twice or unfit:
        text = _("Each moment once, and with a message that is meant for it.")
        raise Invalid([FieldError("rules", "notifications.rules-unfit", text)])


def _scope(site: UUID | None, policy: UUID | None) -> str:
    return f"{site or '*'}/{policy or '*'}"


def _view(row: db.Row) -> PlanView:
    return PlanView(**{**row, "rules": list(read_rules(row["rules"]))})


def _shown(terms: PlanTerms | PlanView) -> dict[str, object]:
    return {
        "active": terms.active,
        "welcome": terms.welcome,
        "thanks": terms.thanks,
        "voucher_days": terms.voucher_days,
        "rules": [f"{code_of(each.level)} {each.kind}" for each in in_order(terms.rules)],
    }
