"""Random lives of vouchers, compared step by step with a plain model.

The model knows of each voucher where it stands, at which site, and who has it; the services do
the same on a real database. Each example has sites, people and a batch of its own, so that one
database serves them all.
"""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import engine
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from comptoir.core import db
from comptoir.core.errors import ComptoirError
from comptoir.core.principal import Principal, Role
from comptoir.inventory.vouchers.actions import activate_voucher, void_voucher
from comptoir.inventory.vouchers.counts import CountVouchers, count_vouchers
from comptoir.inventory.vouchers.expiring import expire
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.statuses import VoidReason
from comptoir.inventory.vouchers.transfers import (
    SendVouchers,
    give_up,
    receive_vouchers,
    send_vouchers,
)
from comptoir.lending.vouchers.issuing import issue_voucher
from comptoir.lending.vouchers.lapsing import lapse
from comptoir.lending.vouchers.releasing import release_voucher
from comptoir.lending.vouchers.replacing import replace_voucher
from comptoir.lending.vouchers.reserving import reserve_voucher
from comptoir.lending.vouchers.returning import take_back_voucher
from comptoir.lending.vouchers.schemas import IssueVoucher, ReplaceVoucher, ReserveVoucher
from comptoir.lending.vouchers.showing import show_issued
from comptoir.lending.vouchers.undoing import undo_issue
from tests import factories as make

START = datetime(2026, 11, 24, 14, tzinfo=UTC)
#: Half of a batch is to be activated by then.
LAST_DAY = (START + timedelta(days=6)).date()
ZONE = ZoneInfo("Europe/Zurich")
VALIDITY = 4
BATCH = 6

_VOUCHERS = """
SELECT voucher.id, voucher.status, voucher.site, voucher.replaced_by, voucher.reserved_until,
       reserved.borrower
FROM inventory_voucher voucher
LEFT JOIN lending_voucher_reservation reserved ON reserved.voucher = voucher.id
WHERE voucher.kind = :kind
"""
_ISSUES = """
SELECT issue.id, issue.voucher, issue.borrower, issue.ended_at
FROM lending_voucher_issue issue WHERE issue.kind = :kind
"""


@dataclass
class Known:
    """A voucher as it should be.

    ``was_aside`` is for whom, and until when, it was set aside before it was given.
    """

    id: UUID
    site: UUID
    dated: bool
    status: str = "available"
    aside_for: UUID | None = None
    aside_until: datetime | None = None
    was_aside: tuple[UUID, datetime] | None = None
    issue: UUID | None = None
    shown: bool = False
    seen_at: datetime | None = None
    given_at: datetime = START
    replaces: bool = False
    ends: datetime | None = None
    parcel: UUID | None = None


def midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZONE)


