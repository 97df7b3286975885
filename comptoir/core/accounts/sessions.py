"""A browser that is signed in: opened, locked, handed to a colleague, ended.

None of this is audited: a record of when each person came and went would be a
record of their working hours. What changes an account is (``services``).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.accounts import credentials, throttle
from comptoir.core.accounts.errors import (
    PinRefused,
    PinsUsedUp,
    PlaceNotYours,
    SessionEnded,
    SessionNotFound,
)
from comptoir.core.accounts.identity import LONGEST, LONGEST_IDLE, Directory, SessionFacts
from comptoir.core.ids import new_id
from comptoir.core.keys import Keyring
from comptoir.core.principal import Principal

#: So many wrong PINs in a row, and only a password opens the desk again.
MOST_WRONG_PINS = 5
#: Ended sessions are kept this long, then deleted.
KEPT_FOR = timedelta(days=1)


class OwnSession(msgspec.Struct, frozen=True):
    """A line of "where am I signed in", for the person alone."""

    id: UUID
    browser: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


async def open_session(user_id: UUID, *, browser: str, replaces: UUID | None, now: datetime) -> str:
    """Sign a browser in by password; give the new token for its cookie.

    Inside the transaction that checked the password. ``replaces`` is the
    session the browser has, if any: it goes on under a new token, so that what
    hangs on it (an open visit at the desk) is kept. The old token is worthless
    from now on, whoever planted or saw it.
    """
    token = credentials.new_token()
    values = {
        "user_id": user_id,
        "token_hash": credentials.token_hash(token),
        "browser": browser[:40],
        "now": now,
        "expires_at": now + LONGEST,
    }
    if replaces is not None:
        rows = await db.fetch(
            "UPDATE core_session SET user_id = :user_id, token_hash = :token_hash, "
            "method = 'password', browser = :browser, created_at = :now, last_seen_at = :now, "
            "authenticated_at = :now, expires_at = :expires_at, locked_at = NULL, wrong_pins = 0 "
            "WHERE id = :id AND ended_at IS NULL RETURNING id",
            id=replaces,
            **values,
        )
        if rows:
            return token
    await db.execute(
        "INSERT INTO core_session (id, user_id, token_hash, method, browser, created_at, "
        "last_seen_at, authenticated_at, expires_at, wrong_pins) VALUES (:id, :user_id, "
        ":token_hash, 'password', :browser, :now, :now, :now, :expires_at, 0)",
        id=new_id(),
        **values,
    )
    return token


async def touch(session_id: UUID, *, now: datetime) -> None:
    """Note that the session is in use."""
    await db.execute(
        "UPDATE core_session SET last_seen_at = :now WHERE id = :id", now=now, id=session_id
    )


async def lock(session_id: UUID, *, now: datetime) -> None:
    """Nobody is at the desk any more; its site, and what is open on it, stay."""
    await db.execute(
        "UPDATE core_session SET locked_at = :now WHERE id = :id AND locked_at IS NULL",
        now=now,
        id=session_id,
    )


async def take_over(
    session: SessionFacts,
    scanned: str,
    *,
    keys: Keyring,
    directory: Directory,
    now: datetime,
) -> str:
    """Let a colleague in by PIN or badge, locked or not; give the desk's new token.

    The person changes, the session stays. They may do what reception may, and
    only someone with a role at the desk's site is let in.

    Raises:
        PinRefused: nobody here has this PIN or badge; says how many tries are left.
        PinsUsedUp: that was the last try.
        SessionEnded: the session is over.
        TooManyAttempts: too many wrong PINs at this desk, or where the same person was.
    """
    counted = [throttle.pins_at(session.id), *await _pins_of_person(session.id)]
    await throttle.begin(counted, now=now)
    wrong = await _count_attempt(session.id, now=now)
    method, user_id = await _whose(scanned, keys)
    place = session.place
    if user_id is None or place is None or not await directory.works_at(user_id, place.id):
        if wrong >= MOST_WRONG_PINS:
            await end(session.id, now=now)
            raise PinsUsedUp
        raise PinRefused(MOST_WRONG_PINS - wrong)
    token = credentials.new_token()
    async with db.transaction():
        rows = await db.fetch(
            "UPDATE core_session SET user_id = :user_id, token_hash = :token_hash, "
            "method = :method, site_id = :site_id, last_seen_at = :now, locked_at = NULL, "
            "wrong_pins = 0 WHERE id = :id AND ended_at IS NULL RETURNING id",
            user_id=user_id,
            token_hash=credentials.token_hash(token),
            method=method,
            site_id=place.id,
            now=now,
            id=session.id,
        )
        if not rows:
            raise SessionEnded
        await throttle.succeeded(counted)
    return token


async def choose_place(principal: Principal, site_id: UUID, *, directory: Directory) -> None:
    """Work at another of one's sites in this session.

    Raises:
        PlaceNotYours: the person does not work there, or it is closed for good.
    """
    if all(place.id != site_id for place in await directory.places(principal)):
        raise PlaceNotYours
    await db.execute(
        "UPDATE core_session SET site_id = :site_id WHERE id = :id",
        site_id=site_id,
        id=principal.session_id,
    )


async def end(session_id: UUID, *, now: datetime) -> None:
    """Sign a browser out."""
    await db.execute(
        "UPDATE core_session SET ended_at = :now WHERE id = :id AND ended_at IS NULL",
        now=now,
        id=session_id,
    )


async def end_own(principal: Principal, session_id: UUID, *, now: datetime) -> None:
    """Sign one of one's own other browsers out.

    Raises:
        SessionNotFound: it is not the person's, or it has ended.
    """
    rows = await db.fetch(
        "UPDATE core_session SET ended_at = :now "
        "WHERE id = :id AND user_id = :user_id AND ended_at IS NULL RETURNING id",
        now=now,
        id=session_id,
        user_id=principal.id,
    )
    if not rows:
        raise SessionNotFound


async def end_all(user_id: UUID | None, *, now: datetime, but: UUID | None = None) -> None:
    """Sign a person out everywhere, but for one session if it is named."""
    await db.execute(
        "UPDATE core_session SET ended_at = :now "
        "WHERE user_id = :user_id AND ended_at IS NULL AND id <> :kept",
        now=now,
        user_id=user_id,
        kept=but or UUID(int=0),
    )


async def list_own(principal: Principal, *, now: datetime) -> list[OwnSession]:
    """Where the person is signed in, latest first."""
    rows = await db.fetch(
        "SELECT id, browser, created_at, last_seen_at FROM core_session "
        "WHERE user_id = :user_id AND ended_at IS NULL AND expires_at > :now "
        "AND last_seen_at > :idle_since ORDER BY created_at DESC, id",
        user_id=principal.id,
        now=now,
        idle_since=now - LONGEST_IDLE,
    )
    return [OwnSession(**row, current=row["id"] == principal.session_id) for row in rows]


async def forget(*, now: datetime) -> None:
    """Delete what ended or ran out a day ago: nobody needs to know it any more."""
    await db.execute(
        "DELETE FROM core_session WHERE ended_at < :before OR expires_at < :before",
        before=now - KEPT_FOR,
    )


async def _count_attempt(session_id: UUID, *, now: datetime) -> int:
    """Count it as wrong before it is looked at; the number with this one."""
    rows = await db.fetch(
        "UPDATE core_session SET wrong_pins = wrong_pins + 1 WHERE id = :id "
        "AND ended_at IS NULL AND expires_at > :now AND wrong_pins < :most RETURNING wrong_pins",
        id=session_id,
        now=now,
        most=MOST_WRONG_PINS,
    )
    if not rows:
        await end(session_id, now=now)
        raise SessionEnded
    return int(rows[0]["wrong_pins"])


async def _pins_of_person(session_id: UUID) -> list[throttle.Subject]:
    """What is counted besides the desk: a new session is no new beginning."""
    row = await db.fetch_one("SELECT user_id FROM core_session WHERE id = :id", id=session_id)
    return [throttle.pins_after(row["user_id"])] if row else []


async def _whose(scanned: str, keys: Keyring) -> tuple[str, UUID | None]:
    """How somebody comes in, and who it is."""
    if badge := credentials.badge_of(scanned):
        row = await db.fetch_one(
            "SELECT id FROM core_user WHERE badge_hash = :hash AND active = :yes",
            hash=credentials.badge_hash(keys, badge),
            yes=True,
        )
        return "badge", row["id"] if row else None
    if pin := credentials.pin_of(scanned):
        row = await db.fetch_one(
            "SELECT id FROM core_user WHERE pin_hash = :hash AND active = :yes",
            hash=credentials.pin_hash(keys, pin),
            yes=True,
        )
        return "pin", row["id"] if row else None
    return "", None
