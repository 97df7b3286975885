"""What was written of vouchers, when its time to go has come: it waits, goes, or is dropped."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from comptoir.core import db
from comptoir.core.principal import Role
from comptoir.inventory.vouchers.actions import activate_voucher, void_voucher
from comptoir.inventory.vouchers.statuses import VoidReason
from comptoir.lending.tables import Borrower
from comptoir.lending.vouchers.returning import take_back_voucher
from comptoir.lending.vouchers.schemas import IssueView
from comptoir.notifications.calls.queries import list_calls
from comptoir.notifications.calls.schemas import CallFilter
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.errors import MessageMoot
from comptoir.notifications.gateways.protocol import Outgoing, Rejected
from comptoir.notifications.inbound import wishes
from comptoir.notifications.letters.queries import count_waiting
from comptoir.notifications.letters.schemas import MakeBatch
from comptoir.notifications.letters.services import make_batch
from comptoir.notifications.messages.services import try_again
from comptoir.notifications.reasons import Reason
from comptoir.notifications.reminders.sweep import sweep
from comptoir.notifications.reminders.tables import VoucherMessage
from comptoir.notifications.routing import Route
from comptoir.notifications.tables import Message
from tests import factories as make
from tests.notifications.endings.drawer import GIVEN, LAST_DAY, SOON, Drawer, told
from tests.notifications.recording import RecordingGateway
from tests.notifications.reminders.world import at, kinds, written


@pytest.fixture
async def drawer(database: Any) -> Drawer:
    return await (await Drawer.made()).stock()


async def sent(now: datetime = SOON) -> list[str]:
    """The kinds of what a gateway was given."""
    gateway = RecordingGateway()
    await dispatch([Route(gateway)], now=now)
    ids = [each.id for each in gateway.sent]
    rows = await Message.objects().where(Message.id.is_in(ids)).order_by(Message.id) if ids else []
    return [row.kind for row in rows]


async def unbegun(drawer: Drawer, person: Borrower) -> IssueView:
    batch = await make.voucher_batch(drawer.kind, site_id=drawer.site.id, activate_by=LAST_DAY)
    return await drawer.give(person, batch=batch, begun=None)


async def test_what_makes_sense_is_sent(drawer: Drawer) -> None:
    await drawer.give(await drawer.person())
    await unbegun(drawer, await drawer.person())
    await sweep(now=SOON)
    assert await sent() == ["voucher-ending"] * 2


@pytest.mark.parametrize("what", ["returned", "begun", "void", "later", "over"])
async def test_what_makes_none_is_dropped_and_may_be_said_anew(drawer: Drawer, what: str) -> None:
    coordinator = await make.principal(Role.COORDINATOR, drawer.site.id)
    issue = await unbegun(drawer, await drawer.person())
    await sweep(now=SOON)
    now = SOON
    match what:
        case "returned":
            await take_back_voucher(drawer.actor, issue.id, now=SOON)
        case "begun":
            await activate_voucher(drawer.actor, issue.voucher_id, now=SOON)
        case "void":
            await void_voucher(coordinator, issue.voucher_id, VoidReason.LOST, now=SOON)
        case "later":
            await db.execute("UPDATE inventory_voucher SET activate_by = '2026-10-30'")
        case "over":
            now = at("10-10 08:00")
    assert await sent(now) == []
    [message] = await written()
    assert (message.status, message.reason) == ("dropped", "overtaken")
    assert await told() == []
    if what == "later":
        assert await sweep(now=at("10-27 08:00")) == 1
        assert await sent(at("10-27 08:00")) == ["voucher-ending"]


async def test_of_two_the_one_that_is_left_is_said_anew(drawer: Drawer) -> None:
    person = await drawer.person()
    gone, left = await unbegun(drawer, person), await unbegun(drawer, person)
    await sweep(now=SOON)
    await take_back_voucher(drawer.actor, gone.id, now=SOON)
    assert await sent() == []
    assert await sweep(now=SOON + timedelta(minutes=10)) == 1
    assert await told() == [(left.id, "unbegun", True)]
    assert await sent(SOON + timedelta(minutes=10)) == ["voucher-ending"]


async def test_who_said_stop_gets_nothing_and_is_not_asked_again(drawer: Drawer) -> None:
    person = await drawer.person()
    await drawer.give(person)
    await sweep(now=SOON)
    async with db.transaction():
        await wishes.stop(person.phone, now=SOON)
    assert await sent() == []
    [message] = await written()
    assert (message.status, message.reason) == ("dropped", "opted-out")
    assert len(await told()) == 1


async def test_what_waited_for_a_gateway_comes_a_day_after_a_reminder(drawer: Drawer) -> None:
    person = await drawer.person()
    await drawer.give(person)
    await drawer.loan(person, due_at=at("10-10 10:00"))
    assert await sweep(now=SOON) == 1
    tomorrow = SOON + timedelta(days=1)
    assert await sweep(now=tomorrow) == 1
    assert await kinds() == ["voucher-ending", "due-soon"]
    assert await sent(tomorrow) == ["due-soon"]
    assert await sent(tomorrow + timedelta(hours=2)) == []
    assert await sent(tomorrow + timedelta(days=1)) == ["voucher-ending"]


async def test_after_what_was_said_of_a_voucher_only_a_reminder_in_haste_goes(
    drawer: Drawer,
) -> None:
    person, hurried = [await drawer.person() for _ in range(2)]
    for each in (person, hurried):
        await drawer.give(each)
    await sweep(now=SOON)
    assert await sent() == ["voucher-ending"] * 2
    await drawer.loan(person)
    await drawer.loan(hurried, due_at=SOON + timedelta(hours=6))
    now = SOON + timedelta(hours=1)
    assert await sweep(now=now) == 1
    assert await sent(now) == ["due-today"]
    assert await sweep(now=SOON + timedelta(days=1)) == 2
    assert sorted(await sent(SOON + timedelta(days=1))) == ["due-soon", "overdue-1"]


async def test_what_is_overdue_already_waits_for_the_day_after_another_text(
    drawer: Drawer,
) -> None:
    person = await drawer.person()
    await drawer.give(person)
    await drawer.loan(person, due_at=SOON - timedelta(days=2))
    await sweep(now=SOON)
    [overdue] = await kinds()
    assert overdue.startswith("overdue")
    now = SOON + timedelta(days=1)
    await sweep(now=now)
    await Message.update({Message.status: "sent", Message.sent_at: now}).where(
        Message.kind == "voucher-ending"
    )
    assert await sent(now + timedelta(hours=1)) == []
    assert await sent(now + timedelta(days=1)) == [overdue]


async def test_of_two_days_one_goes_a_day_and_a_reminder_in_haste_waits_for_neither(
    drawer: Drawer,
) -> None:
    person = await drawer.person()
    await drawer.give(person)
    await drawer.give(person, begun=GIVEN + timedelta(days=1))
    assert await sweep(now=SOON) == 1
    tomorrow = SOON + timedelta(days=1)
    assert await sent(tomorrow) == ["voucher-ending"]
    assert await sweep(now=tomorrow) == 1
    await drawer.loan(person, due_at=tomorrow + timedelta(hours=6))
    assert await sweep(now=tomorrow) == 1
    assert await sent(tomorrow + timedelta(minutes=1)) == ["due-today"]
    assert await sent(tomorrow + timedelta(days=1)) == ["voucher-ending"]


async def test_on_the_last_day_both_go(drawer: Drawer) -> None:
    person = await drawer.person()
    await drawer.give(person)
    await drawer.loan(person)
    now = at("10-09 08:00")
    await sweep(now=now)
    assert await sent(now) == ["due-today", "voucher-ending"]


def rejected(message: Outgoing) -> Rejected:
    return Rejected(Reason.NUMBER_INVALID)


async def test_what_is_tried_again_is_dropped_with_its_voucher(drawer: Drawer) -> None:
    coordinator = await make.principal(Role.COORDINATOR, drawer.site.id)
    issue = await drawer.give(await drawer.person())
    await sweep(now=SOON)
    await dispatch([Route(RecordingGateway(rejected))], now=SOON)
    [message] = await written()
    assert message.status == "failed"
    made = await try_again(coordinator, message.id, now=SOON)
    [row] = await VoucherMessage.objects()
    assert row.message == made
    await void_voucher(coordinator, issue.voucher_id, VoidReason.LOST, now=SOON)
    assert await sent() == []


async def test_what_failed_is_not_tried_again_once_it_is_over(drawer: Drawer) -> None:
    coordinator = await make.principal(Role.COORDINATOR, drawer.site.id)
    await drawer.give(await drawer.person())
    await sweep(now=SOON)
    await dispatch([Route(RecordingGateway(rejected))], now=SOON)
    [message] = await written()
    with pytest.raises(MessageMoot):
        await try_again(coordinator, message.id, now=at("10-10 08:00"))


async def test_the_call_list_says_it_in_both_languages_until_it_is_over(drawer: Drawer) -> None:
    person = await drawer.person(phone="+41265550199", language="de")
    await drawer.give(person)
    await sweep(now=SOON)
    wanted = CallFilter(borrower_id=person.id)
    [entry] = (await list_calls(drawer.actor, wanted, language="fr", now=SOON)).entries
    [script] = entry.scripts
    assert script.kind == "voucher-ending"
    assert "SIM 10 GB" in script.text
    assert "Dernier jour : vendredi 9 octobre." in script.text.replace("\u00a0", " ")
    assert "Letzter Tag: Freitag, 9. Oktober." in script.theirs
    over = at("10-10 08:00")
    assert not (await list_calls(drawer.actor, wanted, language="fr", now=over)).entries
    await sweep(now=over)
    [line] = await written()
    assert (line.status, line.reason) == ("dropped", "overtaken")


async def test_a_letter_about_vouchers_is_one_beside_that_about_loans(drawer: Drawer) -> None:
    person = await drawer.person(contact_kind="letter", phone="", address="Rue 1\n1700 Fribourg")
    await drawer.give(person)
    await drawer.give(person, begun=GIVEN + timedelta(days=1))
    await drawer.loan(person)
    for days in range(3):
        await sweep(now=SOON + timedelta(days=days))
    assert sorted(await kinds()) == ["due-soon", "voucher-ending", "voucher-ending"]
    [waiting] = await count_waiting(drawer.actor)
    assert waiting.letters == 3
    now = SOON + timedelta(days=2)
    await make_batch(drawer.actor, MakeBatch(site_id=drawer.site.id), now=now)
    assert {row.status for row in await written()} == {"sending"}
