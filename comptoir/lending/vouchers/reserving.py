"""Set one voucher aside for one person, until the end of a day at its site.

The person's row, then their household's, then the voucher's is locked, as where one is given:
of two desks that want the last one, one sets it aside or gives it, and the other is refused.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from comptoir.core import db
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal
from comptoir.inventory.names import read_names
from comptoir.inventory.vouchers import taking
from comptoir.inventory.vouchers.life import VoucherAction
from comptoir.inventory.vouchers.statuses import Medium, VoucherStatus
from comptoir.inventory.vouchers.steps import lock_voucher, take_step
from comptoir.inventory.vouchers.taking import Taken
from comptoir.inventory.vouchers.validity import aside_until, end_of_day
from comptoir.lending.errors import NoSiteChosen, ReservationRefused, VoucherReservationNotFound
from comptoir.lending.loans import contention, outcomes
from comptoir.lending.loans.facts import KNOW_BORROWER
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.lending.vouchers import facts, issuing, rules
from comptoir.lending.vouchers.schemas import IssueVoucher, ReservationView, ReserveVoucher
from comptoir.sites import calendars
from comptoir.sites.errors import SiteNotFound
from comptoir.sites.opening_hours import Calendar

_ASIDE_ALREADY = """
SELECT aside.id FROM lending_voucher_reservation reserved
JOIN inventory_voucher aside ON aside.id = reserved.voucher
WHERE reserved.borrower = :borrower_id AND aside.kind = :kind_id AND aside.status = 'reserved'
"""
#: Where ``is_aside_for`` said no. The row of one that has expired or is void may be left for the
#: job that lapses them: it becomes this one's.
SET_ASIDE = """
INSERT INTO lending_voucher_reservation (voucher, borrower, kind)
VALUES (:voucher_id, :borrower_id, :kind_id)
ON CONFLICT (borrower, kind) DO UPDATE SET voucher = excluded.voucher
"""
_READ = """
SELECT voucher.id AS voucher_id, voucher.kind AS kind_id, kind.names, kind.medium, voucher.hint,
       reserved.borrower AS borrower_id, voucher.site AS site_id, voucher.reserved_until,
       site.time_zone
