"""Whom to call, what to say, and what comes of it: by service, page and call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from comptoir.core import clock, db
from comptoir.core.errors import Invalid
from comptoir.core.principal import Principal, Role
from comptoir.core.web.panels import Fill
from comptoir.lending import routes
from comptoir.lending.closures import told
from comptoir.lending.tables import Borrower, Loan
from comptoir.notifications.calls.panels import in_visit
from comptoir.notifications.calls.queries import count_calls, just_done, list_calls
from comptoir.notifications.calls.schemas import (
    CallCounts,
    CallEntry,
    CallFilter,
    CallState,
    Outcome,
    RecordOutcome,
)
from comptoir.notifications.calls.services import record_outcome, undo_outcome
from comptoir.notifications.errors import CallNotFound, CallNotUndone
from comptoir.notifications.inbound.doubts import Doubt
from comptoir.notifications.outcomes import report
from comptoir.notifications.reasons import Reason
from comptoir.notifications.reminders.sweep import sweep
from comptoir.notifications.statuses import Status
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception
from tests import factories as make
from tests.http_client import client_of, codes, sign_in, use_token
from tests.notifications import rows
from tests.notifications.reminders.world import DUE, World, at, levels, written

LANDLINE = "+41265550199"
#: The day before something is overdue for the first time, and the moment when it is.
EARLY, LATE = at("10-01 08:00"), at("10-13 08:00")


@pytest.fixture
async def world(database: Any) -> World:
    assert routes.ROUTES
    return await World.made()


@pytest.fixture
async def desk(world: World) -> Principal:
    return await make.principal(Role.RECEPTION, world.site.id)


async def late_person(world: World, **values: Any) -> Borrower:
    """Somebody with an overdue loan whom no SMS reaches."""
    person = await world.person(**{"phone": LANDLINE, "name": "Amina Diallo", **values})
    await world.loan(person)
    await sweep(now=LATE)
    return person


async def listed(
    actor: Principal, state: CallState = CallState.NOW, *, now: datetime = LATE, **values: Any
) -> list[CallEntry]:
    found = await list_calls(actor, CallFilter(state=state, **values), language="en", now=now)
    return list(found.entries)


async def record(
    actor: Principal,
    world: World,
    person: Borrower,
    outcome: Outcome,
    *,
    call_at: datetime | None = None,
    now: datetime = LATE,
) -> UUID:
    command = RecordOutcome(site_id=world.site.id, outcome=outcome, call_at=call_at)
    return await record_outcome(actor, person.id, command, now=now)


class TestTheList:
    async def test_a_visit_asks_for_it_in_one_statement(
        self, world: World, desk: Principal
    ) -> None:
        person = await world.person()
        with db.count_statements() as sent:
            assert await in_visit(Fill(desk, person.id, LATE)) is None
        assert len(sent) == 1, sent

    async def test_a_visit_shows_what_is_to_be_called_about_whenever_that_is(
        self, world: World, desk: Principal
    ) -> None:
        person = await late_person(world)
        for moment in (EARLY, LATE):
            shown = await in_visit(Fill(desk, person.id, moment))
            assert shown is not None
            assert isinstance(shown.data, list)
            assert [entry.borrower_id for entry in shown.data] == [person.id]

    async def test_says_what_to_say_in_both_languages(self, world: World, desk: Principal) -> None:
        await late_person(world, language="de", counsellor="Binta Sow")
        [entry] = await listed(desk)
        assert (entry.borrower, entry.phone, entry.counsellor) == (
            "Amina Diallo",
            LANDLINE,
            "Binta Sow",
        )
        [script] = entry.scripts
        assert "still to bring back: laptop" in script.text
        assert "noch etwas zurückzubringen ist: Laptop" in script.theirs
        assert "STOP" not in script.text + script.theirs

    @pytest.mark.parametrize(
        ("counsellor", "number"),
        [
            ("Binta Sow, 026 555 01 10", "+41265550110"),
            ("Binta Sow (depuis le 12.10.2026)", ""),
        ],
    )
    async def test_a_counsellors_number_is_found_in_what_was_written(
        self, world: World, desk: Principal, counsellor: str, number: str
    ) -> None:
        await late_person(world, contact_kind="counsellor", phone="", counsellor=counsellor)
        [entry] = await listed(desk)
        assert (entry.phone, entry.counsellor_phone) == ("", number)

    async def test_is_of_ones_own_sites_each_person_once(
        self, world: World, desk: Principal
    ) -> None:
        person = await late_person(world)
        await world.loan(person, due_at=at("10-12 15:00"))
        await sweep(now=LATE + timedelta(days=1))
        [entry] = await listed(desk, now=LATE + timedelta(days=1))
        [script] = entry.scripts
        assert "2 x laptop" in script.text or script.text.count("laptop") == 2
        other = await make.principal(Role.RECEPTION, (await make.site(short_name="Bulle")).id)
        assert await listed(other) == []
        assert await count_calls(desk, now=LATE) == CallCounts(now=1)
        assert await count_calls(other, now=LATE) == CallCounts()
        with pytest.raises(CallNotFound):
            await record(other, world, person, Outcome.REACHED)

    async def test_has_nobody_who_just_brought_it_back(self, world: World, desk: Principal) -> None:
        await late_person(world)
        await Loan.update({Loan.returned_at: LATE}, force=True)
        assert await listed(desk) == []

    async def test_names_those_apart_who_cannot_be_reached(
        self, world: World, desk: Principal
    ) -> None:
        await late_person(world, contact_kind="letter", phone="", address="")
        assert await listed(desk) == []
        [entry] = await listed(desk, CallState.UNREACHABLE)
        assert entry.borrower == "Amina Diallo"

    async def test_goes_on_where_the_page_before_ended_in_few_statements(
        self, world: World, desk: Principal
    ) -> None:
        people = [await world.person(phone=f"+4126555020{number}") for number in range(5)]
        for person in people:
            await world.loan(person)
        await sweep(now=LATE)
        with db.count_statements() as sent:
            first = await list_calls(desk, CallFilter(limit=2), language="en", now=LATE)
        assert len(sent) == 5
        rest = await listed(desk, after=first.next)
        found = [entry.borrower_id for entry in (*first.entries, *rest)]
        assert sorted(found) == sorted(person.id for person in people)


class TestOutcomes:
    async def test_reached_settles_all_there_was_to_tell(
        self, world: World, desk: Principal
    ) -> None:
        person = await late_person(world)
        await record(desk, world, person, Outcome.REACHED)
        assert await listed(desk) == []
        assert [line.status for line in await written()] == ["delivered"]
        with pytest.raises(CallNotFound):
            await record(desk, world, person, Outcome.REACHED)

    async def test_only_whoever_is_to_be_called_back_has_a_time(
        self, world: World, desk: Principal
    ) -> None:
        person = await late_person(world)
        then = LATE + timedelta(hours=3)
        for outcome in (Outcome.REACHED, Outcome.VOICEMAIL, Outcome.WRONG_NUMBER):
            with pytest.raises(Invalid) as refused:
                await record(desk, world, person, outcome, call_at=then)
            assert [error.code for error in refused.value.errors] == [
                "notifications.call-time-unneeded"
            ]
        assert len(await listed(desk)) == 1

    async def test_a_voicemail_comes_again_the_next_day_that_may_be_called(
        self, world: World, desk: Principal
    ) -> None:
        person = await late_person(world)
        saturday = at("10-17 08:00")
        await record(desk, world, person, Outcome.VOICEMAIL, now=saturday)
        assert await listed(desk, now=saturday) == []
        [entry] = await listed(desk, CallState.LATER, now=saturday)
        assert entry.at == at("10-19 07:00")  # when the site opens: Monday at nine, in summer
        assert (entry.last, entry.last_at) == (Outcome.VOICEMAIL, saturday)
        assert len(await listed(desk, now=at("10-19 07:00"))) == 1

    async def test_whoever_is_to_be_called_back_comes_again_at_that_time(
        self, world: World, desk: Principal
    ) -> None:
        person = await late_person(world)
        then = LATE + timedelta(hours=3)
        await record(desk, world, person, Outcome.CALL_BACK, call_at=then)
        assert await listed(desk, now=then - timedelta(minutes=1)) == []
        assert len(await listed(desk, now=then)) == 1

    @pytest.mark.parametrize(
        ("call_at", "code"),
        [
            (None, "call-time-missing"),
            (LATE, "call-time-invalid"),
            (LATE + timedelta(days=61), "call-time-invalid"),
        ],
    )
    async def test_a_time_to_call_back_is_ahead_and_near(
        self, world: World, desk: Principal, call_at: datetime | None, code: str
    ) -> None:
        person = await late_person(world)
        with pytest.raises(Invalid) as refused:
            await record(desk, world, person, Outcome.CALL_BACK, call_at=call_at)
        assert [error.code for error in refused.value.errors] == [f"notifications.{code}"]

    async def test_a_wrong_number_is_asked_about_at_the_next_visit(
        self, world: World, desk: Principal
    ) -> None:
        person = await late_person(world)
        await record(desk, world, person, Outcome.WRONG_NUMBER)
        assert await rows.doubt_about(person.id) is Doubt.NOT_THEIRS
        assert await listed(desk) == []
        [entry] = await listed(desk, state=CallState.UNREACHABLE)
        assert (entry.borrower_id, entry.phone) == (person.id, "")
        [line] = await written()
        assert (line.status, line.reason) == ("queued", "")

    async def test_with_a_wrong_number_the_counsellor_is_called(
        self, world: World, desk: Principal
    ) -> None:
        person = await late_person(world, counsellor="Binta Sow")
        await record(desk, world, person, Outcome.WRONG_NUMBER)
        [entry] = await listed(desk)
        assert (entry.phone, entry.counsellor) == ("", "Binta Sow")

    async def test_whom_only_a_counsellor_reaches_has_no_number_to_be_wrong(
        self, world: World, desk: Principal
    ) -> None:
        person = await late_person(
            world, contact_kind="counsellor", phone="", counsellor="Binta Sow"
        )
        with pytest.raises(Invalid):
            await record(desk, world, person, Outcome.WRONG_NUMBER)

    async def test_each_stands_in_the_audit_trail(self, world: World, desk: Principal) -> None:
        person = await late_person(world)
        await undo_outcome(desk, await record(desk, world, person, Outcome.VOICEMAIL), now=LATE)
        found = await db.fetch(
            "SELECT action, subject_id FROM core_audit_event "
            "WHERE action LIKE 'borrower.call%' ORDER BY id"
        )
        assert [(row["action"], row["subject_id"]) for row in found] == [
            ("borrower.called", person.id),
            ("borrower.call_undone", person.id),
        ]


class TestTakingBack:
    @pytest.mark.parametrize("outcome", list(Outcome))
    async def test_puts_all_back_as_it_was(
        self, world: World, desk: Principal, outcome: Outcome
    ) -> None:
        person = await late_person(world)
        before = await listed(desk)
        made = await record(
            desk,
            world,
            person,
            outcome,
            call_at=LATE + timedelta(days=1) if outcome is Outcome.CALL_BACK else None,
        )
        assert [each.id for each in await just_done(desk, now=LATE)] == [made]
        for _ in range(2):
            await undo_outcome(desk, made, now=LATE + timedelta(seconds=59))
        assert await listed(desk) == before
        assert await rows.doubt_about(person.id) is Doubt.NO_TEXTS
        assert await just_done(desk, now=LATE) == []

    async def test_is_for_a_minute_and_for_those_of_the_site(
        self, world: World, desk: Principal
    ) -> None:
        made = await record(desk, world, await late_person(world), Outcome.REACHED)
        other = await make.principal(Role.RECEPTION, (await make.site(short_name="Bulle")).id)
        with pytest.raises(CallNotFound):
            await undo_outcome(other, made, now=LATE)
        with pytest.raises(CallNotUndone):
            await undo_outcome(desk, made, now=LATE + timedelta(seconds=61))

    async def test_does_not_undo_what_was_written_down_after_it(
        self, world: World, desk: Principal
    ) -> None:
        person = await late_person(world)
        first = await record(desk, world, person, Outcome.VOICEMAIL)
        second = await record(desk, world, person, Outcome.REACHED)
        with pytest.raises(CallNotUndone):
            await undo_outcome(desk, first, now=LATE)
        assert [line.status for line in await written()] == ["delivered"]
        await undo_outcome(desk, second, now=LATE)
        await undo_outcome(desk, first, now=LATE)
        assert len(await listed(desk)) == 1


class TestMovedDates:
    async def close(self, world: World) -> None:
        actor = await make.principal(Role.COORDINATOR, world.site.id)
        day = date(2026, 10, 9)
        command = AnnounceException((world.site.id,), day, day, ExceptionKind.CLOSED)
        await announce_exception(actor, command, now=EARLY)
        await sweep(now=EARLY + timedelta(minutes=1))

    async def test_are_told_by_the_same_list_and_ticked_on_that_of_the_closure(
        self, world: World, desk: Principal
    ) -> None:
        person = await world.person(phone=LANDLINE)
        await world.loan(person)
        await self.close(world)
        now = EARLY + timedelta(minutes=2)
        [entry] = await listed(desk, now=now)
        assert "is closed Friday 9 October" in entry.scripts[0].text
        made = await record(desk, world, person, Outcome.REACHED, now=now)
        assert await told.untold(desk, person.id) == ()
        await undo_outcome(desk, made, now=now)
        [left] = await told.untold(desk, person.id)
        await told.tell(desk, left.announcement_id, person.id, now=now)
        assert await listed(desk, now=now) == []


class TestMessagesThatFail:
    async def fail(self, now: datetime, reason: Reason = Reason.NOT_DELIVERED) -> None:
        message = (await written(channel="sms"))[-1]
        async with db.transaction():
            await report(message.id, Status.FAILED, now=now, reason=reason)

    async def test_the_second_in_turn_becomes_a_call(self, world: World, desk: Principal) -> None:
        person = await world.person()
        loan = await world.loan(person)
        first, second = at("10-06 08:00"), at("10-09 08:00")
        await sweep(now=first)
        await self.fail(first)
        await sweep(now=first + timedelta(minutes=10))
        assert await listed(desk, now=first + timedelta(minutes=10)) == []
        await sweep(now=second)
        await self.fail(second)
        for minutes in (10, 20):
            await sweep(now=second + timedelta(minutes=minutes))
        [entry] = await listed(desk, now=second + timedelta(minutes=20))
        assert (entry.borrower_id, entry.phone) == (person.id, person.phone)
        assert len(await written(channel="call")) == 1
        assert await levels(loan) == ["before:3:days", "on-day:0:days"]
        await Loan.update({Loan.returned_at: DUE}).where(Loan.id == loan.id)
        assert await listed(desk, now=DUE) == []

    async def test_a_fault_of_the_gateway_is_none_of_theirs(
        self, world: World, desk: Principal
    ) -> None:
        await world.loan(await world.person())
        for moment in (at("10-06 08:00"), at("10-09 08:00")):
            await sweep(now=moment)
            await self.fail(moment, Reason.GATEWAY_LOGIN)
        await sweep(now=at("10-09 08:10"))
        assert await written(channel="call") == []


async def test_what_is_brought_back_elsewhere_says_where(world: World, desk: Principal) -> None:
    person = await world.person(phone=LANDLINE)
    bulle = await make.site(short_name="Bulle")
    await world.loan(person)
    await world.loan(person, return_site=bulle.id)
    await sweep(now=LATE)
    [entry] = (await list_calls(desk, CallFilter(), language="fr", now=LATE)).entries
    assert ", Bulle)" in entry.scripts[0].text


class TestOverHttp:
    @pytest.fixture
    async def client(self, database: Any) -> AsyncIterator[AsyncClient]:
        async with client_of() as client:
            yield client

    async def recent_person(self, world: World, **values: Any) -> Borrower:
        given = {"phone": LANDLINE, "name": "Amina Diallo", "language": "de"}
        person = await world.person(**given | values)
        await rows.message(
            now=clock.now(),
            site_id=world.site.id,
            borrower_id=person.id,
            channel="call",
            kind="overdue-call",
            language="de",
            text="Guten Tag",
        )
        return person

    async def test_the_desk_calls_writes_down_and_takes_back(
        self, client: AsyncClient, world: World
    ) -> None:
        person = await self.recent_person(world)
        await sign_in(client, await make.user(role=Role.RECEPTION, site_id=world.site.id))
        page = (await client.get("/calls")).text
        for expected in ("Amina Diallo", "+41 26 555 01 99", "Reached", "Guten Tag"):
            assert expected in page
        assert "(1<span" in (await client.get("/calls/count")).text
        form = {"site": str(world.site.id), "outcome": "call-back"}
        form["call_at"] = f"{clock.now().date() + timedelta(days=2)}T10:30"
        await client.post(f"/calls/{person.id}/outcomes", data=form)
        [line] = await written()
        assert line.next_attempt_at.minute == 30
        page = (await client.get("/calls?state=later")).text
        assert "Call at" in page
        [done] = await just_done(await make.principal(Role.ADMIN), now=clock.now())
        await client.post(f"/calls/outcomes/{done.id}/undo", data={})
        assert "Amina Diallo" in (await client.get("/calls")).text

    @pytest.mark.parametrize(
        ("counsellor", "said"),
        [
            ("Binta Sow, 026 555 01 10", 'href="tel:+41265550110">+41 26 555 01 10</a>'),
            ("Binta Sow", "No number: ask the counsellor."),
        ],
    )
    async def test_who_is_reached_through_a_counsellor_is_one_tap_away(
        self, client: AsyncClient, world: World, counsellor: str, said: str
    ) -> None:
        person = {"contact_kind": "counsellor", "phone": "", "counsellor": counsellor}
        await self.recent_person(world, **person)
        await sign_in(client, await make.user(role=Role.RECEPTION, site_id=world.site.id))
        page = (await client.get("/calls")).text
        assert said in page
        assert "Say that it is for Amina Diallo" in page
        assert "What to say:" not in page

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("demain 10h", "Enter a day and a time."),
            ("2099-01-15T10:30", "Choose a time within the next 60 days."),
            ("", "Say when to call back."),
        ],
    )
    async def test_a_time_that_is_none_is_said_at_its_field_and_kept(
        self, client: AsyncClient, world: World, typed: str, said: str
    ) -> None:
        person = await self.recent_person(world)
        await sign_in(client, await make.user(role=Role.RECEPTION, site_id=world.site.id))
        form = {"site": str(world.site.id), "outcome": "call-back", "call_at": typed}
        answer = await client.post(f"/calls/{person.id}/outcomes?state=now", data=form)
        assert answer.status_code == 422
        field = f"call-at-{person.id}-{world.site.id}"
        assert f'href="#{field}"' in answer.text
        assert f'value="{typed}"' in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert said in answer.text.split("<details open")[1]
        [line] = await written()
        assert line.next_attempt_at <= clock.now()

    async def test_the_page_asks_as_often_for_many_as_for_one(
        self, client: AsyncClient, world: World
    ) -> None:
        user = await make.user(role=Role.RECEPTION, site_id=world.site.id)
        await sign_in(client, user)
        asked = []
        for _ in range(2):
            for _person in range(3):
                await self.recent_person(world)
            with db.count_statements() as sent:
                await client.get("/calls")
            asked.append(len(sent))
        about_calls = [each for each in sent if "message.channel = 'call'" in each]
        assert asked[0] == asked[1]
        assert len(about_calls) == 3  # who, what to say, and how many

    async def test_the_wordings_are_read_for_its_sites_alone(
        self, world: World, desk: Principal
    ) -> None:
        await late_person(world)
        await make.site(short_name="Bulle")
        with db.count_statements() as sent:
            await listed(desk)
        [of_sites] = [each for each in sent if "notifications_site_sending" in each]
        assert "site.id IN" in of_sites

    async def test_the_desk_itself_shows_a_number_and_the_visit_what_to_say(
        self, client: AsyncClient, world: World
    ) -> None:
        person = await self.recent_person(world)
        user = await make.user(role=Role.RECEPTION, site_id=world.site.id)
        await sign_in(client, user, site_id=world.site.id)
        page = (await client.get("/desk")).text
        assert "1 person to call" in page
        assert "Amina" not in page
        visit = (await client.post("/desk/visits", data={"borrower": str(person.id)})).text
        assert "They were to be called." in visit
        form = {"site": str(world.site.id), "outcome": "reached"}
        await client.post(f"/calls/{person.id}/outcomes", data=form)
        assert "to call" not in (await client.get("/desk")).text.split("<main")[1]

    async def test_the_calls_do_the_same(self, client: AsyncClient, world: World) -> None:
        person = await self.recent_person(world)
        await use_token(client, "borrowers")
        [line] = (await client.get("/api/v1/calls")).json()["items"]
        assert (line["borrower_id"], line["phone"]) == (str(person.id), LANDLINE)
        assert "borrower" not in line
        assert (line["counsellor_phone"], line["proposed"][10:]) == ("", "T09:00")
        path = f"/api/v1/calls/{person.id}/outcomes"
        body = {"site_id": str(world.site.id), "outcome": "reached"}
        made = (await client.post(path, json=body)).json()
        assert (await client.get("/api/v1/calls")).json()["items"] == []
        answer = await client.delete(f"/api/v1/call-outcomes/{made['id']}")
        assert answer.status_code == 204
        assert len((await client.get("/api/v1/calls")).json()["items"]) == 1
        body["call_at"] = (clock.now() + timedelta(days=1)).isoformat()
        answer = await client.post(path, json=body)
        assert codes(answer) == ["core.invalid", "notifications.call-time-unneeded"]
        body = {"site_id": str(world.site.id), "outcome": "call-back"}
        answer = await client.post(path, json=body)
        assert codes(answer) == ["core.invalid", "notifications.call-time-missing"]
