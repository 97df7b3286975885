"""Messages that no longer make sense when they are to be sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from comptoir.core import db
from comptoir.core.audit.sentences import lines
from comptoir.core.i18n import use_language
from comptoir.core.principal import Role
from comptoir.inventory.statuses import ItemStatus
from comptoir.inventory.tables import Item
from comptoir.lending.loans.elsewhere import choose_return_site
from comptoir.lending.tables import Borrower, Loan
from comptoir.notifications import routes as notifications
from comptoir.notifications.channels import BY_GATEWAY
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.errors import MessageMoot
from comptoir.notifications.gateways.protocol import Unknown
from comptoir.notifications.inbound import wishes
from comptoir.notifications.messages.queries import count_to_decide
from comptoir.notifications.messages.services import try_again
from comptoir.notifications.reminders.sweep import sweep
from comptoir.notifications.reminders.tables import BorrowerWish
from comptoir.notifications.routing import Route
from comptoir.notifications.tables import Message
from tests import factories as make
from tests.http_client import shared_app
from tests.notifications import rows
from tests.notifications.recording import RecordingGateway
from tests.notifications.reminders.world import DUE, World, at, levels, written

SOON = at("10-06 08:00")


@pytest.fixture
async def world(database: Any) -> World:
    return await World.made()


async def sent(now: datetime = SOON) -> int:
    """How many messages a gateway was given."""
    return await dispatch([Route(RecordingGateway())], now=now)


async def told_of(person: Borrower) -> str:
    """The latest line of somebody's timeline."""
    shared_app()  # whose floors describe what they record
    with use_language("en"):
        return (await lines(person.id, {}))[0].text


async def test_a_reminder_that_makes_sense_is_sent(world: World) -> None:
    await world.loan(await world.person())
    await sweep(now=SOON)
    assert await sent() == 1


@pytest.mark.parametrize(
    "change",
    [{Loan.returned_at: SOON}, {Loan.due_at: DUE + timedelta(days=14)}],
    ids=["returned", "renewed"],
)
async def test_one_that_makes_none_is_dropped_with_its_reason(
    world: World, change: dict[Any, Any]
) -> None:
    loan = await world.loan(await world.person())
    await sweep(now=SOON)
    await Loan.update(change).where(Loan.id == loan.id)
    assert await sent() == 0
    [message] = await written()
    assert (message.status, message.reason) == ("dropped", "overtaken")


@pytest.mark.parametrize("status", [ItemStatus.LOST, ItemStatus.STOLEN])
@pytest.mark.parametrize("days", [-3, 1])
async def test_nobody_is_asked_for_what_is_lost(
    world: World, status: ItemStatus, days: int
) -> None:
    lost, other = [await world.loan(await world.person()) for _ in range(2)]
    when = DUE.replace(hour=8) + timedelta(days=days + 2 * (days > 0))  # not on a Saturday
    assert await sweep(now=when) == 2
    await Item.update({Item.status: status.value}).where(Item.id == lost.item)
    assert await sent(when) == 1
    assert [(row.status, row.reason) for row in await written(borrower=lost.borrower)] == [
        ("dropped", "overtaken")
    ]
    assert await sweep(now=when) == 0
    await sweep(now=when + timedelta(days=30))
    assert len(await written(borrower=lost.borrower)) == 1
    assert len(await written(borrower=other.borrower)) > 1


async def test_whoever_wants_no_more_messages_gets_none(world: World) -> None:
    person = await world.person()
    loan = await world.loan(person)
    await sweep(now=SOON)
    await BorrowerWish(borrower=person.id, stopped_at=SOON).save()
    assert await sent() == 0
    [message] = await written()
    assert (message.status, message.reason) == ("dropped", "opted-out")
    assert await levels(loan) == ["before:3:days"]
    assert (
        await told_of(person) == "Message not sent: Before it is due. They want no more messages."
    )


