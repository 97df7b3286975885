"""What a sweep writes, on the real database."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from comptoir.core import audit, db
from comptoir.core.audit.sentences import lines
from comptoir.core.i18n import use_language
from comptoir.lending.tables import Borrower, Loan
from comptoir.notifications.channels import Channel
from comptoir.notifications.reminders import sweep as sweeping
from comptoir.notifications.reminders.reading import read_people, read_plans, read_senders
from comptoir.notifications.reminders.sweep import letters, sweep
from comptoir.notifications.reminders.tables import (
    BorrowerWish,
    LoanMessage,
    ReminderPlan,
    SiteSending,
)
from comptoir.notifications.reminders.writing import Overtaken, write
from comptoir.notifications.rules import place_at
from comptoir.notifications.tables import Message
from tests import factories as make
from tests.http_client import shared_app
from tests.notifications.reminders.world import DUE, World, at, kinds, levels, written

#: Three days before it is due, at ten in Zurich.
SOON = at("10-06 08:00")


@pytest.fixture
async def world(database: Any) -> World:
    return await World.made()


async def test_a_new_installation_reminds_three_days_before(world: World) -> None:
    person = await world.person()
    loan = await world.loan(person)
    assert await sweep(now=at("10-05 12:00")) == 0
    assert await sweep(now=SOON) == 1
    [message] = await written()
    assert (message.kind, message.channel, message.address) == ("due-soon", "sms", person.phone)
    assert (message.site, message.borrower, message.status) == (world.site.id, person.id, "queued")
    assert "vendredi" in message.text
    assert "Fribourg" in message.text
    assert "+41 26 555 01 10" in message.text
    assert "PROLONGER" not in message.text
    assert await levels(loan) == ["before:3:days"]
    [(_, told), *_] = await audit.timeline(person.id)
    assert (told.action, told.subject_id) == ("message.written", loan.id)


async def test_a_second_sweep_writes_nothing(world: World) -> None:
    await world.loan(await world.person())
    assert await sweep(now=SOON) == 1
    assert await sweep(now=SOON + timedelta(minutes=10)) == 0
    assert await sweep(now=SOON + timedelta(days=1)) == 0


async def test_a_person_gets_one_text_that_names_all(world: World) -> None:
    person = await world.person()
    loans = [await world.loan(person) for _ in range(2)]
    later = await world.loan(person, due_at=DUE + timedelta(days=3))
    assert await sweep(now=at("10-09 07:00")) == 1
    [message] = await written()
    assert message.kind == "due-today"
    assert "laptop" in message.text
    for loan in loans:
        assert await levels(loan) == ["on-day:0:days"]
    assert await levels(later) == ["before:3:days"]


async def test_what_is_brought_back_elsewhere_says_where(world: World) -> None:
    person = await world.person()
    await world.loan(person)
    bulle = await make.site(short_name="Bulle")
    await world.loan(person, return_site=bulle.id, due_at=DUE + timedelta(hours=1))
    assert await sweep(now=SOON) == 1
    [message] = await written()
    assert "2 objets d'ici vendredi 17h : laptop (vendredi 17h), laptop (vendredi 18h, Bulle)." in (
        message.text
    )
    assert "Fribourg : " in message.text


async def test_nothing_is_written_at_night(world: World) -> None:
    await world.loan(await world.person())
    assert await sweep(now=at("10-06 03:00")) == 0
    assert await sweep(now=at("10-06 06:00")) == 1


async def test_a_site_decides_its_quiet_hours(world: World) -> None:
    await world.loan(await world.person())
    await SiteSending(site=world.site.id, opens=12 * 60, closes=13 * 60, quiet_days="6").save()
    assert await sweep(now=SOON) == 0
    assert await sweep(now=at("10-06 10:30")) == 1


async def test_who_has_no_mobile_is_called(world: World) -> None:
    people = [
        await world.person(phone="+41265550199"),
        await world.person(contact_kind="counsellor", phone="", counsellor="Binta Sow"),
        await world.person(contact_kind="letter", phone="", address=""),
    ]
    for person in people:
        await world.loan(person)
    assert await sweep(now=SOON) == 3
    assert {row.channel for row in await written()} == {"call"}
    assert {row.borrower for row in await written()} == {person.id for person in people}


async def test_who_has_an_e_mail_address_gets_e_mail(world: World) -> None:
    person = await world.person(contact_kind="email", email="amina@example.org")
    await world.loan(person)
    assert await sweep(now=SOON) == 1
    [message] = await written()
    assert (message.channel, message.address) == ("email", "amina@example.org")


async def test_where_nothing_carries_e_mail_they_are_called(world: World) -> None:
    person = await world.person(contact_kind="email", email="amina@example.org")
    await world.loan(person)
    assert await sweep(now=SOON, channels={Channel.SMS}) == 1
    assert [row.channel for row in await written()] == ["call"]


async def test_nobody_looks_for_who_cannot_be_reached_before_something_is_late(
    world: World,
) -> None:
    loan = await world.loan(await world.person(contact_kind="none", phone=""))
    assert await sweep(now=SOON) == 0
    assert await levels(loan) == ["before:3:days"]
    assert await sweep(now=at("10-13 08:00")) == 1
    [line] = await written()
    assert (line.kind, line.channel) == ("overdue-1", "call")


async def test_a_letter_has_dates_and_none_is_written_on_the_day(world: World) -> None:
    loan = await world.loan(await world.person(contact_kind="letter", phone="", address="Rue 1"))
    await sweep(now=at("10-08 08:00"))
    await sweep(now=at("10-09 08:00"))
    [letter] = await written()
    assert letter.channel == "letter"
    assert "vendredi 9 octobre 17\u00a0h" in letter.text
    assert "demain" not in letter.text
    assert "SMS" not in letter.text
    assert await levels(loan) == ["before:3:days", "on-day:0:days"]


async def test_who_wants_no_messages_gets_none_and_is_called_at_last(world: World) -> None:
    person = await world.person()
    loan = await world.loan(person)
    await BorrowerWish(borrower=person.id, stopped_at=at("09-23 09:00")).save()
    for days in range(30):
        await sweep(now=SOON + timedelta(days=days))
    [line] = await written()
    assert (line.kind, line.channel, line.status) == ("overdue-call", "call", "queued")
    assert (await levels(loan))[-1] == "after:21:days"


async def test_the_barest_form_names_nothing(world: World) -> None:
    person = await world.person()
    await world.loan(person)
    await BorrowerWish(borrower=person.id, barest=True).save()
    await sweep(now=SOON)
    [message] = await written()
    assert "Laptop" not in message.text
    assert "Fribourg" not in message.text


async def test_a_message_is_in_the_borrowers_language(world: World) -> None:
    await world.loan(await world.person(language="de"))
    await sweep(now=SOON)
    [message] = await written()
    assert message.language == "de"
    assert "Freitag" in message.text


async def test_where_answers_are_taken_one_can_renew_by_one(world: World) -> None:
    await SiteSending(site=world.site.id, takes_answers=True).save()
    await world.loan(await world.person())
    await sweep(now=SOON)
    [message] = await written()
    assert "PROLONGER" in message.text
    assert "STOP" in message.text


@pytest.mark.parametrize(
    ("plans", "sent"),
    [
        ([("site", "any", False)], 0),
        ([("any", "policy", False)], 0),
        ([("any", "any", False)], 0),
        ([("any", "any", True), ("site", "any", False)], 0),
        ([("any", "policy", True), ("site", "any", False)], 0),
        ([("site", "any", False), ("site", "policy", True)], 1),
        ([("any", "any", False), ("any", "policy", True)], 1),
    ],
)
async def test_the_plan_that_speaks_most_closely_holds(
    world: World, plans: list[tuple[str, str, bool]], sent: int
) -> None:
    await world.loan(await world.person())
    rules = '[{"level":{"when":"before","amount":3},"kind":"due-soon"}]'
    for site, policy, active in plans:
        await ReminderPlan(
            scope=f"{site}/{policy}",
            site=world.site.id if site == "site" else None,
            policy=world.policy if policy == "policy" else None,
            active=active,
            rules=rules,
        ).save()
    assert await sweep(now=SOON) == sent


async def test_a_renewed_loan_begins_anew(world: World) -> None:
    loan = await world.loan(await world.person())
    await sweep(now=SOON)
    due = DUE + timedelta(days=14)
    await Loan.update({Loan.due_at: due, Loan.version: 2}).where(Loan.id == loan.id)
    assert await sweep(now=SOON + timedelta(days=1)) == 0
    assert await sweep(now=SOON + timedelta(days=14)) == 1
    assert await kinds() == ["due-soon", "due-soon"]


async def test_nobody_is_reminded_of_what_was_said_when_it_was_renewed(world: World) -> None:
    loan = await world.loan(await world.person())
    await Loan.update({Loan.version: 2}).where(Loan.id == loan.id)
    actor = await make.principal()
    async with db.transaction():
        await audit.record(actor, "loan.renewed", "loan", loan.id, now=at("10-06 06:30"))
    assert await sweep(now=SOON) == 0


async def test_what_came_back_is_not_written_about(world: World) -> None:
    await world.loan(await world.person(), returned_at=at("10-05 09:00"))
    assert await sweep(now=SOON) == 0


async def test_nothing_is_overdue_while_the_door_stayed_shut(world: World) -> None:
    await world.loan(await world.person(), due_at=at("10-09 15:00"))
    await sweep(now=at("10-09 07:00"))
    assert await sweep(now=at("10-10 09:00")) == 0  # a Saturday: shut since
    assert await sweep(now=at("10-12 09:00")) == 1
    assert await kinds() == ["due-today", "overdue-1"]


async def test_two_sweeps_at_once_write_each_message_once(world: World) -> None:
    people = [await world.person() for _ in range(12)]
    for person in people:
        await world.loan(person)
        await world.loan(person, due_at=DUE - timedelta(days=40))
    counts = await asyncio.gather(*(sweep(now=at("10-06 08:00")) for _ in range(3)))
    assert sum(counts) == len(people)
    messages = await written()
    assert len({row.borrower for row in messages}) == len(messages) == len(people)
    assert await LoanMessage.count() == 2 * len(people)


async def test_a_return_between_read_and_write_leaves_nothing(world: World) -> None:
    person = await world.person()
    loan = await world.loan(person)
    senders = await read_senders("")
    places = {
        each.id: place_at(each.calendar, each.habits.hours, now=SOON) for each in senders.values()
    }
    [read] = await read_people([person.id], await read_plans(), horizon=DUE + timedelta(days=1))
    [letter] = letters(read, senders, places, now=SOON)
    await Loan.update({Loan.returned_at: SOON}).where(Loan.id == loan.id)
    with pytest.raises(Overtaken):
        await write(letter, now=SOON)
    assert await Message.count() == 0
    assert await LoanMessage.count() == 0


async def test_a_page_of_people_takes_few_statements(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "PAGE", 10)
    for _ in range(25):
        await world.loan(await world.person())
    with db.count_statements() as quiet:
        await sweep(now=at("10-06 03:00"))
    with db.count_statements() as again:
        await sweep(now=SOON)
    # The call list, those whom messages fail, plans and sites, occasions; then page by page.
    assert len(quiet) <= 3 + 1 + 2 + 4 + 3 * 4
    assert len(again) - len(quiet) <= 25 * 6 + 2  # and whose vouchers expire


async def test_pages_leave_nobody_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "PAGE", 2)
    for _ in range(5):
        await world.loan(await world.person())
    assert await sweep(now=SOON) == 5
    assert await Borrower.count() == await Message.count()


async def test_the_timeline_tells_of_the_message_in_words(world: World) -> None:
    shared_app()  # whose floors describe what they record
    person = await world.person()
    await world.loan(person)
    await sweep(now=SOON)
    with use_language("en"):
        [line] = await lines(person.id, {})
    assert line.text == "A message to send by SMS: Before it is due."


async def test_the_timeline_names_an_e_mail_as_one(world: World) -> None:
    shared_app()
    person = await world.person(contact_kind="email", phone="", email="a@example.org")
    await world.loan(person)
    await sweep(now=SOON)
    with use_language("en"):
        [line] = await lines(person.id, {})
    assert line.text == "A message to send by e-mail: Before it is due."