class Life(RuleBasedStateMachine):
    """Does each step twice: in the model and in the program."""

    runner: ClassVar[asyncio.Runner]

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.links: dict[UUID, UUID] = {}
        self.ended_issues: set[UUID] = set()
        self.known: dict[UUID, Known] = {}
        self.ever_ended: dict[UUID, str] = {}
        self.run(self.build())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    async def build(self) -> None:
        here, there = await make.site(), await make.site()
        self.sites = (here.id, there.id)
        self.boss: Principal = await make.principal(Role.ADMIN)
        kind = await make.voucher_kind(medium="wifi", validity_days=VALIDITY)
        self.kind = kind.id
        await make.voucher_policy(kind)
        self.people = [(await make.borrower(site_id=here.id)).id for _ in range(2)]
        self.batches = []
        for dated in (False, True):
            batch = await make.voucher_batch(kind, site_id=here.id, quantity=BATCH)
            self.batches.append(batch.id)
            for number in range(BATCH):
                day = LAST_DAY if dated else None
                voucher = await make.voucher(
                    batch, Secret(f"{batch.id.hex}{number}"), activate_by=day
                )
                self.known[voucher.id] = Known(voucher.id, here.id, dated)

    def does(self, work: Coroutine[Any, Any, Any]) -> tuple[str, Any]:
        """The code of the error that a service raises, or nothing, and what it gives."""
        try:
            return "", self.run(work)
        except ComptoirError as error:
            return error.code, None

    def pick(self, which: int, *statuses: str) -> Known:
        """A voucher that stands so, or else any."""
        some = [each for each in self.known.values() if each.status in statuses]
        some = some or list(self.known.values())
        return some[which % len(some)]

    def is_past(self, voucher: Known) -> bool:
        return voucher.dated and self.now.astimezone(ZONE).date() > LAST_DAY

    def free(self, site: UUID) -> list[Known]:
        """What may be given there, the first first."""
        some = [
            each
            for each in self.known.values()
            if each.status == "available" and each.site == site and not self.is_past(each)
        ]
        return sorted(some, key=lambda each: (not each.dated, each.id))

    def end(self, voucher: Known, status: str) -> None:
        voucher.status = status
        self.ever_ended[voucher.id] = status

    def give_back(self, voucher: Known) -> None:
        assert voucher.issue is not None
        self.ended_issues.add(voucher.issue)
        voucher.issue, voucher.shown, voucher.seen_at = None, False, None
        voucher.replaces = False

    def is_given(self, voucher: Known, issue: UUID, *, replaces: bool = False) -> None:
        was = voucher.status == "reserved" and voucher.aside_for and voucher.aside_until
        voucher.was_aside = (voucher.aside_for, voucher.aside_until) if was else None  # type: ignore[assignment]
        self.is_free(voucher)
        voucher.status, voucher.issue = "issued", issue
        voucher.shown, voucher.seen_at = False, None
        voucher.replaces, voucher.given_at = replaces, self.now

    @rule(hours=st.sampled_from((0, 1, 30, 60)))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    def aside_of(self, person: UUID) -> list[Known]:
        return [
            each
            for each in self.known.values()
            if each.status == "reserved" and each.aside_for == person
        ]

    def is_free(self, voucher: Known) -> None:
        voucher.status, voucher.aside_for, voucher.aside_until = "available", None, None

    @rule(who=st.integers(0, 1), site=st.integers(0, 1), days=st.integers(0, 4))
    def reserve(self, who: int, site: int, days: int) -> None:
        """The next one there, until the end of a day."""
        person, place = self.people[who], self.sites[site]
        day = self.now.astimezone(ZONE).date() + timedelta(days=days)
        command = ReserveVoucher(kind_id=self.kind, borrower_id=person, site_id=place, until=day)
        self.set_aside(command, self.free(place)[:1], person)

    @rule(who=st.integers(0, 1), which=st.integers(0, 11))
    def reserve_card(self, who: int, which: int) -> None:
        """This very one, until the end of the day, if it can be given."""
        voucher, person = self.pick(which, "available"), self.people[who]
        command = ReserveVoucher(
            voucher_id=voucher.id,
            borrower_id=person,
            site_id=voucher.site,
            until=self.now.astimezone(ZONE).date(),
        )
        can = voucher.status == "available" and not self.is_past(voucher)
        self.set_aside(command, [voucher] if can else [], person)

    def set_aside(self, command: ReserveVoucher, chosen: list[Known], person: UUID) -> None:
        code, view = self.does(reserve_voucher(self.boss, command, now=self.now))
        if self.aside_of(person):
            assert code == "lending.voucher-set-aside-already"
        elif not chosen:
            assert code.startswith("lending.voucher-")
        else:
            [voucher] = chosen
            assert (code, view.voucher_id) == ("", voucher.id)
            assert command.until is not None
            day = min(command.until, LAST_DAY) if voucher.dated else command.until
            voucher.status, voucher.aside_for = "reserved", person
            voucher.aside_until = midnight_after(day)

    @rule(which=st.integers(0, 11))
    def release(self, which: int) -> None:
        voucher = self.pick(which, "reserved")
        code, _ = self.does(release_voucher(self.boss, voucher.id, now=self.now))
        assert (code == "") is (voucher.status == "reserved")
        if not code:
            self.is_free(voucher)

    @rule()
    def lapse(self) -> None:
        self.run(lapse(now=self.now))
        for voucher in self.known.values():
            over = voucher.aside_until is not None and voucher.aside_until <= self.now
            if voucher.status == "reserved" and over:
                self.is_free(voucher)
        vouchers, _ = self.run(self.read())
        assert all(row["status"] == "reserved" for row in vouchers if row["borrower"])

    @rule(who=st.integers(0, 1), site=st.integers(0, 1))
    def issue(self, who: int, site: int) -> None:
        person, place = self.people[who], self.sites[site]
        aside = [
            each
            for each in self.known.values()
            if each.aside_for == person
            and each.status == "reserved"
            and each.site == place
            and not self.is_past(each)
        ]
        expected = (aside or self.free(place))[:1]
        command = IssueVoucher(kind_id=self.kind, borrower_id=person, site_id=place)
        code, view = self.does(issue_voucher(self.boss, command, now=self.now))
        if not expected:
            assert code == "lending.voucher-none-left"
            return
        assert (code, view.voucher_id) == ("", expected[0].id)
        self.is_given(expected[0], view.id)

    @rule(which=st.integers(0, 11))
    def show(self, which: int) -> None:
        voucher = self.pick(which, "issued")
        if voucher.issue is None:
            return
        since = self.now - voucher.given_at
        seen = voucher.seen_at
        fresh = since < timedelta(hours=1) and (
            seen is None or self.now - seen < timedelta(minutes=10)
        )
        code, _ = self.does(show_issued(self.boss, voucher.issue, now=self.now))
        assert code == ("" if fresh else "lending.voucher-not-at-hand")
        if fresh and not voucher.shown:
            voucher.shown, voucher.seen_at = True, self.now

    @rule(which=st.integers(0, 11))
    def undo(self, which: int) -> None:
        voucher = self.pick(which, "issued")
        if voucher.issue is None:
            return
        code, _ = self.does(undo_issue(self.boss, voucher.issue, now=self.now))
        late = self.now - voucher.given_at > timedelta(seconds=70)
        allowed = not (late or voucher.status != "issued" or voucher.replaces or voucher.shown)
        assert (code == "") is allowed
        if allowed:
            self.give_back(voucher)
            voucher.status = "available"
            if voucher.was_aside and self.now < voucher.was_aside[1]:
                voucher.status = "reserved"
                voucher.aside_for, voucher.aside_until = voucher.was_aside

    @rule(which=st.integers(0, 11))
    def take_back(self, which: int) -> None:
        voucher = self.pick(which, "issued", "activated")
        if voucher.issue is None:
            return
        code, _ = self.does(take_back_voucher(self.boss, voucher.issue, now=self.now))
        if voucher.status not in ("issued", "activated"):
            assert code == "lending.voucher-not-held"
        elif voucher.status == "activated":
            assert code == "lending.voucher-in-use"
        elif voucher.shown:
            assert code == "lending.voucher-opened"
        else:
            assert code == ""
            self.give_back(voucher)
            if self.is_past(voucher):
                self.end(voucher, "expired")
            else:
                voucher.status = "available"
                # Given anew, it takes nobody's place.
                self.links = {old: new for old, new in self.links.items() if new != voucher.id}

    @rule(which=st.integers(0, 11), site=st.integers(0, 1))
    def replace(self, which: int, site: int) -> None:
        voucher = self.pick(which, "issued", "activated")
        if voucher.issue is None:
            return
        others = self.free(self.sites[site])
        command = ReplaceVoucher(issue_id=voucher.issue, site_id=self.sites[site])
        code, view = self.does(replace_voucher(self.boss, command, now=self.now))
        if voucher.status not in ("issued", "activated"):
            assert code == "lending.voucher-not-held"
        elif not others:
            assert code == "lending.voucher-none-left"
        else:
            assert (code, view.voucher_id) == ("", others[0].id)
            self.give_back(voucher)
            self.end(voucher, "void")
            self.links[voucher.id] = others[0].id
            self.is_given(others[0], view.id, replaces=True)

    @rule(which=st.integers(0, 11))
    def activate(self, which: int) -> None:
        voucher = self.pick(which, "issued")
        code, _ = self.does(activate_voucher(self.boss, voucher.id, now=self.now))
        assert (code == "") is (voucher.status == "issued")
        if not code:
            voucher.status = "activated"
            day = self.now.astimezone(ZONE).date() + timedelta(days=VALIDITY + 1)
            voucher.ends = datetime(day.year, day.month, day.day, tzinfo=ZONE)

    @rule(which=st.integers(0, 11))
    def void(self, which: int) -> None:
        voucher = self.pick(which, "issued", "activated", "reserved")
        code, _ = self.does(void_voucher(self.boss, voucher.id, VoidReason.LOST, now=self.now))
        assert (code == "") is (voucher.status not in ("void", "expired"))
        if not code:
            self.end(voucher, "void")

    @rule()
    def let_expire(self) -> None:
        self.run(expire(now=self.now))
        for voucher in self.known.values():
            used_up = voucher.status == "activated" and voucher.ends and voucher.ends <= self.now
            never = voucher.status in ("available", "reserved", "issued") and self.is_past(voucher)
            if used_up or never:
                self.end(voucher, "expired")

    @rule(batch=st.integers(0, 1), site=st.integers(0, 1), quantity=st.integers(1, 3))
    def send(self, batch: int, site: int, quantity: int) -> None:
        some = [
            each
            for each in self.known.values()
            if each.status == "available"
            and each.site == self.sites[site]
            and each.dated is bool(batch)
        ]
        command = SendVouchers(
            self.batches[batch], self.sites[site], self.sites[1 - site], quantity
        )
        code, parcel = self.does(send_vouchers(self.boss, command, now=self.now))
        assert (code == "") is (len(some) >= quantity)
        if not code:
            for voucher in sorted(some, key=lambda each: each.id)[:quantity]:
                voucher.status, voucher.parcel = "in_transit", parcel

    @rule(which=st.integers(0, 11), lost=st.booleans())
    def receive(self, which: int, lost: bool) -> None:
        parcel = self.pick(which, "in_transit").parcel
        if parcel is None:
            return
        work = (
            give_up(self.boss, parcel, now=self.now)
            if lost
            else receive_vouchers(self.boss, parcel, now=self.now)
        )
        code, _ = self.does(work)
        underway = [
            each
            for each in self.known.values()
            if each.parcel == parcel and each.status == "in_transit"
        ]
        assert (code == "") is bool(underway)
        for voucher in underway:
            if lost:
                self.end(voucher, "void")
            else:
                here = self.sites.index(voucher.site)
                voucher.status, voucher.site = "available", self.sites[1 - here]
                voucher.parcel = None

    @rule(site=st.integers(0, 1))
    def count(self, site: int) -> None:
        lying = [
            each
            for each in self.known.values()
            if each.site == self.sites[site] and each.status in ("available", "reserved")
        ]
        command = CountVouchers(self.sites[site], self.kind, counted=len(lying))
        code, counted = self.does(count_vouchers(self.boss, command, now=self.now))
        assert (code, counted.expected, counted.difference) == ("", len(lying), 0)

    @invariant()
    def all_is_as_the_model_has_it(self) -> None:
        vouchers, issues = self.run(self.read())
        assert len(vouchers) == len(self.known) == 2 * BATCH  # what was taken in
        assert {row["id"]: (row["status"], row["site"]) for row in vouchers} == {
            each.id: (each.status, each.site) for each in self.known.values()
        }
        aside = {
            row["id"]: (row["borrower"], row["reserved_until"])
            for row in vouchers
            if row["status"] == "reserved"
        }
        assert aside == {
            each.id: (each.aside_for, each.aside_until)
            for each in self.known.values()
            if each.status == "reserved"
        }
        assert {row["id"] for row in vouchers if row["reserved_until"]} == set(aside)
        assert len({person for person, _ in aside.values()}) == len(aside)
        live = {row["voucher"]: row["id"] for row in issues if row["ended_at"] is None}
        assert live == {each.id: each.issue for each in self.known.values() if each.issue}
        tally = Tally(row["voucher"] for row in issues if row["ended_at"] is None)
        assert set(tally.values()) <= {1}
        links = {row["id"]: row["replaced_by"] for row in vouchers if row["replaced_by"]}
        assert links == self.links
        assert len(set(links.values())) == len(links)
        by_id = {row["id"]: row["status"] for row in vouchers}
        assert {each: by_id[each] for each in self.ever_ended} == self.ever_ended
        ended = {row["id"] for row in issues if row["ended_at"] is not None}
        assert ended == self.ended_issues

    async def read(self) -> tuple[list[db.Row], list[db.Row]]:
        return await db.fetch(_VOUCHERS, kind=self.kind), await db.fetch(_ISSUES, kind=self.kind)


@pytest.mark.long
def test_the_life_of_vouchers_is_as_the_model_has_it(
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
                    max_examples=30,
                    stateful_step_count=40,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(db.disconnect())
