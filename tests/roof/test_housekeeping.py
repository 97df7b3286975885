"""What nobody needs any more is deleted by the program itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from comptoir.core import db
from comptoir.core.accounts.tables import Invitation, Session, SignInThrottle
from comptoir.core.ids import new_id
from comptoir.core.tables import IdempotencyRecord
from comptoir.housekeeping import tidy
from tests import factories as make
from tests.http_client import SETTINGS, make_app
from tests.waiting import until


async def leave_behind(at: datetime) -> None:
    """A session, a link, a failure to sign in and an outcome of that time."""
    user = await make.user()
    await Session(
        user=user.id,
        token_hash=str(new_id()),
        method="password",
        created_at=at,
        last_seen_at=at,
        authenticated_at=at,
        expires_at=at + timedelta(hours=12),
    ).save()
    await Invitation(
        user=user.id,
        token_hash=str(new_id()),
        purpose="invite",
        created_at=at,
        expires_at=at + timedelta(days=7),
    ).save()
    await SignInThrottle(subject_hash=str(new_id()), failures=1, last_failure_at=at).save()
    await IdempotencyRecord(
        actor_id=user.id, key="a-1", fingerprint="f", status=201, created_at=at
    ).save()


async def left() -> list[int]:
    tables = (Session, Invitation, SignInThrottle, IdempotencyRecord)
    return [await table.count() for table in tables]


async def test_what_is_over_goes_and_what_is_needed_stays(database: Any, now: datetime) -> None:
    await leave_behind(now - timedelta(days=31))
    await leave_behind(now - timedelta(hours=1))
    await tidy(now=now)
    assert await left() == [1, 1, 1, 1]


async def test_a_session_of_yesterday_can_still_be_said_to_have_ended(
    database: Any, now: datetime
) -> None:
    await leave_behind(now - timedelta(hours=35))
    await tidy(now=now)
    assert await Session.count() == 1
    await tidy(now=now + timedelta(hours=2))
    assert await Session.count() == 0


async def test_a_retry_of_last_week_still_finds_its_first_outcome(
    database: Any, now: datetime
) -> None:
    await leave_behind(now - timedelta(days=29))
    await tidy(now=now)
    assert await left() == [0, 0, 0, 1]


async def test_a_program_that_starts_tidies_up(database_url: str, now: datetime) -> None:
    db.connect(database_url)
    await leave_behind(now - timedelta(days=400))
    await db.disconnect()
    app = make_app(settings=replace(SETTINGS, database_url=database_url))

    async def is_tidy() -> bool:
        return not any(await left())

    async with app.lifespan():
        await until(is_tidy)
