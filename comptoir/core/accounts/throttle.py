"""Slow down whoever guesses, without ever shutting a colleague out for good.

Failures are counted per account and per address, in the database, so that a
restart forgets nothing. The first few cost nothing; each further one doubles
the wait, up to a quarter of an hour, or ten seconds at an address: colleagues sit
behind it too. A browser that has signed in to the
account before is counted apart: whoever hammers an account from elsewhere
makes everybody wait but the colleague at that browser (the "device cookie" of
OWASP's guidance on locking out). So is, for the address, a browser where anybody
has signed in: whoever guesses in the waiting room keeps nobody from the PC of the desk.
At a new browser somebody who is kept out by others comes in by the link of a colleague.

An attempt is counted before the password is looked at, and taken back when it
was right: a thousand guesses sent at once are a thousand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from math import ceil
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.accounts.errors import TooManyAttempts
from comptoir.core.ids import new_id

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
#: Where others than whoever guesses have to wait too.
LONGEST_SHARED_WAIT = timedelta(seconds=10)
#: After that long without a failure, counting begins anew.
FORGET_AFTER = timedelta(hours=24)
_COUNT = """
SELECT failures, last_failure_at, blocked_until FROM core_sign_in_throttle
WHERE subject_hash = :subject
"""


class Subject(msgspec.Struct, frozen=True):
    """What is counted: a text (stored as a hash), and how many failures are free.

    ``shared`` is something many people sit behind, such as an address: nobody
    waits long there, and a success halves the failures. ``keeps`` is a count of
    which a success takes back only what itself had counted. ``forgotten_after`` that
    long without another, counting begins anew. With ``one_back_every`` so much time, one is
    taken back: what is honest all day long is then never slowed down.
    """

    text: str
    free: int
    shared: bool = False
    keeps: bool = False
    forgotten_after: timedelta = FORGET_AFTER
    one_back_every: timedelta | None = None

    @property
    def longest_wait(self) -> timedelta:
        """No wait is longer."""
        return LONGEST_SHARED_WAIT if self.shared else LONGEST_WAIT

    @property
    def hash(self) -> str:
        """What is stored of it."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class Count(msgspec.Struct, frozen=True):
    """How often it failed lately."""

    failures: int
    last_failure_at: datetime
    blocked_until: datetime | None


def account(login: str) -> Subject:
    """The account somebody tries to sign in to, whether it exists or not."""
    return Subject(f"account:{login}", free=5)


def known_browser(other: str, browser: str) -> Subject:
    """What ``other`` counts (its text), at a browser that knows the account."""
    return Subject(f"browser:{browser}:{other}", free=5)


def address(host: str) -> Subject:
    """Where attempts come from; a whole site may share one."""
    return Subject(f"address:{host}", free=30, shared=True)


def used_browser(browser: str) -> Subject:
    """A browser where somebody has signed in, instead of its address."""
    return Subject(f"used-browser:{browser}", free=30, shared=True)


def second_factor(user_id: UUID) -> Subject:
    """Codes tried after a right password."""
    return Subject(f"code:{user_id}", free=5)


def own_password(user_id: UUID | None) -> Subject:
    """The present password, asked for before one's account is changed."""
    return Subject(f"own:{user_id}", free=5)


def pins_at(session_id: UUID) -> Subject:
    """PINs tried at a desk, whoever's turn it is: a right one in between clears nothing."""
    return Subject(f"pins:{session_id}", free=20, keeps=True)


def pins_after(user_id: UUID) -> Subject:
    """PINs tried where somebody is signed in, over many sessions of theirs."""
    return Subject(f"pins-after:{user_id}", free=40, keeps=True)


def vouchers_shown(actor_id: UUID | None) -> Subject:
    """Codes of vouchers that were shown, one after the other: more than a desk needs in an hour."""
    return Subject(f"vouchers:{actor_id}", free=20, forgotten_after=timedelta(hours=1))


def vouchers_sought(actor_id: UUID | None) -> Subject:
    """Codes of vouchers that were looked for and are none of ours: somebody may be guessing."""
    return Subject(
        f"vouchers-sought:{actor_id}", free=30, keeps=True, forgotten_after=timedelta(hours=1)
    )


def vouchers_told(actor_id: UUID | None) -> Subject:
    """Lines of operators' files that are no vouchers given out: five looks at the worst file."""
    return Subject(
        f"vouchers-told:{actor_id}", free=1000, keeps=True, forgotten_after=timedelta(hours=1)
    )


def vouchers_given(actor_id: UUID | None) -> Subject:
    """Codes of vouchers seen as they are given: sixty at once, then one a minute.

    A room full of people is given as many; nobody needs more who has someone before them.
    """
    return Subject(f"vouchers-given:{actor_id}", free=60, one_back_every=timedelta(minutes=1))


def wait_after(failures: int, free: int, longest: timedelta = LONGEST_WAIT) -> timedelta:
    """How long to wait after that many failures in a row."""
    over = failures - free
    if over < 0:
        return timedelta(0)
    return longest if over > 10 else min(longest, FIRST_WAIT * 2**over)