@pytest.mark.parametrize("way", ["phone", "email"])
async def test_whose_number_was_found_wrong_gets_none_for_that_reason(
    world: World, way: str
) -> None:
    person = await world.person(contact_kind=way, email="amina@example.org")
    await world.loan(person)
    await sweep(now=SOON)
    async with db.transaction():
        await wishes.stop(person.phone, is_wrong=True, now=SOON)
    route = Route(RecordingGateway(channels=BY_GATEWAY))
    assert await dispatch([route], now=SOON) == 0
    [message] = await written()
    assert (message.status, message.reason) == ("dropped", "number-not-theirs")
    assert await told_of(person) == "Message not sent: Before it is due. The number is not theirs."


async def test_what_makes_no_sense_any_more_stands_in_the_timeline(world: World) -> None:
    texted, called = await world.person(), await world.person(phone="+41265550199")
    loans = [await world.loan(person) for person in (texted, called)]
    await sweep(now=SOON)
    await Loan.update({Loan.returned_at: SOON}).where(Loan.id.is_in([loan.id for loan in loans]))
    await sent()
    await sweep(now=SOON)
    why = "It made no sense any more."
    assert await told_of(texted) == f"Message not sent: Before it is due. {why}"
    assert await told_of(called) == f"Off the list to call: Before it is due. {why}"


async def test_what_is_left_of_a_dropped_one_is_written_anew_the_same_day(world: World) -> None:
    person = await world.person()
    back, kept = await world.loan(person), await world.loan(person)
    await sweep(now=SOON)
    await Loan.update({Loan.returned_at: SOON}).where(Loan.id == back.id)
    assert await sent() == 0
    assert await sweep(now=SOON + timedelta(minutes=10)) == 1
    assert await sent(SOON + timedelta(minutes=10)) == 1
    assert await levels(kept) == ["before:3:days"]


async def test_what_is_brought_back_elsewhere_is_written_for_that_site(world: World) -> None:
    assert notifications.ROUTES  # what listens to the choice of a site is registered with them
    loan = await world.loan(await world.person())
    other = await make.site(name="Lausanne", short_name="Lausanne", published=True)
    await sweep(now=SOON)
    actor = await make.principal(Role.RECEPTION, world.site.id)
    await choose_return_site(actor, loan.id, other.id, now=SOON)
    later = SOON + timedelta(minutes=10)
    assert (await sweep(now=later), await sent(later)) == (1, 1)
    [old, new] = await written()
    assert (old.status, old.reason) == ("dropped", "overtaken")
    assert (new.status, new.site) == ("accepted", other.id)
    assert "Lausanne" in new.text


async def test_a_call_is_not_sent_by_a_gateway(world: World) -> None:
    await world.loan(await world.person(phone="+41265550199"))
    await sweep(now=SOON)
    assert await sent() == 0
    [line] = await written()
    assert line.status == "queued"


async def test_a_line_on_the_call_list_goes_when_the_thing_came_back(world: World) -> None:
    loan = await world.loan(await world.person(phone="+41265550199"))
    await sweep(now=SOON)
    await Loan.update({Loan.returned_at: SOON}).where(Loan.id == loan.id)
    await sweep(now=SOON + timedelta(minutes=10))
    [line] = await written()
    assert (line.status, line.reason) == ("dropped", "overtaken")


async def test_what_was_to_be_read_before_it_is_due_is_not_sent_after(world: World) -> None:
    await world.loan(await world.person())
    await sweep(now=SOON)
    assert await sent(DUE) == 0
    [message] = await written()
    assert (message.status, message.reason) == ("dropped", "overtaken")


async def test_of_two_levels_of_a_loan_that_waited_the_later_one_goes(world: World) -> None:
    loan = await world.loan(await world.person())
    await sweep(now=SOON)
    on_the_day = at("10-09 08:00")
    assert await sweep(now=on_the_day) == 1
    assert await sent(on_the_day) == 1
    assert [(each.kind, each.status) for each in await written()] == [
        ("due-soon", "dropped"),
        ("due-today", "accepted"),
    ]
    assert await levels(loan) == ["on-day:0:days"]


async def test_after_a_wait_nothing_goes_in_the_quiet_hours(world: World) -> None:
    await world.loan(await world.person())
    await sweep(now=SOON)
    assert await sent(at("10-06 22:12")) == 0  # 00:12 in Zurich
    [message] = await written()
    assert (message.status, message.next_attempt_at) == ("queued", at("10-07 06:00"))
    assert message.not_before == message.next_attempt_at
    assert await sent(at("10-07 06:00")) == 1


