"""What the sweep writes of vouchers that expire soon, on the real database."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from comptoir.core import audit, db
from comptoir.core.audit.sentences import lines
from comptoir.core.i18n import use_language
from comptoir.core.principal import Role
from comptoir.inventory.vouchers.actions import activate_voucher, void_voucher
from comptoir.inventory.vouchers.expiring import expire
from comptoir.inventory.vouchers.statuses import VoidReason
from comptoir.inventory.vouchers.tables import Voucher
from comptoir.lending.tables import Borrower
from comptoir.lending.vouchers.issuing import issue_voucher
from comptoir.lending.vouchers.replacing import replace_voucher
from comptoir.lending.vouchers.returning import take_back_voucher
from comptoir.lending.vouchers.schemas import IssueVoucher, ReplaceVoucher
from comptoir.notifications.channels import BY_GATEWAY
from comptoir.notifications.endings import sweep as endings
from comptoir.notifications.endings.reading import read_holders, who_has
from comptoir.notifications.reminders.plans import Plans
from comptoir.notifications.reminders.reading import read_senders
from comptoir.notifications.reminders.sweep import sweep
from comptoir.notifications.reminders.tables import (
    BorrowerWish,
    ReminderPlan,
    SiteSending,
    VoucherMessage,
)
from comptoir.notifications.rules import place_at
from comptoir.notifications.tables import Message
from tests import factories as make
from tests.http_client import shared_app
from tests.lending.test_statements import plan_of, reads_whole_table
from tests.notifications.endings.drawer import GIVEN, LAST_DAY, SOON, Drawer, told
from tests.notifications.reminders.world import at, kinds, written


@pytest.fixture
async def drawer(database: Any) -> Drawer:
    return await (await Drawer.made()).stock()


async def test_three_days_before_it_expires_its_person_is_told(drawer: Drawer) -> None:
    person = await drawer.person()
    issue = await drawer.give(person)
    assert await sweep(now=at("10-05 12:00")) == 0
    assert await sweep(now=SOON) == 1
    [message] = await written()
    assert (message.kind, message.channel, message.address) == (
        "voucher-ending",
        "sms",
        person.phone,
    )
    assert (message.site, message.borrower, message.status) == (
        drawer.site.id,
        person.id,
        "queued",
    )
    assert "SIM 10 GB" in message.text
    assert "Dernier jour : vendredi 9 octobre." in message.text
    assert "Fribourg" in message.text
    assert "KQ7" not in message.text
    assert await told() == [(issue.id, "used", True)]
    for now in (SOON + timedelta(minutes=10), SOON + timedelta(days=1), SOON + timedelta(days=9)):
        assert await sweep(now=now) == 0


async def test_what_was_not_begun_is_told_of_before_its_last_day(drawer: Drawer) -> None:
    batch = await make.voucher_batch(drawer.kind, site_id=drawer.site.id, activate_by=LAST_DAY)
    await Voucher.delete(force=True)
    issue = await drawer.give(await drawer.person(), batch=batch, begun=None)
    assert await sweep(now=SOON) == 1
    assert await told() == [(issue.id, "unbegun", True)]
    # Begun at last, it has an end of its own, of which its person is told, too.
    await activate_voucher(drawer.actor, issue.voucher_id, now=at("10-09 12:00"))
    assert await sweep(now=at("10-10 08:00")) == 0
    assert await sweep(now=at("11-05 08:00")) == 1
    assert [end for _, end, _ in await told()] == ["unbegun", "used"]


async def test_what_does_not_end_by_itself_is_not_told_of(drawer: Drawer) -> None:
    kind = await make.voucher_kind(validity_days=None)
    await make.voucher_policy(kind)
    batch = await make.voucher_batch(kind, site_id=drawer.site.id, activate_by=None)
    await drawer.give(await drawer.person(), batch=batch)
    await drawer.give(await drawer.person(), batch=batch, begun=None)
    for days in range(60):
        assert await sweep(now=GIVEN + timedelta(days=days)) == 0


async def test_a_voucher_of_a_day_makes_no_message(drawer: Drawer) -> None:
    kind = await make.voucher_kind(validity_days=1, medium="wifi")
    await make.voucher_policy(kind)
    batch = await make.voucher_batch(kind, site_id=drawer.site.id, activate_by=None)
    await drawer.give(await drawer.person(), batch=batch)
    assert await sweep(now=GIVEN + timedelta(hours=1)) == 0
    assert await sweep(now=GIVEN + timedelta(days=1)) == 0


async def test_nobody_is_told_of_what_was_given_to_nobody(drawer: Drawer) -> None:
    kind = await make.voucher_kind(without_borrower=True)
    batch = await make.voucher_batch(kind, site_id=drawer.site.id)
    await drawer.give(None, batch=batch)
    assert await sweep(now=SOON) == 0
    assert await told() == []


async def test_those_that_expire_on_one_day_are_one_message(drawer: Drawer) -> None:
    person = await drawer.person()
    one, other = await drawer.give(person), await drawer.give(person)
    later = await drawer.give(person, begun=GIVEN + timedelta(days=1))
    assert await sweep(now=SOON) == 1
    [message] = await written()
    assert "2 bons" in message.text
    assert "2 x SIM 10 GB" in message.text
    assert {row for row, _, _ in await told()} == {one.id, other.id}
    assert await sweep(now=SOON + timedelta(days=1)) == 1
    assert (await told())[-1] == (later.id, "used", True)


async def test_a_reminder_of_a_loan_goes_first_and_the_voucher_waits(drawer: Drawer) -> None:
    person = await drawer.person()
    await drawer.give(person)
    await drawer.loan(person)
    assert await sweep(now=SOON) == 1
    assert await kinds() == ["due-soon"]
    assert await sweep(now=SOON + timedelta(hours=8)) == 0
    assert await sweep(now=SOON + timedelta(days=1)) == 1
    assert await kinds() == ["due-soon", "voucher-ending"]


async def test_on_the_last_day_it_waits_for_nothing(drawer: Drawer) -> None:
    person = await drawer.person()
    await drawer.give(person)
    await drawer.loan(person)
    assert await sweep(now=at("10-09 08:00")) == 2
    assert await kinds() == ["due-today", "voucher-ending"]
    assert "aujourd'hui" in (await written())[1].text


async def test_nothing_is_written_at_night_nor_in_the_quiet_hours_of_the_site(
    drawer: Drawer,
) -> None:
    await drawer.give(await drawer.person())
    assert await sweep(now=at("10-06 03:00")) == 0
    await SiteSending(site=drawer.site.id, opens=12 * 60, closes=13 * 60, quiet_days="6").save()
    assert await sweep(now=SOON) == 0
    assert await sweep(now=at("10-06 10:30")) == 1


async def test_who_has_no_mobile_gets_it_their_way(drawer: Drawer) -> None:
    people = {
        "email": await drawer.person(contact_kind="email", email="amina@example.org"),
        "letter": await drawer.person(contact_kind="letter", phone="", address="Rue 1"),
        "call": await drawer.person(phone="+41265550199"),
    }
    for person in people.values():
        await drawer.give(person)
    assert await sweep(now=SOON) == 3
    assert {row.borrower: row.channel for row in await written()} == {
        person.id: channel for channel, person in people.items()
    }
    [letter] = await written(channel="letter")
    assert "vendredi 9 octobre" in letter.text


async def test_no_letter_is_written_on_the_last_day(drawer: Drawer) -> None:
    await drawer.give(await drawer.person(contact_kind="letter", phone="", address="Rue 1"))
    assert await sweep(now=at("10-09 08:00")) == 0
    [(_, _, by_message)] = await told()
    assert not by_message


async def test_who_wants_no_messages_or_has_no_way_gets_none(drawer: Drawer) -> None:
    stopped = await drawer.person()
    await BorrowerWish(borrower=stopped.id, stopped_at=at("09-23 09:00")).save()
    await drawer.give(stopped)
    await drawer.give(await drawer.person(contact_kind="none", phone=""))
    assert await sweep(now=SOON) == 0
    assert [by_message for _, _, by_message in await told()] == [False, False]
    await BorrowerWish.update({BorrowerWish.stopped_at: None}, force=True)
    assert await sweep(now=SOON + timedelta(days=1)) == 0


async def test_the_barest_form_says_neither_what_nor_where(drawer: Drawer) -> None:
    person = await drawer.person(language="de")
    await BorrowerWish(borrower=person.id, barest=True).save()
    await drawer.give(person)
    await sweep(now=SOON)
    [message] = await written()
    assert message.text.startswith("Ein Gutschein läuft bald ab. Letzter Tag: Freitag, 9. Oktober.")
    assert "SIM" not in message.text
    assert "Fribourg" not in message.text


async def test_the_last_day_is_the_operators(drawer: Drawer) -> None:
    kind = await make.voucher_kind(time_zone="Pacific/Auckland")
    await make.voucher_policy(kind)
    batch = await make.voucher_batch(kind, site_id=drawer.site.id)
    # It is the 10th there already: the last day is a Saturday, over on Saturday noon in Zurich.
    await drawer.give(await drawer.person(), batch=batch, begun=at("09-09 20:00"))
    assert await sweep(now=SOON) == 0
    assert await sweep(now=at("10-07 08:00")) == 1
    assert "samedi" in (await written())[0].text


@pytest.mark.parametrize(
    ("plans", "sent"),
    [
        ([("site", None, True)], 0),
        ([("any", None, True)], 0),
        ([("any", 3, False)], 0),
        ([("any", 3, True), ("site", 3, False)], 0),
        ([("any", None, True), ("site", 3, True)], 1),
        ([("any", 3, True), ("site", 2, True)], 0),
        ([("any", 1, True), ("site", 14, True)], 1),
    ],
)
async def test_a_site_decides_or_what_holds_for_all(
    drawer: Drawer, plans: list[tuple[str, int | None, bool]], sent: int
) -> None:
    await drawer.give(await drawer.person())
    for site, days, active in plans:
        await ReminderPlan(
            scope=f"{site}/any",
            site=drawer.site.id if site == "site" else None,
            active=active,
            voucher_days=days,
            rules="[]",
        ).save()
    assert await sweep(now=SOON) == sent


@pytest.mark.parametrize("what", ["returned", "void", "replaced", "expired"])
async def test_what_somebody_has_no_more_is_not_told_of(drawer: Drawer, what: str) -> None:
    coordinator = await make.principal(Role.COORDINATOR, drawer.site.id)
    batch = await make.voucher_batch(drawer.kind, site_id=drawer.site.id, activate_by=LAST_DAY)
    issue = await drawer.give(await drawer.person(), batch=batch, begun=None)
    match what:
        case "returned":
            await take_back_voucher(drawer.actor, issue.id, now=SOON)
        case "void":
            await void_voucher(coordinator, issue.voucher_id, VoidReason.LOST, now=SOON)
        case "replaced":
            await make.voucher(drawer.batch)
            command = ReplaceVoucher(issue_id=issue.id)
            await replace_voucher(drawer.actor, command, now=SOON)
        case "expired":
            await Voucher.update({Voucher.status: "expired", Voucher.ended_at: SOON}, force=True)
    for days in range(5):
        assert await sweep(now=SOON + timedelta(days=days)) == 0
    assert await told() == []


async def test_what_took_the_place_of_a_faulty_one_is_told_of_for_itself(drawer: Drawer) -> None:
    issue = await drawer.give(await drawer.person())
    assert await sweep(now=SOON) == 1
    await make.voucher(drawer.batch)
    instead = await replace_voucher(drawer.actor, ReplaceVoucher(issue_id=issue.id), now=SOON)
    await activate_voucher(drawer.actor, instead.voucher_id, now=SOON)
    assert await sweep(now=SOON + timedelta(days=1)) == 0
    assert await sweep(now=SOON + timedelta(days=28)) == 1
    assert await told() == [(issue.id, "used", True), (instead.id, "used", True)]


async def test_one_that_came_back_and_was_given_again_is_told_of_again(drawer: Drawer) -> None:
    batch = await make.voucher_batch(drawer.kind, site_id=drawer.site.id, activate_by=LAST_DAY)
    issue = await drawer.give(await drawer.person(), batch=batch, begun=None)
    await ReminderPlan(scope="*/*", voucher_days=14, rules="[]").save()
    assert await sweep(now=at("09-25 08:00")) == 1
    await take_back_voucher(drawer.actor, issue.id, now=at("09-26 08:00"))
    await ReminderPlan.update({ReminderPlan.voucher_days: 3}, force=True)
    command = IssueVoucher(kind_id=drawer.kind.id, borrower_id=(await drawer.person()).id)
    again = await issue_voucher(drawer.actor, command, now=at("09-28 08:00"))
    assert again.voucher_id == issue.voucher_id
    assert await sweep(now=SOON) == 1
    assert await told() == [(issue.id, "unbegun", True), (again.id, "unbegun", True)]


async def test_three_sweeps_at_once_tell_each_once(drawer: Drawer) -> None:
    people = [await drawer.person() for _ in range(8)]
    for person in people:
        await drawer.give(person)
        await drawer.give(person)
    counts = await asyncio.gather(*(sweep(now=SOON) for _ in range(3)))
    assert sum(counts) == len(people) == await Message.count()
    assert await VoucherMessage.count() == 2 * len(people)


@pytest.mark.parametrize("gone", ["voucher", "person"])
async def test_what_changed_between_read_and_write_leaves_nothing(
    drawer: Drawer, gone: str
) -> None:
    person = await drawer.person()
    issue = await drawer.give(person)
    plans = Plans({})
    [holder] = await read_holders(await who_has(plans, now=SOON), plans)
    if gone == "voucher":
        coordinator = await make.principal(Role.COORDINATOR, drawer.site.id)
        await void_voucher(coordinator, issue.voucher_id, VoidReason.LOST, now=SOON)
    else:
        await db.execute("DELETE FROM lending_borrower_site WHERE borrower = :id", id=person.id)
        await Borrower.delete().where(Borrower.id == person.id)
    senders = await read_senders("")
    sites = {
        each.id: place_at(each.calendar, each.habits.hours, now=SOON) for each in senders.values()
    }
    assert await endings.tell(holder, senders, sites, BY_GATEWAY, now=SOON) == 0
    assert await Message.count() == 0
    assert await VoucherMessage.count() == 0


async def test_many_vouchers_take_no_more_statements_to_look_at(drawer: Drawer) -> None:
    counts = []
    for many in (2, 10):
        for _ in range(many):
            await drawer.give(await drawer.person())
        await sweep(now=SOON)
        with db.count_statements() as again:
            assert await sweep(now=SOON + timedelta(hours=1)) == 0
        with db.count_statements() as not_yet:
            assert await sweep(now=SOON - timedelta(hours=23)) == 0
        counts.append((len(again), len(not_yet)))
    assert counts[0] == counts[1]


async def test_what_expires_soon_is_found_by_indexes(drawer: Drawer) -> None:
    await drawer.give(await drawer.person())
    plans = Plans({})
    with db.count_statements() as sent:
        await read_holders(await who_has(plans, now=SOON), plans)
    used, unbegun, *rest = sent
    assert "inventory_voucher_expires" in "".join(await plan_of(used))
    assert "inventory_voucher_to_begin" in "".join(await plan_of(unbegun))
    assert [whole for each in rest if (whole := await reads_whole_table(each))] == []


async def test_pages_leave_nobody_out(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endings, "PAGE", 2)
    for _ in range(5):
        await drawer.give(await drawer.person())
    assert await sweep(now=SOON) == 5


async def test_timelines_of_the_voucher_and_its_person_tell_of_it(drawer: Drawer) -> None:
    shared_app()  # whose floors describe what they record
    person = await drawer.person()
    issue = await drawer.give(person)
    await sweep(now=SOON)
    with use_language("en"):
        for subject in (issue.voucher_id, person.id):
            assert (await lines(subject, {}))[
                0
            ].text == "A message to send by SMS: Before a voucher expires."
    [(_, event), *_] = await audit.timeline(person.id)
    assert (event.action, event.subject_id) == ("message.written", issue.voucher_id)


async def test_a_month_in_which_nothing_happens_is_one_message(drawer: Drawer) -> None:
    await drawer.give(await drawer.person())
    now = GIVEN
    while now < GIVEN + timedelta(days=35):
        await sweep(now=now)
        await expire(now=now)
        now += timedelta(hours=6)
    [message] = await written()
    assert message.created_at.date() == date(2026, 10, 6)
