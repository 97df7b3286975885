"""Any life of an outbox, on a real database: one message for a key, handed over once.

Each example has a site and keys of its own, so that one database serves them all. It is compared
with a model of a few dictionaries: who writes first, who dies when, what the gateway answers and
reports, and how often it says so.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import engine
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from comptoir.core import db
from comptoir.core.ids import new_id
from comptoir.notifications import outbox, outcomes
from comptoir.notifications.claims import claim
from comptoir.notifications.dispatcher import dispatch, settle
from comptoir.notifications.gateways.hooks import Report
from comptoir.notifications.gateways.protocol import (
    Accepted,
    Answer,
    NotTaken,
    Outgoing,
    Rejected,
    Unknown,
)
from comptoir.notifications.hook_calls import keep_report
from comptoir.notifications.outbox import Draft
from comptoir.notifications.reasons import Reason
from comptoir.notifications.routing import Route
from comptoir.notifications.statuses import Status
from tests import factories as make
from tests.notifications.recording import RecordingGateway
from tests.notifications.reminders.world import at

START = at("10-05 08:00")
ANSWERS: list[Answer] = [
    Accepted("m1"),
    Unknown(),
    NotTaken(Reason.GATEWAY_BUSY),
    Rejected(Reason.TEXT_REFUSED),
]
KEYS = 40
_KEYS = st.integers(0, KEYS - 1)
_ROWS = """
SELECT message.dedupe_key, COUNT(*) AS number FROM notifications_message message
WHERE message.site = :site AND message.status <> 'dropped' GROUP BY message.dedupe_key
"""
_CALLS = """
SELECT COUNT(*) AS number FROM notifications_hook_call call WHERE call.message IN :ids
"""
_examples = itertools.count(1)


class Outbox(RuleBasedStateMachine):
    runner: ClassVar[asyncio.Runner]
    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = START
        self.example = next(_examples)
        self.live: dict[str, UUID] = {}
        #: Handed over, or begun by a process that died: nobody sends them any more.
        self.gone: set[UUID] = set()
        self.told: set[tuple[UUID, Status]] = set()
        #: Processes that claimed something, and are slow, or dead.
        self.slow: list[tuple[UUID, UUID]] = []
        self.run(self.set_up())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    async def set_up(self) -> None:
        await db.execute("DELETE FROM notifications_message WHERE status IN ('queued', 'sending')")
        self.site = await make.site()

    def key(self, number: int) -> str:
        return f"any:{self.example}:{number}"

    @initialize()
    def there_are_some(self) -> None:
        for number in range(KEYS // 2):
            self.write_one(number, 1)

    @rule(first=_KEYS, many=st.integers(1, KEYS), writers=st.integers(1, 3))
    def write(self, first: int, many: int, writers: int) -> None:
        for number in range(first, min(first + many, KEYS)):
            self.write_one(number, writers)

    def write_one(self, number: int, writers: int) -> None:
        draft = Draft(
            site_id=self.site.id,
            kind="due-soon",
            channel="sms",
            address=f"+4179{number:07}",
            language="fr",
            text="Bonjour",
            dedupe_key=self.key(number),
        )

        async def one() -> UUID | None:
            async with db.transaction():
                return await outbox.write(draft, now=self.now)

        async def at_once() -> list[UUID | None]:
            return await asyncio.gather(*(one() for _ in range(writers)))

        made = [each for each in self.run(at_once()) if each is not None]
        assert len(made) == (0 if draft.dedupe_key in self.live else 1)
        if made:
            self.live[draft.dedupe_key] = made[0]

    @rule(number=_KEYS)
    def take_back(self, number: int) -> None:
        key = self.key(number)
        if key not in self.live:
            return

        async def drop() -> set[UUID]:
            async with db.transaction():
                return await outbox.drop([self.live[key]], Reason.OVERTAKEN, now=self.now)

        if self.run(drop()):
            assert self.live[key] not in self.gone
            del self.live[key]
            self.seen["dropped"] += 1

    @rule(answers=st.permutations(ANSWERS), dispatchers=st.integers(1, 3))
    def send(self, answers: list[Answer], dispatchers: int) -> None:
        given = dict[UUID, Answer]()

        def answer(message: Outgoing) -> Answer:
            return given.setdefault(message.id, answers[len(given) % len(answers)])

        gateway = RecordingGateway(answer)

        async def at_once() -> None:
            routes = [Route(gateway)]
            await asyncio.gather(*(dispatch(routes, now=self.now) for _ in range(dispatchers)))

        self.run(at_once())
        ids = [each.id for each in gateway.sent]
        assert len(set(ids)) == len(ids)
        assert not self.gone & set(ids), "sent again"
        assert set(ids) <= set(self.live.values()), "sent though it was taken back"
        self.gone |= {each for each in ids if not isinstance(given[each], NotTaken)}
        self.seen.update(type(given[each]).__name__ for each in ids)

    @rule()
    def somebody_claims_and_falls_asleep(self) -> None:
        owner = new_id()
        claimed = self.run(claim([Route(RecordingGateway())], owner, now=self.now))
        self.slow += [(each.message.id, owner) for each in claimed]

    @rule(which=st.integers(0, 50))
    def somebody_wakes_begins_and_dies(self, which: int) -> None:
        if not self.slow:
            return
        message, owner = self.slow[which % len(self.slow)]
        if self.run(outcomes.begin(message, owner, now=self.now)):
            assert message not in self.gone, "begun again"
            assert message in self.live.values(), "begun though it was taken back"
            self.gone.add(message)
            self.seen["died"] += 1

    @rule()
    def find_out(self) -> None:
        self.run(settle([Route(RecordingGateway())], now=self.now))

    @rule(minutes=st.sampled_from((1, 10, 300, 3000)))
    def time_goes_by(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(
        number=_KEYS,
        status=st.sampled_from((Status.ACCEPTED, Status.DELIVERED, Status.FAILED)),
        times=st.integers(1, 3),
    )
    def report(self, number: int, status: Status, times: int) -> None:
        message = self.live.get(self.key(number))
        if message is None or message not in self.gone:
            return
        told = Report(f"{message} {status}", message, status)

        async def at_once() -> None:
            calls = (keep_report("recording", told, "", now=self.now) for _ in range(times))
            await asyncio.gather(*calls)

        self.run(at_once())
        self.told.add((message, status))
        self.seen["reports"] += times

    @invariant()
    def one_message_has_a_key(self) -> None:
        rows = {row["dedupe_key"]: row["number"] for row in self.run(self.rows())}
        assert rows == dict.fromkeys(self.live, 1)

    @invariant()
    def each_report_is_kept_once(self) -> None:
        ids = [message for message, _ in self.told]
        if ids:
            [row] = self.run(db.fetch(_CALLS, ids=ids))
            assert row["number"] == len(self.told)

    async def rows(self) -> list[db.Row]:
        return await db.fetch(_ROWS, site=self.site.id)


@pytest.mark.long
def test_a_key_has_one_message_and_that_is_handed_over_once(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A failure is told within a minute, if with a few steps too many; see ``test_desk_model``.
    monkeypatch.setattr(engine, "MAX_SHRINKING_SECONDS", 30)
    with asyncio.Runner() as runner:
        Outbox.runner = runner
        db.connect(database_url)
        try:
            run_state_machine_as_test(
                Outbox,
                settings=settings(
                    max_examples=40,
                    stateful_step_count=40,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(db.disconnect())
    wanted = ("Accepted", "Unknown", "NotTaken", "Rejected", "dropped", "died", "reports")
    assert min(Outbox.seen[each] for each in wanted) > 3, Outbox.seen