async def test_after_a_wait_nothing_goes_on_a_quiet_day(world: World) -> None:
    await world.loan(await world.person(), due_at=at("10-13 15:00"))
    await sweep(now=at("10-10 08:00"))
    assert await sent(at("10-11 10:00")) == 0  # a Sunday
    assert [each.next_attempt_at for each in await written()] == [at("10-12 06:00")]


async def test_an_answer_goes_at_any_hour(world: World) -> None:
    person = await world.person()
    here = {"site_id": world.site.id, "borrower_id": person.id}
    await rows.message(now=SOON, kind="answer-renewed", **here)
    assert await sent(at("10-06 22:12")) == 1


async def test_a_person_gets_one_reminder_a_day_after_a_wait(world: World) -> None:
    person = await world.person()
    await world.loan(person, due_at=at("10-12 15:00"))
    await world.loan(person, due_at=at("10-13 15:00"))
    assert await sweep(now=at("10-09 08:00")) == 1
    assert await sweep(now=at("10-10 08:00")) == 1
    assert await sent(at("10-10 09:00")) == 1
    assert await sent(at("10-10 10:00")) == 0
    waiting = await written(status="queued")
    assert [each.next_attempt_at for each in waiting] == [at("10-12 06:00")]  # after the Sunday
    assert await sent(at("10-12 06:00")) == 1


async def test_one_that_went_today_keeps_the_next_one_back(world: World) -> None:
    person = await world.person()
    here = {"site_id": world.site.id, "borrower_id": person.id}
    await rows.message(now=SOON, **here)
    assert await sent() == 1
    await rows.message(now=SOON, **here)
    assert await sent(SOON + timedelta(hours=1)) == 0
    assert await sent(at("10-07 06:00")) == 1


async def test_after_another_message_of_today_only_a_reminder_in_haste_goes(world: World) -> None:
    person, hurried = [await world.person() for _ in range(2)]
    for each in (person, hurried):
        await rows.message(now=SOON, kind="thanks", site_id=world.site.id, borrower_id=each.id)
    assert await sent() == 2
    await world.loan(person)
    await world.loan(hurried, due_at=SOON + timedelta(hours=6))
    # As if they had been written before that, and had waited for a gateway.
    await Message.update({Message.kind: "answer-hours"}).where(Message.kind == "thanks")
    assert await sweep(now=SOON + timedelta(minutes=1)) == 2
    await Message.update({Message.kind: "thanks"}).where(Message.kind == "answer-hours")
    assert await sent(SOON + timedelta(hours=1)) == 1
    waiting = await written(status="queued")
    assert [(each.borrower, each.next_attempt_at) for each in waiting] == [
        (person.id, at("10-07 06:00"))
    ]
    assert await sent(at("10-07 06:00")) == 1


async def test_what_came_back_is_neither_to_decide_nor_tried_again(world: World) -> None:
    loan = await world.loan(await world.person())
    await sweep(now=SOON)
    failing = RecordingGateway(lambda _: Unknown())
    await dispatch([Route(failing)], now=SOON)
    coordinator = await make.principal(Role.COORDINATOR, world.site.id)
    assert await count_to_decide(coordinator, None, now=SOON) == 1
    await Loan.update({Loan.returned_at: SOON}).where(Loan.id == loan.id)
    assert await count_to_decide(coordinator, None, now=SOON) == 0
    [message] = await written()
    with pytest.raises(MessageMoot):
        await try_again(coordinator, message.id, now=SOON)


async def test_what_comes_back_after_another_try_is_not_sent(world: World) -> None:
    loan = await world.loan(await world.person())
    await sweep(now=SOON)
    await dispatch([Route(RecordingGateway(lambda _: Unknown()))], now=SOON)
    [message] = await written()
    coordinator = await make.principal(Role.COORDINATOR, world.site.id)
    await try_again(coordinator, message.id, now=SOON)
    await Loan.update({Loan.returned_at: SOON}).where(Loan.id == loan.id)
    assert await sent() == 0