def after_failure(count: Count | None, subject: Subject, *, times: int = 1, now: datetime) -> Count:
    """The count with one failure more, or with several at once."""
    forgotten = count is None or now - count.last_failure_at > subject.forgotten_after
    kept = 0 if forgotten or count is None else _left(count, subject, now=now)
    failures = kept + times
    wait = wait_after(failures, subject.free, subject.longest_wait)
    return Count(failures, now, now + wait if wait else None)


def _left(count: Count, subject: Subject, *, now: datetime) -> int:
    """What still counts. A part of the time until the next is taken back is lost: it may be."""
    if subject.one_back_every is None:
        return count.failures
    return max(0, count.failures - (now - count.last_failure_at) // subject.one_back_every)


def seconds_to_wait(count: Count | None, *, now: datetime) -> int:
    """Whole seconds until another attempt is looked at; 0 if it is now."""
    if count is None or count.blocked_until is None:
        return 0
    return max(0, ceil((count.blocked_until - now).total_seconds()))


async def begin(subjects: Sequence[Subject], *, times: int = 1, now: datetime) -> None:
    """Count an attempt as failed, or as so many, before it is made. A transaction of its own.

    Raises:
        TooManyAttempts: it may not be made yet; it is not counted then.
    """
    async with db.transaction():
        await count_in(subjects, times=times, now=now)


async def count_in(subjects: Sequence[Subject], *, times: int = 1, now: datetime) -> None:
    """``begin`` inside the transaction of what is counted: what is rolled back is not counted."""
    counts = [(subject, await _locked(subject, now=now)) for subject in _in_order(subjects)]
    wait = max(seconds_to_wait(count, now=now) for _, count in counts)
    if wait:
        raise TooManyAttempts(wait)
    for subject, count in counts:
        await _write(subject, after_failure(count, subject, times=times, now=now))


async def need_turn(subject: Subject, *, now: datetime) -> None:
    """See that an attempt may be made, and count none.

    Raises:
        TooManyAttempts: it may not be made yet.
    """
    row = await db.fetch_one(_COUNT, subject=subject.hash)
    wait = seconds_to_wait(Count(**row) if row else None, now=now)
    if wait:
        raise TooManyAttempts(wait)


async def guessed(subject: Subject, number: int, *, now: datetime) -> None:
    """Count guesses that came together and are wrong, also where their call is undone.

    As many as are left of ``subject.free`` may be told, and then one at a time.

    Raises:
        TooManyAttempts: it may not be told which are wrong. Of these one is counted, not all:
            whoever scanned the wrong box does not wait for long.
    """
    async with db.transaction():
        count = await _locked(subject, now=now)
        wait = seconds_to_wait(count, now=now)
        if wait:
            raise TooManyAttempts(wait)
        before = after_failure(count, subject, times=0, now=now).failures
        left = max(1, subject.free - before)
        times = min(number, left + 1)
        after = after_failure(count, subject, times=times, now=now)
        await _write(subject, after)
    db.keep(partial(_add, subject, times, now=now))
    if number > left:
        raise TooManyAttempts(seconds_to_wait(after, now=now))


async def _add(subject: Subject, times: int, *, now: datetime) -> None:
    await _write(
        subject, after_failure(await _locked(subject, now=now), subject, times=times, now=now)
    )


async def succeeded(subjects: Sequence[Subject]) -> None:
    """Take back what ``begin`` counted; inside the transaction of the success."""
    for subject in _in_order(subjects):
        if subject.shared or subject.keeps:
            await db.execute(
                "UPDATE core_sign_in_throttle "
                "SET failures = (failures - 1) / :part, blocked_until = NULL "
                "WHERE subject_hash = :subject AND failures > 0",
                part=2 if subject.shared else 1,
                subject=subject.hash,
            )
        else:
            await db.execute(
                "DELETE FROM core_sign_in_throttle WHERE subject_hash = :subject",
                subject=subject.hash,
            )


async def forget(*, now: datetime) -> None:
    """Delete counts that no longer matter."""
    await db.execute(
        "DELETE FROM core_sign_in_throttle WHERE last_failure_at < :before",
        before=now - FORGET_AFTER,
    )


def _in_order(subjects: Sequence[Subject]) -> list[Subject]:
    """Rows are locked in one order, so that no two attempts wait for each other."""
    return sorted(subjects, key=lambda subject: subject.hash)


async def _locked(subject: Subject, *, now: datetime) -> Count | None:
    await db.execute(
        "INSERT INTO core_sign_in_throttle (id, subject_hash, failures, last_failure_at) "
        "VALUES (:id, :subject, 0, :now) ON CONFLICT (subject_hash) DO NOTHING",
        id=new_id(),
        subject=subject.hash,
        now=now,
    )
    row = await db.fetch_one(_COUNT + db.for_update("core_sign_in_throttle"), subject=subject.hash)
    return None if row is None else Count(**row)


async def _write(subject: Subject, count: Count) -> None:
    await db.execute(
        "UPDATE core_sign_in_throttle SET failures = :failures, last_failure_at = :at, "
        "blocked_until = :until WHERE subject_hash = :subject",
        failures=count.failures,
        at=count.last_failure_at,
        until=count.blocked_until,
        subject=subject.hash,
    )
