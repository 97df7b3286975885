"""The dispatcher: each message once, in spite of gateways that fail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import db
from comptoir.core.ids import new_id
from comptoir.notifications import limits, outcomes
from comptoir.notifications.channels import BY_GATEWAY, Channel
from comptoir.notifications.claims import BATCH, LEASE, claim
from comptoir.notifications.dispatcher import dispatch, settle
from comptoir.notifications.gateways.protocol import (
    Accepted,
    Answer,
    NotTaken,
    Outgoing,
    Rejected,
    Unknown,
)
from comptoir.notifications.reasons import Reason
from comptoir.notifications.retries import MOST_ATTEMPTS
from comptoir.notifications.routing import Route
from comptoir.notifications.statuses import Status
from tests.locks import overtaken
from tests.notifications import rows
from tests.notifications.recording import RecordingGateway


async def test_a_message_that_is_due_is_sent_once(database: Any, now: datetime) -> None:
    gateway = RecordingGateway()
    message = await rows.message(now=now)
    assert await dispatch([Route(gateway)], now=now) == 1
    assert await dispatch([Route(gateway)], now=now + timedelta(days=1)) == 0
    assert [each.id for each in gateway.sent] == [message]
    sent = await rows.read(message)
    assert (sent.status, sent.reference, sent.gateway) == (
        "accepted",
        f"ref-{message}",
        "recording",
    )
    assert (sent.attempts, sent.sent_at) == (1, now)
    assert sent.lease_owner is None


async def test_a_message_goes_by_a_gateway_of_its_channel(database: Any, now: datetime) -> None:
    phones = RecordingGateway(name="phones")
    mail = RecordingGateway(name="mail", channels=frozenset({Channel.EMAIL}))
    text = await rows.message(now=now)
    letter = await rows.message(now=now, channel="email", address="a@example.org")
    waiting = [
        await rows.message(now=now, channel=channel, address="") for channel in ("call", "letter")
    ]
    assert await dispatch([Route(phones), Route(mail)], now=now) == 2
    assert [each.id for each in phones.sent] == [text]
    assert [each.id for each in mail.sent] == [letter]
    assert [await rows.status(each) for each in waiting] == [Status.QUEUED] * 2


async def test_a_long_e_mail_is_one_part_whatever_carries_it(database: Any, now: datetime) -> None:
    gateway = RecordingGateway(channels=BY_GATEWAY)
    ids = [await rows.message(now=now, channel=each, text="a" * 500) for each in ("sms", "email")]
    assert await dispatch([Route(gateway)], now=now) == 2
    assert [(await rows.read(each)).parts for each in ids] == [4, 1]


async def test_what_no_gateway_of_its_channel_carries_fails(database: Any, now: datetime) -> None:
    gateway = RecordingGateway()
    message = await rows.message(now=now, channel="email", address="a@example.org")
    assert await dispatch([Route(gateway)], now=now) == 0
    failed = await rows.read(message)
    assert (failed.status, failed.reason) == (Status.FAILED, Reason.NO_GATEWAY)


async def test_a_message_waits_for_its_time(database: Any, now: datetime) -> None:
    gateway = RecordingGateway()
    await rows.message(now=now, not_before=now + timedelta(hours=10))
    assert await dispatch([Route(gateway)], now=now + timedelta(hours=9)) == 0
    assert await dispatch([Route(gateway)], now=now + timedelta(hours=10)) == 1


async def test_what_was_surely_not_taken_is_tried_again(database: Any, now: datetime) -> None:
    answers: Iterator[Answer] = iter([NotTaken(Reason.GATEWAY_UNREACHABLE), Accepted("second")])
    gateway = RecordingGateway(lambda _: next(answers))
    message = await rows.message(now=now)
    await dispatch([Route(gateway)], now=now)
    waiting = await rows.read(message)
    assert (waiting.status, waiting.reason) == ("queued", "gateway-unreachable")
    assert now + timedelta(seconds=40) <= waiting.next_attempt_at <= now + timedelta(seconds=60)
    assert await dispatch([Route(gateway)], now=now) == 0
    assert await dispatch([Route(gateway)], now=now + timedelta(minutes=1)) == 1
    assert (await rows.read(message)).reference == "second"
    assert (await rows.read(message)).reason == ""


async def test_after_the_last_attempt_it_has_failed_with_a_reason(
    database: Any, now: datetime
) -> None:
    gateway = RecordingGateway(lambda _: NotTaken(Reason.GATEWAY_BUSY))
    message = await rows.message(now=now)
    for day in range(MOST_ATTEMPTS + 3):
        await dispatch([Route(gateway)], now=now + timedelta(days=day))
    failed = await rows.read(message)
    assert (failed.status, failed.reason) == ("failed", "gateway-busy")
    assert len(gateway.sent) == MOST_ATTEMPTS


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        (Rejected(Reason.NUMBER_INVALID), "failed", "number-invalid"),
        (Unknown(), "unknown", "answer-lost"),
    ],
)
async def test_what_is_not_sent_again_by_itself(
    database: Any, now: datetime, answer: Answer, status: str, reason: str
) -> None:
    gateway = RecordingGateway(lambda _: answer)
    message = await rows.message(now=now)
    for day in range(3):
        await dispatch([Route(gateway)], now=now + timedelta(days=day))
        await settle([Route(gateway)], now=now + timedelta(days=day))
    found = await rows.read(message)
    assert (found.status, found.reason, len(gateway.sent)) == (status, reason, 1)


async def test_a_gateway_that_raises_leaves_it_unknown(database: Any, now: datetime) -> None:
    def explode(_: Outgoing) -> Answer:
        raise ValueError("a gateway's own mistake")

    message = await rows.message(now=now)
    await dispatch([Route(RecordingGateway(explode))], now=now)
    assert await rows.status(message) is Status.UNKNOWN


async def test_two_dispatchers_share_the_work(database: Any, now: datetime) -> None:
    site = (await rows.read(await rows.message(now=now))).site
    for _ in range(2 * BATCH - 1):
        await rows.message(now=now, site_id=site)
    route = Route(RecordingGateway())
    taken = [await claim([route], new_id(), now=now) for _ in range(2)]
    ids = [each.message.id for several in taken for each in several]
    assert len(ids) == len(set(ids)) == 2 * BATCH


class Test_a_dispatcher_that_died:  # noqa: N801 – a sentence
    async def test_before_handing_over_is_replaced_after_its_lease(
        self, database: Any, now: datetime
    ) -> None:
        gateway = RecordingGateway()
        message = await rows.message(now=now)
        await claim([Route(gateway)], new_id(), now=now)
        assert await dispatch([Route(gateway)], now=now + LEASE / 2) == 0
        assert await dispatch([Route(gateway)], now=now + LEASE) == 1
        assert [each.id for each in gateway.sent] == [message]

    async def test_while_handing_over_leaves_an_unknown_message(
        self, database: Any, now: datetime
    ) -> None:
        gateway = RecordingGateway()
        message, owner = await rows.message(now=now), new_id()
        await claim([Route(gateway)], owner, now=now)
        assert await outcomes.begin(message, owner, now=now)
        late = now + LEASE + timedelta(seconds=1)
        assert await settle([Route(gateway)], now=now) == 0
        assert await settle([Route(gateway)], now=late) == 1
        assert await rows.status(message) is Status.UNKNOWN
        assert await dispatch([Route(gateway)], now=late) == 0
        assert gateway.sent == []

    @pytest.mark.parametrize(
        ("known", "status"),
        [(Accepted("seen"), "accepted"), (NotTaken(Reason.ANSWER_LOST), "queued")],
    )
    async def test_is_asked_after_where_the_gateway_can_tell(
        self, database: Any, now: datetime, known: Answer, status: str
    ) -> None:
        gateway = RecordingGateway(known=lambda _: known)
        message, owner = await rows.message(now=now), new_id()
        await claim([Route(gateway)], owner, now=now)
        await outcomes.begin(message, owner, now=now)
        await settle([Route(gateway)], now=now + LEASE + timedelta(seconds=1))
        assert await rows.status(message) == status

    async def test_cannot_begin_what_another_has_taken_over(
        self, database: Any, now: datetime
    ) -> None:
        gateway = RecordingGateway()
        message, slow = await rows.message(now=now), new_id()
        await claim([Route(gateway)], slow, now=now)
        assert await dispatch([Route(gateway)], now=now + LEASE) == 1
        assert not await outcomes.begin(message, slow, now=now + LEASE)

    async def test_and_answers_late_does_not_send_it_back(
        self, database: Any, now: datetime
    ) -> None:
        gateway = RecordingGateway(known=lambda _: Accepted("seen"))
        message, slow = await rows.message(now=now), new_id()
        await claim([Route(gateway)], slow, now=now)
        await outcomes.begin(message, slow, now=now)
        late = now + LEASE + timedelta(seconds=1)
        await settle([Route(gateway)], now=late)
        await outcomes.record(message, slow, NotTaken(Reason.GATEWAY_BUSY), now=late)
        assert await rows.status(message) is Status.ACCEPTED

    async def test_and_answers_late_does_not_take_it_from_who_sends_it_now(
        self, database: Any, now: datetime
    ) -> None:
        gateway = RecordingGateway(known=lambda _: NotTaken(Reason.ANSWER_LOST))
        message, slow, other = await rows.message(now=now), new_id(), new_id()
        await claim([Route(gateway)], slow, now=now)
        await outcomes.begin(message, slow, now=now)
        late = now + LEASE + timedelta(minutes=5)
        await settle([Route(gateway)], now=late)
        later = late + timedelta(minutes=5)
        assert len(await claim([Route(gateway)], other, now=later)) == 1
        assert await outcomes.begin(message, other, now=later)
        await outcomes.record(message, slow, NotTaken(Reason.GATEWAY_BUSY), now=later)
        assert await rows.status(message) is Status.SENDING


async def test_a_message_is_begun_once(database: Any, now: datetime) -> None:
    message, owner = await rows.message(now=now), new_id()
    await claim([Route(RecordingGateway())], owner, now=now)
    assert await outcomes.begin(message, owner, now=now)
    assert not await outcomes.begin(message, owner, now=now)


async def report(message_id: UUID, status: Status, **values: Any) -> bool:
    async with db.transaction():
        return await outcomes.report(message_id, status, **values)


class TestReports:
    async def test_before_the_answer_are_kept(self, database: Any, now: datetime) -> None:
        gateway = RecordingGateway()
        message, owner = await rows.message(now=now), new_id()
        await claim([Route(gateway)], owner, now=now)
        await outcomes.begin(message, owner, now=now)
        assert await report(message, Status.DELIVERED, now=now)
        await outcomes.record(message, owner, Accepted("late"), now=now)
        found = await rows.read(message)
        assert (found.status, found.reference) == ("delivered", "late")

    async def test_before_the_answer_outlast_one_that_it_was_not_taken(
        self, database: Any, now: datetime
    ) -> None:
        message, owner = await rows.message(now=now), new_id()
        await claim([Route(RecordingGateway())], owner, now=now)
        await outcomes.begin(message, owner, now=now)
        assert await report(message, Status.DELIVERED, now=now)
        await outcomes.record(message, owner, NotTaken(Reason.GATEWAY_BUSY), now=now)
        assert await rows.status(message) is Status.DELIVERED

    async def test_of_a_failure_keep_their_reason(self, database: Any, now: datetime) -> None:
        message = await rows.message(now=now)
        await dispatch([Route(RecordingGateway())], now=now)
        await report(message, Status.FAILED, now=now, reason=Reason.NOT_DELIVERED)
        await report(message, Status.ACCEPTED, now=now)
        found = await rows.read(message)
        assert (found.status, found.reason) == ("failed", "not-delivered")

    async def test_of_nothing_known_change_nothing(self, database: Any, now: datetime) -> None:
        assert not await report(new_id(), Status.DELIVERED, now=now)


class TestRoutes:
    async def test_a_number_goes_by_the_gateway_of_its_country(
        self, database: Any, now: datetime
    ) -> None:
        swiss, french = RecordingGateway(name="swiss"), RecordingGateway(name="french")
        routes = [Route(swiss, ("+41",)), Route(french, ("+33",))]
        await rows.message(now=now, address="+33612345678")
        await dispatch(routes, now=now)
        assert (len(swiss.sent), len(french.sent)) == (0, 1)

    async def test_a_country_without_a_gateway_fails_with_a_reason(
        self, database: Any, now: datetime
    ) -> None:
        message = await rows.message(now=now, address="+4912345678")
        await dispatch([Route(RecordingGateway(), ("+41",))], now=now)
        found = await rows.read(message)
        assert (found.status, found.reason) == ("failed", "no-gateway")

    async def test_after_a_failure_the_next_gateway_has_its_turn(
        self, database: Any, now: datetime
    ) -> None:
        first = RecordingGateway(lambda _: NotTaken(Reason.GATEWAY_BUSY), name="first")
        second = RecordingGateway(name="second")
        await rows.message(now=now)
        for minute in range(3):
            at = now + timedelta(minutes=minute)
            await dispatch([Route(first), Route(second)], now=at)
        assert (len(first.sent), len(second.sent)) == (1, 1)


class TestLimits:
    async def test_nothing_goes_while_sending_is_stopped(
        self, database: Any, now: datetime
    ) -> None:
        gateway = RecordingGateway()
        await rows.message(now=now)
        async with db.transaction():
            await limits.lock_sending()
        await db.execute("UPDATE notifications_sending SET paused_at = :now", now=now)
        assert await dispatch([Route(gateway)], now=now) == 0
        await db.execute("UPDATE notifications_sending SET paused_at = NULL")
        assert await dispatch([Route(gateway)], now=now) == 1

    async def test_a_dispatcher_waits_for_whoever_decides_at_this_moment(
        self, database: Any, now: datetime
    ) -> None:
        gateway = RecordingGateway()
        await rows.message(now=now)
        async with db.transaction():
            await limits.lock_sending()

        async def stop(until_waited_for: Callable[[], Awaitable[None]]) -> None:
            async with db.transaction():
                await limits.lock_sending()
                await until_waited_for()
                await db.execute("UPDATE notifications_sending SET paused_at = :now", now=now)

        await overtaken(stop, dispatch([Route(gateway)], now=now))
        assert gateway.sent == []

    async def test_a_gateway_is_given_no_more_than_its_pace(
        self, database: Any, now: datetime
    ) -> None:
        gateway = RecordingGateway(per_second=2)
        for _ in range(7):
            await rows.message(now=now)
        for second in range(3):
            at = now + timedelta(seconds=second)
            while await dispatch([Route(gateway)], now=at):
                pass
            assert len(gateway.sent) == 2 * (second + 1)

    async def test_a_clock_that_is_put_back_opens_no_floodgate(
        self, database: Any, now: datetime
    ) -> None:
        gateway = RecordingGateway(per_second=1)
        for _ in range(5):
            await rows.message(now=now - timedelta(hours=2))
        for jump in (timedelta(0), -timedelta(hours=1), timedelta(0), -timedelta(hours=1)):
            await dispatch([Route(gateway)], now=now + jump)
        assert len(gateway.sent) <= 2

    async def test_the_budget_of_a_month_stops_what_costs(
        self, database: Any, now: datetime
    ) -> None:
        gateway = RecordingGateway(part_price=500)
        for _ in range(4):
            await rows.message(now=now)
        async with db.transaction():
            await limits.lock_sending()
        await db.execute("UPDATE notifications_sending SET budget = 1200")
        for hour in range(3):
            await dispatch([Route(gateway)], now=now + timedelta(hours=hour))
        assert len(gateway.sent) == 2
        held = await db.fetch("SELECT reason FROM notifications_message WHERE status = 'queued'")
        assert [row["reason"] for row in held] == ["over-budget"] * 2
        assert await limits.spent(now=now) == 1000
        await dispatch([Route(gateway)], now=now + timedelta(days=8))
        assert len(gateway.sent) == 4

    async def test_a_long_text_costs_as_many_parts(self, database: Any, now: datetime) -> None:
        message = await rows.message(now=now, text="ê" * 100)
        await dispatch([Route(RecordingGateway(part_price=550))], now=now)
        sent = await rows.read(message)
        assert (sent.parts, sent.cost, sent.currency) == (2, 1100, "CHF")

    @pytest.mark.parametrize(
        "answer", [NotTaken(Reason.GATEWAY_BUSY), Rejected(Reason.NUMBER_INVALID)]
    )
    async def test_what_was_not_taken_costs_nothing(
        self, database: Any, now: datetime, answer: Answer
    ) -> None:
        message = await rows.message(now=now)
        await dispatch([Route(RecordingGateway(lambda _: answer, part_price=500))], now=now)
        assert await limits.spent(now=now) == 0
        assert (await rows.read(message)).cost == 0

    async def test_a_budget_may_be_spent_to_the_last_coin(
        self, database: Any, now: datetime
    ) -> None:
        gateway = RecordingGateway(part_price=500)
        for _ in range(3):
            await rows.message(now=now)
        async with db.transaction():
            await limits.lock_sending()
        await db.execute("UPDATE notifications_sending SET budget = 1000")
        await dispatch([Route(gateway)], now=now)
        assert len(gateway.sent) == 2

    async def test_a_budget_holds_for_gateways_of_two_currencies_together(
        self, database: Any, now: datetime
    ) -> None:
        swiss = RecordingGateway(part_price=500)
        french = RecordingGateway(name="french", part_price=500, currency="EUR")
        for number in ("+41791234567", "+33612345678") * 2:
            await rows.message(now=now, address=number)
        async with db.transaction():
            await limits.lock_sending()
        await db.execute("UPDATE notifications_sending SET budget = 1500")
        await dispatch([Route(swiss, ("+41",)), Route(french, ("+33",))], now=now)
        assert len(swiss.sent) + len(french.sent) == 3
        assert await limits.spent(now=now) == 1500
