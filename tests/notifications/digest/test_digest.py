"""The week of a coordinator: counts of things, once a week by e-mail to who wants it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from httpx import AsyncClient

from comptoir.core import audit, clock, db
from comptoir.core.accounts.tables import User
from comptoir.core.i18n import use_language
from comptoir.core.ids import new_id
from comptoir.core.jobs import Turn
from comptoir.core.principal import SYSTEM, Principal, Role, SiteRole
from comptoir.core.settings import Settings
from comptoir.inventory.vouchers.levels import SetLevel, set_level
from comptoir.inventory.vouchers.reveal_counts import MANY, MANY_GIVEN
from comptoir.inventory.vouchers.transfers import SendVouchers, receive_vouchers, send_vouchers
from comptoir.notifications import outcomes
from comptoir.notifications.channels import Channel
from comptoir.notifications.digest.counting import SiteWeek, weeks_for
from comptoir.notifications.digest.mailing import ALERTING, MAILING, mail_alerts, mail_digests
from comptoir.notifications.digest.tables import DigestWish
from comptoir.notifications.digest.words import lines_of
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.messages.queries import list_messages, read_message
from comptoir.notifications.messages.schemas import MessageFilter, MessageState
from comptoir.notifications.reasons import Reason
from comptoir.notifications.routing import Route
from comptoir.notifications.statuses import Status
from comptoir.notifications.tables import Conversation
from comptoir.sites.tables import Site
from tests import factories as make
from tests.http_client import client_of, sign_in, use_token
from tests.notifications import rows
from tests.notifications.recording import RecordingGateway
from tests.notifications.reminders.world import World, at, written

URL = "https://desk.example.org"
#: Seven on a Monday in Zurich, in summer.
MONDAY = datetime(2026, 10, 5, 5, 0, tzinfo=UTC)
LONG_AGO = at("09-01 09:00")
#: A Friday afternoon.
NOW = at("10-09 13:00")


@pytest.fixture
async def world(database: Any) -> World:
    return await World.made(name="Espace Info", short_name="Espace Info")


async def week_of(world: World) -> SiteWeek:
    actor = await make.principal(Role.COORDINATOR, world.site.id)
    [week] = await weeks_for(actor, now=NOW)
    return week


def numbers(week: SiteWeek) -> dict[str, Any]:
    """What is not nothing."""
    found = msgspec.structs.asdict(week)
    return {name: it for name, it in found.items() if it and name not in ("site_id", "name")}


class TestCounting:
    async def test_where_nothing_waits_nothing_is_counted(self, world: World) -> None:
        await Site.update({Site.hours_confirmed_on: NOW.date()}, force=True)
        assert numbers(await week_of(world)) == {}

    async def test_loans_are_late_once_the_door_was_open(self, world: World) -> None:
        person = await world.person()
        await world.loan(person, due_at=at("10-08 15:00"))
        await world.loan(person, due_at=NOW + timedelta(days=1))
        assert (await week_of(world)).late == 1

    async def test_calls_failures_and_replies_wait(self, world: World) -> None:
        person = await world.person()
        here = {"site_id": world.site.id, "borrower_id": person.id}
        for _ in range(2):  # one person, twice something to tell
            await rows.message(now=NOW, channel="call", **here)
        later = {"site_id": world.site.id, "borrower_id": (await world.person()).id}
        await rows.message(now=NOW + timedelta(hours=1), channel="call", **later)
        failed = [await rows.message(now=NOW, **here) for _ in range(2)]
        for message in failed:
            await outcomes.report(message, Status.FAILED, now=NOW, reason=Reason.NOT_DELIVERED)
        await Conversation(number="+41790000001", site=world.site.id, waiting_since=NOW).save()
        await Conversation(number="+41790000002", site=world.site.id).save()
        week = await week_of(world)
        assert (week.calls, week.failed, week.replies) == (1, 2, 1)

    async def test_a_kind_is_used_up_when_its_last_thing_is_lent(self, world: World) -> None:
        item = await make.item(site_id=world.site.id, model=world.model)
        assert (await week_of(world)).used_up == ()
        await make.loan(item=item, borrower_id=(await world.person()).id, now=NOW)
        week = await week_of(world)
        assert [each.category_id for each in week.used_up] == [world.category]
        [line] = [each for each in lines_of(week) if "category" in each.url]
        assert line.url == f"/items?site={world.site.id}&category={world.category}"
        assert "Laptop" in line.text

    async def test_letters_to_print_are_counted_as_they_are_printed(self, world: World) -> None:
        person = await world.person()
        here = {"site_id": world.site.id, "channel": "letter", "borrower_id": person.id}
        for kind in ("due-today", "overdue-1", "date-moved"):
            await rows.message(now=NOW, kind=kind, **here)
        assert (await week_of(world)).letters == 2  # what they have, and the new date

    async def test_vouchers_are_low_or_expire_soon_or_are_on_their_way(self, world: World) -> None:
        kind, other = await make.voucher_kind(), await make.site()
        batch = await make.voucher_batch(kind, site_id=other.id)
        day = NOW.date()
        for days in (30, 31):
            await make.voucher(batch, site=world.site.id, activate_by=day + timedelta(days=days))
        for _ in range(2):
            await make.voucher(batch, site=other.id)
        coordinator = await make.principal(Role.COORDINATOR, other.id)
        sent = SendVouchers(batch.id, other.id, world.site.id, 2)
        parcel = await send_vouchers(coordinator, sent, now=NOW)
        here = await make.principal(Role.COORDINATOR, world.site.id)
        await set_level(here, SetLevel(world.site.id, kind.id, 2), now=NOW)
        week = await week_of(world)
        assert (week.vouchers_low, week.vouchers_expiring, week.parcels) == (1, 1, 1)
        told = [each for each in lines_of(week) if each.url == f"/vouchers?site={world.site.id}"]
        assert len(told) == 3
        await receive_vouchers(here, parcel, now=NOW)
        week = await week_of(world)
        assert (week.vouchers_low, week.vouchers_expiring, week.parcels) == (0, 1, 0)

    async def test_hours_wait_for_half_a_year(self, world: World) -> None:
        assert (await week_of(world)).hours_to_confirm

    async def test_other_sites_are_not_told(self, world: World) -> None:
        other = await make.site()
        await world.loan(await world.person(), due_at=at("10-08 15:00"))
        actor = await make.principal(Role.COORDINATOR, other.id)
        [week] = await weeks_for(actor, now=NOW)
        assert (week.site_id, week.late) == (other.id, 0)
        both = (SiteRole(Role.COORDINATOR, other.id), SiteRole(Role.RECEPTION, world.site.id))
        [week] = await weeks_for(Principal(kind="user", roles=both), now=NOW)
        assert week.site_id == other.id
        everywhere = await weeks_for(await make.principal(Role.ADMIN), now=NOW)
        assert {each.site_id: each.late for each in everywhere} == {world.site.id: 1, other.id: 0}


async def reader(world: World, *, since: datetime = LONG_AGO, **values: Any) -> User:
    """A coordinator who wants it."""
    given = {"role": Role.COORDINATOR, "site_id": world.site.id, "language": "fr", **values}
    user = await make.user(**given)
    await DigestWish(user=user.id, email=f"{user.login}@example.org", wanted_at=since).save()
    return user


async def mail(now: datetime) -> int:
    return await mail_digests(base_url=URL, now=now)


class TestByEMail:
    async def test_it_is_written_on_monday_at_seven_once(self, world: World) -> None:
        user = await reader(world)
        assert await mail(MONDAY - timedelta(days=3)) == 1  # that of the week before
        before = len(await written())
        assert await mail(MONDAY - timedelta(minutes=1)) == 0
        assert await mail(MONDAY) == 1
        for hours in (1, 24, 6 * 24):
            assert await mail(MONDAY + timedelta(hours=hours)) == 0
        assert await mail(MONDAY + timedelta(days=7)) == 1
        message = (await written())[before]
        assert (message.channel, message.address) == ("email", f"{user.login}@example.org")

    async def test_once_it_is_written_nothing_is_counted_again(self, world: World) -> None:
        await reader(world)
        await mail(MONDAY)
        with db.count_statements() as asked:
            await mail(MONDAY + timedelta(hours=1))
        assert len(asked) == 2  # who wants it, and who has it

    async def test_a_colleague_of_one_of_its_sites_reads_it_nowhere(self, world: World) -> None:
        await reader(world)
        await mail(MONDAY)
        (message,) = await written()
        seen = {}
        for name, actor in {
            "colleague": await make.principal(Role.COORDINATOR, world.site.id),
            "admin": await make.principal(Role.ADMIN),
        }.items():
            listed = await list_messages(actor, MessageFilter(state=MessageState.ALL), now=MONDAY)
            one = await read_message(actor, message.id, now=MONDAY)
            seen[name] = (len(listed.rows), one is not None)
        assert seen == {"colleague": (0, False), "admin": (1, True)}

    async def test_a_monday_that_was_missed_is_caught_up(self, world: World) -> None:
        await reader(world)
        assert await mail(MONDAY + timedelta(days=4)) == 1
        assert await mail(MONDAY + timedelta(days=5)) == 0

    async def test_two_runs_at_once_write_it_once(self, world: World) -> None:
        for _ in range(3):
            await reader(world)
        done = await asyncio.gather(*(mail(MONDAY) for _ in range(3)))
        assert sum(done) == 3
        assert len(await written()) == 3

    async def test_who_asks_in_the_middle_of_a_week_waits_for_the_next(self, world: World) -> None:
        await reader(world, since=MONDAY + timedelta(days=2))
        assert await mail(MONDAY + timedelta(days=2, minutes=1)) == 0
        assert await mail(MONDAY + timedelta(days=7)) == 1

    async def test_it_says_what_the_page_says(self, world: World) -> None:
        await reader(world, language="en")
        item = await make.item(site_id=world.site.id, model=world.model)
        await make.loan(item=item, borrower_id=(await world.person()).id, now=NOW)
        await mail(NOW)
        (message,) = await written()
        said = [line[2:] for line in message.text.splitlines() if line.startswith("- ")]
        with use_language("en"):
            assert said == [line.text for line in lines_of(await week_of(world))]
        assert "None is free: Laptop" in said

    async def test_it_names_nobody_and_speaks_the_readers_language(self, world: World) -> None:
        await reader(world, name="Léa Favre")
        await reader(world, name="Léa Favre", language="de")
        person = await world.person(name="Amina Haile")
        await world.loan(person, due_at=MONDAY - timedelta(days=3))
        await mail(MONDAY)
        french, german = (each.text for each in await written())
        assert "- 1 prêt est en retard" in french
        assert "überfällig" in german
        for text in (french, german):
            assert text.endswith(f"{URL}/this-week")
            for name in ("Amina", "Haile", "Favre", person.phone):
                assert name not in text

    @pytest.mark.parametrize("end", ["inactive", "reception"])
    async def test_who_is_no_coordinator_any_more_gets_none(self, world: World, end: str) -> None:
        role = Role.RECEPTION if end == "reception" else Role.COORDINATOR
        await reader(world, role=role, active=end != "inactive")
        assert await mail(MONDAY) == 0

    async def test_it_goes_out_with_a_subject_of_its_own(self, world: World) -> None:
        await reader(world)
        await mail(MONDAY)
        gateway = RecordingGateway(channels=frozenset({Channel.EMAIL}))
        await dispatch([Route(gateway)], now=MONDAY)
        assert [each.subject for each in gateway.sent] == ["Votre semaine"]

    @pytest.mark.parametrize(("gateways", "count"), [("kannel", 0), ("kannel smtp", 1)])
    async def test_without_a_mail_server_none_is_written(
        self, world: World, gateways: str, count: int
    ) -> None:
        await reader(world)
        await MAILING.run(Turn(Settings(gateways=gateways), MONDAY))
        assert len(await written()) == count


async def codes_shown(site_id: UUID, number: int, *, now: datetime) -> None:
    async with db.transaction():
        for _ in range(number):
            await audit.record(
                SYSTEM, "voucher.revealed", "voucher", new_id(), now=now, site_id=site_id
            )


class TestManyCodesShown:
    async def test_the_week_counts_them(self, world: World) -> None:
        await codes_shown(world.site.id, MANY - 1, now=NOW)
        assert (await week_of(world)).codes_shown == 0
        await codes_shown(world.site.id, 1, now=NOW)
        week = await week_of(world)
        assert week.codes_shown == MANY
        assert lines_of(week)[0].url == f"/vouchers?site={world.site.id}"

    async def test_coordinators_are_written_to_where_very_many_were_given(
        self, world: World
    ) -> None:
        await reader(world)
        batch = await make.voucher_batch(await make.voucher_kind(), site_id=world.site.id)
        for _ in range(MANY_GIVEN):
            await make.voucher(batch, status="issued", issued_at=NOW)
        assert await mail_alerts(base_url=URL, now=NOW) == 1
        (message,) = await written()
        assert str(MANY_GIVEN) in message.text

    async def test_coordinators_of_the_site_are_written_to_once_a_day(self, world: World) -> None:
        user = await reader(world, name="Léa Favre")
        await reader(world, site_id=(await make.site()).id)
        await codes_shown(world.site.id, MANY, now=NOW)
        assert await mail_alerts(base_url=URL, now=NOW) == 1
        assert await mail_alerts(base_url=URL, now=NOW + timedelta(minutes=10)) == 0
        (message,) = await written()
        assert message.address == f"{user.login}@example.org"
        assert f"{MANY} codes" in message.text
        assert "Favre" not in message.text
        gateway = RecordingGateway(channels=frozenset({Channel.EMAIL}))
        await dispatch([Route(gateway)], now=NOW)
        assert [each.subject for each in gateway.sent] == ["À vérifier dans Comptoir"]

    @pytest.mark.parametrize(("gateways", "count"), [("kannel", 0), ("kannel smtp", 1)])
    async def test_without_a_mail_server_nobody_is(
        self, world: World, gateways: str, count: int
    ) -> None:
        await reader(world)
        await codes_shown(world.site.id, MANY, now=NOW)
        await ALERTING.run(Turn(Settings(gateways=gateways), NOW))
        assert len(await written()) == count


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        yield client


class TestThePage:
    async def test_tells_what_waits_and_where(self, world: World, client: AsyncClient) -> None:
        await world.loan(await world.person(), due_at=at("10-08 15:00"))
        user = await make.user(role=Role.COORDINATOR, site_id=world.site.id)
        await sign_in(client, user, site_id=world.site.id)
        await rows.message(
            now=clock.now(),
            channel="call",
            site_id=world.site.id,
            borrower_id=(await world.person()).id,
        )
        await rows.message(
            now=clock.now(),
            channel="letter",
            site_id=world.site.id,
            borrower_id=(await world.person()).id,
        )
        await Conversation(
            number="+41790000001", site=world.site.id, waiting_since=clock.now()
        ).save()
        page = (await client.get("/this-week")).text
        for list_of in ("calls", "letters", "replies"):
            assert f'href="/{list_of}?site={world.site.id}"' in page
        assert "1 loan is late" in page
        assert f"/loans?state=overdue&amp;site={world.site.id}" in page

    async def test_takes_an_address_and_forgets_it(self, world: World, client: AsyncClient) -> None:
        user = await make.user(role=Role.COORDINATOR, site_id=world.site.id)
        await sign_in(client, user, site_id=world.site.id)

        async def post(email: str) -> int:
            return (await client.post("/this-week/mail", data={"email": email})).status_code

        assert await post("nobody") == 422
        assert await post("a" * 300 + "@example.org") == 422
        for email in ("lea@example.org", " lea.favre@example.org "):
            assert await post(email) == 303
        [wish] = await DigestWish.objects()
        assert wish.email == "lea.favre@example.org"
        assert 'value="lea.favre@example.org"' in (await client.get("/this-week")).text
        assert await post("") == 303
        assert await DigestWish.count() == 0

    async def test_the_call_tells_the_same(self, world: World, client: AsyncClient) -> None:
        await use_token(client, "settings")
        [item] = (await client.get("/api/v1/this-week")).json()["items"]
        assert (item["name"], item["hours_to_confirm"]) == ("Espace Info", True)
