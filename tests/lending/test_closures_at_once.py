"""A closure announced, or other hours set, while desks lend and renew: nothing stays due then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from comptoir.core import db
from comptoir.core.principal import Principal, Role
from comptoir.lending import routes
from comptoir.lending.errors import LendingRefused
from comptoir.lending.loans.check_outs import check_out
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.loans.schemas import CheckOut
from comptoir.lending.tables import DueDateMove, Loan
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.changing_hours import set_hours
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception
from tests import factories as make
from tests.lending.counter import Desk
from tests.locks import overtaken
from tests.processes import together

ITEMS = 24
#: A loan of 14 days of ``now``, a Tuesday, is due on this one.
CLOSED = date(2026, 12, 8)
CLOSED_AT = datetime(2026, 12, 8, 16, tzinfo=UTC)


class NewHours(msgspec.Struct, frozen=True):
    """Other hours for a site that nobody has changed yet."""

    site: UUID
    hours: str


class Work(msgspec.Struct, frozen=True):
    """What one process does, one thing after another."""

    actor: Principal
    now: datetime
    orders: tuple[CheckOut | UUID | AnnounceException | NewHours, ...]


async def do(work: Work) -> int:
    """Lend, renew, announce or set hours; give how many of them were done."""
    assert routes.ROUTES  # what listens to announcements is registered with them
    done = 0
    for order in work.orders:
        try:
            if isinstance(order, CheckOut):
                await check_out(work.actor, order, now=work.now)
            elif isinstance(order, AnnounceException):
                await announce_exception(work.actor, order, now=work.now)
            elif isinstance(order, NewHours):
                await set_hours(work.actor, order.site, order.hours, version=1, now=work.now)
            else:
                await renew_loan(work.actor, order, now=work.now)
            done += 1
        except LendingRefused:
            continue
    return done


@pytest.mark.parametrize("by_hours", [False, True])
async def test_nothing_lent_or_renewed_meanwhile_stays_due_on_the_closed_day(
    desk: Desk, database_url: str, now: datetime, by_hours: bool
) -> None:
    coordinator = await make.principal(Role.COORDINATOR, desk.site.id)
    items = [await desk.add_item() for _ in range(ITEMS)]
    borrowed = [await desk.add_item() for _ in range(ITEMS)]
    renewed: list[Any] = [
        (
            await make.loan(
                item=item,
                borrower_id=desk.borrower.id,
                now=now - timedelta(days=14),
                due_at=now + timedelta(hours=2),
                policy=desk.policy.id,
            )
        ).id
        for item in borrowed
    ]
    lent = [CheckOut(item=item.code, card=desk.card.code) for item in items]
    closing = AnnounceException((desk.site.id,), CLOSED, CLOSED, ExceptionKind.CLOSED)
    no_tuesday = NewHours(desk.site.id, "Mo,We-Fr 09:00-17:00")
    works = [
        Work(desk.actor, now, tuple(lent[::2])),
        Work(desk.actor, now, tuple(lent[1::2])),
        Work(desk.actor, now, tuple(UUID(str(loan)) for loan in renewed)),
        Work(coordinator, now, (no_tuesday if by_hours else closing,)),
    ]
    assert sum(together(database_url, do, works)) == 2 * ITEMS + 1
    dues = [row["due_at"] for row in await Loan.select(Loan.due_at)]
    assert len(dues) == 2 * ITEMS
    assert CLOSED_AT not in dues
    assert set(dues) == {CLOSED_AT + timedelta(days=1)}


async def test_what_is_brought_back_meanwhile_stays_as_it_was_due(
    desk: Desk, now: datetime
) -> None:
    coordinator = await make.principal(Role.COORDINATOR, desk.site.id)
    loan = await make.loan(
        item=await desk.add_item(),
        borrower_id=desk.borrower.id,
        now=now - timedelta(days=7),
        due_at=CLOSED_AT,
        policy=desk.policy.id,
    )

    async def bring_back(until_waited_for: Callable[[], Awaitable[None]]) -> None:
        async with db.transaction():
            await db.execute(
                "UPDATE lending_loan SET returned_at = :now WHERE id = :id", now=now, id=loan.id
            )
            await until_waited_for()

    closing = AnnounceException((desk.site.id,), CLOSED, CLOSED, ExceptionKind.CLOSED)
    await overtaken(bring_back, announce_exception(coordinator, closing, now=now))
    assert [row["due_at"] for row in await Loan.select(Loan.due_at)] == [CLOSED_AT]
    assert await DueDateMove.count() == 0