FROM inventory_voucher voucher
JOIN inventory_voucher_kind kind ON kind.id = voucher.kind
JOIN sites_site site ON site.id = voucher.site
JOIN lending_voucher_reservation reserved ON reserved.voucher = voucher.id
WHERE voucher.id = :voucher_id AND voucher.status = 'reserved'
"""


async def reserve_voucher(
    actor: Principal, command: ReserveVoucher, *, now: datetime
) -> ReservationView:
    """Set a voucher aside: nobody else is given it until the end of a day.

    Repeating ``command.attempt`` returns the first outcome. A refused attempt is recorded too.

    Raises:
        ReservationRefused: a rule said no (``rules.refuse_voucher``, ``rules.refuse_giving``),
            one of the kind is set aside for them already, or none is left.
        Invalid: ``until`` is over, or too far away.
        VoucherKindNotFound, VoucherNotFound: there is no such kind or voucher.
        BorrowerNotFound: there is none, or the actor may not know of them.
        NoSiteChosen: neither the command nor the actor says at which site.
        SiteNotFound: the actor may not know of the site.
        IdempotencyKeyReused: the attempt's key came with another request before.
    """
    site_id = command.site_id or actor.site_id
    if site_id is None:
        raise NoSiteChosen
    calendar = await calendars.calendar(site_id)
    if calendar is None or not actor.sees_site(site_id):
        raise SiteNotFound
    _need_day(command.until, calendar.local_date(now))
    answer = await contention.settle(
        lambda _patiently: _reserve(actor, command, site_id, calendar, now=now)
    )
    if isinstance(answer, Refusal):
        raise ReservationRefused(answer)
    return answer


async def read_reservation(actor: Principal, voucher_id: UUID) -> ReservationView:
    """For whom a voucher is set aside, and until when.

    Raises:
        VoucherReservationNotFound: it is not, or lies at a site the actor may not know of.
    """
    row = await db.fetch_one(_READ, voucher_id=voucher_id)
    if row is None or not actor.sees_site(row["site_id"]):
        raise VoucherReservationNotFound
    zone = row.pop("time_zone")
    read = {"names": read_names(row["names"]), "medium": Medium(row["medium"])}
    return ReservationView(**(row | read), until=aside_until(row["reserved_until"], zone))


async def is_aside_for(borrower_id: UUID, kind_id: UUID) -> bool:
    """True where one of the kind is set aside for a person, whose row is locked."""
    return bool(await db.fetch(_ASIDE_ALREADY, borrower_id=borrower_id, kind_id=kind_id))


async def _reserve(
    actor: Principal,
    command: ReserveVoucher,
    site_id: UUID,
    calendar: Calendar,
    *,
    now: datetime,
) -> ReservationView | Refusal:
    asked = IssueVoucher(
        kind_id=command.kind_id,
        voucher_id=command.voucher_id,
        borrower_id=command.borrower_id,
        attempt=command.attempt,
    )
    async with db.transaction():
        row = await facts.read(actor, asked, site_id=site_id)
        first = await outcomes.first(actor, command.attempt, row, ReservationView)
        if first is not None:
            return first
        if row is None:
            raise await issuing.what_is_unknown(asked)
        if not command.by_card:
            await issuing.need_known(actor, row)
        taken = await _decide(row, asked, now)
        if isinstance(taken, Refusal):
            await issuing.record_refusal(
                actor, asked, taken, row, action="voucher.not_reserved", now=now
            )
            return taken
        day = rules.day_aside(command.until, taken.activate_by, calendar.local_date(now), calendar)
        view = _view(row, taken, day)
        await _write(actor, command, row, view, now=now)
        return view


async def _decide(row: db.Row, asked: IssueVoucher, now: datetime) -> Taken | Refusal:
    """The voucher, locked; or why none is set aside. The same is asked as to give it."""
    await issuing.lock_household(row)
    if await is_aside_for(row["borrower_id"], row["kind_id"]):
        return Refusal(RefusalCode.VOUCHER_SET_ASIDE_ALREADY)
    held = await taking.hold(asked.voucher_id) if asked.voucher_id else None
    if held is not None:
        refusal = rules.refuse_voucher(await issuing.held_voucher(held, row, now))
        if refusal is None and held.status is VoucherStatus.RESERVED:
            refusal = Refusal(RefusalCode.VOUCHER_RESERVED)  # lapsed, and not put back yet
        if refusal is not None:
            return refusal
    given = await facts.given_to(row, now=now)
    if refusal := rules.refuse_giving(facts.giving(row, asked, given, now=now), now=now):
        return refusal
    return held or await issuing.choose(row, now) or Refusal(RefusalCode.VOUCHER_NONE_LEFT)


def _view(row: db.Row, taken: Taken, day: date) -> ReservationView:
    return ReservationView(
        voucher_id=taken.id,
        kind_id=row["kind_id"],
        names=read_names(row["names"]),
        medium=Medium(row["medium"]),
        hint=taken.hint,
        borrower_id=row["borrower_id"],
        site_id=row["site_id"],
        until=day,
        reserved_until=end_of_day(day, row["time_zone"]).astimezone(UTC),
    )


async def _write(
    actor: Principal, command: ReserveVoucher, row: db.Row, view: ReservationView, *, now: datetime
) -> None:
    await take_step(
        actor,
        await lock_voucher(actor, view.voucher_id),
        VoucherAction.RESERVE,
        now=now,
        related=(view.borrower_id,),
        changes={"kind": view.names, "until": [None, view.until.isoformat()]},
        reserved_until=view.reserved_until,
    )
    values = {
        "voucher_id": view.voucher_id,
        "borrower_id": view.borrower_id,
        "kind_id": view.kind_id,
        "known_at": view.site_id,
    }
    writes = [(SET_ASIDE, values)]
    if not row["known_here"]:
        writes.append((KNOW_BORROWER, values))
    await db.write(*writes, *outcomes.remember(actor, command.attempt, view, now=now))


def _need_day(day: date | None, today: date) -> None:
    if day is None or rules.is_day_to_set_aside(day, today):
        return
    text = _("Choose today or a later day, at most %(days)s days away.", days=_MOST_DAYS)
    raise Invalid([FieldError("until", "lending.day-not-possible", text)])


_MOST_DAYS = rules.LONGEST_ASIDE.days
