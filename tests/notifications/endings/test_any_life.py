"""Any life of vouchers, on a real database: each end is told once at most, and never afterwards.

Each example has a site, people and a kind of its own, so that one database serves them all.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import engine
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from comptoir.core import db
from comptoir.core.errors import ComptoirError
from comptoir.core.principal import Role
from comptoir.inventory.vouchers.actions import activate_voucher, void_voucher
from comptoir.inventory.vouchers.expiring import expire
from comptoir.inventory.vouchers.statuses import VoidReason
from comptoir.lending.vouchers.issuing import issue_voucher
from comptoir.lending.vouchers.replacing import replace_voucher
from comptoir.lending.vouchers.returning import take_back_voucher
from comptoir.lending.vouchers.schemas import IssueView, IssueVoucher, ReplaceVoucher
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.reminders.sweep import sweep
from comptoir.notifications.routing import Route
from tests import factories as make
from tests.notifications.endings.drawer import Drawer
from tests.notifications.recording import RecordingGateway
from tests.notifications.reminders.world import at

START = at("10-05 08:00")
#: The last of the vouchers of a batch to be begun on.
LAST_DAY = (START + timedelta(days=6)).date()
VALIDITY = 5

_ABOUT = """
SELECT about.issue, about.level, about.ends_at, issue.ended_at, voucher.status
FROM notifications_voucher_message about
JOIN lending_voucher_issue issue ON issue.id = about.issue
JOIN inventory_voucher voucher ON voucher.id = issue.voucher
WHERE about.message IN :ids
"""
_STANDING = {"unbegun": "issued", "used": "activated"}


class Life(RuleBasedStateMachine):
    runner: ClassVar[asyncio.Runner]
    ends: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = START
        self.issues: list[IssueView] = []
        self.told: Counter[tuple[UUID, str]] = Counter()
        self.run(self.set_up())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def tries(self, work: Coroutine[Any, Any, Any]) -> Any:
        """What a service gives; None where it refuses."""
        try:
            return self.run(work)
        except ComptoirError:
            return None

    async def set_up(self) -> None:
        await db.execute("DELETE FROM notifications_message WHERE status = 'queued'")
        self.drawer = await (await Drawer.made()).stock(validity_days=VALIDITY)
        self.boss = await make.principal(Role.COORDINATOR, self.drawer.site.id)
        self.people = [await self.drawer.person() for _ in range(2)]
        batch = await make.voucher_batch(
            self.drawer.kind, site_id=self.drawer.site.id, activate_by=LAST_DAY
        )
        for _ in range(6):
            await make.voucher(batch)
        for number in range(4):
            command = IssueVoucher(
                kind_id=self.drawer.kind.id, borrower_id=self.people[number % 2].id
            )
            self.issues.append(await issue_voucher(self.drawer.actor, command, now=START))

    @rule(hours=st.sampled_from((2, 24, 24, 48)), sweeps=st.integers(0, 2))
    def time_goes_by(self, hours: int, sweeps: int) -> None:
        async def at_once() -> None:
            await asyncio.gather(*(sweep(now=self.now) for _ in range(sweeps)))

        self.now += timedelta(hours=hours)
        self.run(at_once())

    @rule(who=st.integers(0, 1))
    def give(self, who: int) -> None:
        command = IssueVoucher(kind_id=self.drawer.kind.id, borrower_id=self.people[who].id)
        if issue := self.tries(issue_voucher(self.drawer.actor, command, now=self.now)):
            self.issues.append(issue)

    @rule(which=st.integers(0, 5), what=st.sampled_from(("begin", "return", "void", "replace")))
    def change(self, which: int, what: str) -> None:
        if not self.issues:
            return
        issue = self.issues[which % len(self.issues)]
        actor, now = self.drawer.actor, self.now
        match what:
            case "begin":
                self.tries(activate_voucher(actor, issue.voucher_id, now=now))
            case "return":
                self.tries(take_back_voucher(actor, issue.id, now=now))
            case "void":
                self.tries(void_voucher(self.boss, issue.voucher_id, VoidReason.LOST, now=now))
            case "replace":
                command = ReplaceVoucher(issue_id=issue.id)
                if instead := self.tries(replace_voucher(actor, command, now=now)):
                    self.issues.append(instead)

    @rule()
    def it_expires(self) -> None:
        self.run(expire(now=self.now))

    @rule()
    def it_sends(self) -> None:
        gateway = RecordingGateway()
        self.run(dispatch([Route(gateway)], now=self.now))
        if not gateway.sent:
            return
        rows = self.run(db.fetch(_ABOUT, ids=[each.id for each in gateway.sent]))
        assert rows, "a message is about something"
        for row in rows:
            assert row["ended_at"] is None
            assert row["status"] == _STANDING[row["level"]]
            assert self.now < row["ends_at"] <= self.now + timedelta(days=4)
            self.told[row["issue"], row["level"]] += 1
            self.ends[row["level"]] += 1
        assert set(self.told.values()) <= {1}


@pytest.mark.long
def test_each_end_is_told_once_at_most_and_never_when_it_is_over(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A failure is told within a minute, if with a few steps too many; see ``test_desk_model``.
    monkeypatch.setattr(engine, "MAX_SHRINKING_SECONDS", 30)
    with asyncio.Runner() as runner:
        Life.runner = runner
        db.connect(database_url)
        try:
            run_state_machine_as_test(
                Life,
                settings=settings(
                    max_examples=25,
                    stateful_step_count=40,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(db.disconnect())
    assert min(Life.ends[level] for level in _STANDING) > 3, Life.ends
