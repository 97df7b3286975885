"""Give one voucher to one person, or to somebody who is not asked who they are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import audit, db, events
from comptoir.core.ids import new_id
from comptoir.core.plain_text import clean_line
from comptoir.core.principal import Principal
from comptoir.inventory.names import read_names
from comptoir.inventory.vouchers import taking
from comptoir.inventory.vouchers.errors import VoucherKindNotFound, VoucherNotFound
from comptoir.inventory.vouchers.statuses import Medium, VoucherStatus
from comptoir.inventory.vouchers.taking import Taken
from comptoir.lending.desk.visits import is_known
from comptoir.lending.errors import BorrowerNotFound, IssueRefused, NoSiteChosen, ReasonTooLong
from comptoir.lending.events import VoucherIssued
from comptoir.lending.loans import contention, outcomes
from comptoir.lending.loans.facts import KNOW_BORROWER
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.lending.vouchers import facts, rules
from comptoir.lending.vouchers.rules import Given, HeldVoucher
from comptoir.lending.vouchers.schemas import IssueView, IssueVoucher
from comptoir.sites.errors import SiteNotFound

#: Characters of the reason that passes a limit.
LONGEST_REASON = 200

_INSERT = """
INSERT INTO lending_voucher_issue (id, voucher, kind, borrower, site, visit, loan,
                                   override_reason, issued_at)
VALUES (:issue_id, :voucher_id, :kind_id, :borrower_id, :site_id, :visit_id, :loan_id,
        :reason, :now)
"""
_SHARE = """
INSERT INTO lending_voucher_share (issue, borrower)
SELECT CAST(:issue_id AS uuid), mate.id FROM lending_borrower mate
WHERE mate.household = CAST(:household AS uuid) AND mate.id <> :borrower_id
"""
_GIVEN = (VoucherStatus.ISSUED, VoucherStatus.ACTIVATED)
_IN_VISIT = """
SELECT id FROM lending_voucher_issue
WHERE voucher = :voucher_id AND ended_at IS NULL AND visit = CAST(:visit_id AS uuid)
"""
_NO_LONGER_ASIDE = "DELETE FROM lending_voucher_reservation WHERE voucher = :voucher_id"


async def issue_voucher(actor: Principal, command: IssueVoucher, *, now: datetime) -> IssueView:
    """Give a voucher; nobody has seen its code by that.

    Repeating ``command.attempt`` returns the first outcome. A refused attempt is recorded too.

    Raises:
        IssueRefused: a rule said no (``rules.refuse_giving``, ``rules.refuse_voucher``), or
            none is left.
        VoucherKindNotFound: there is no such kind.
        VoucherNotFound: there is no such voucher.
        BorrowerNotFound: there is none, or the actor may not know of them.
        NoSiteChosen: neither the command nor the actor says at which site.
        SiteNotFound: the actor may not know of the site.
        ReasonTooLong: more is said than is kept.
        KeyMissing: this program could not open what would be given.
        IdempotencyKeyReused: the attempt's key came with another request before.
    """
    command = msgspec.structs.replace(command, reason=clean_line(command.reason))
    if len(command.reason) > LONGEST_REASON:
        raise ReasonTooLong(LONGEST_REASON)
    site_id = command.site_id or actor.site_id
    if site_id is None:
        raise NoSiteChosen
    if not actor.sees_site(site_id):
        raise SiteNotFound
    answer = await contention.settle(
        lambda _patiently: _issue(actor, command, site_id=site_id, now=now)
    )
    if isinstance(answer, Refusal):
        raise IssueRefused(answer)
    return answer


async def _issue(
    actor: Principal, command: IssueVoucher, *, site_id: UUID, now: datetime
) -> IssueView | Refusal:
    async with db.transaction():
        row = await facts.read(actor, command, site_id=site_id)
        first = await outcomes.first(actor, command.attempt, row, IssueView)
        if first is not None:
            return first
        if row is None:
            raise await what_is_unknown(command)
        if not command.by_card:
            await need_known(actor, row)
        found = await _decide(row, command, now)
        if isinstance(found, Refusal):
            await record_refusal(actor, command, found, row, now=now)
            return found
        taken, passed = found
        view = _view(row, taken, now)
        await _write(actor, command, row, view, taken, reason=passed, now=now)
        await events.publish(VoucherIssued(view.id, view.voucher_id, view.borrower_id, now))
        return view


async def _decide(row: db.Row, command: IssueVoucher, now: datetime) -> tuple[Taken, str] | Refusal:
    """The voucher that is given, locked, and the reason if it passes a limit; or why not."""
    await lock_household(row)
    held = await taking.hold(command.voucher_id) if command.voucher_id else None
    if held is not None and (
        refusal := rules.refuse_voucher(await held_voucher(held, row, now, command.visit_id))
    ):
        return refusal
    chosen = held or await _aside(row, now)
    given = Given()
    if command.borrower_id is not None:
        given = await facts.given_to(row, without=chosen.id if chosen else None, now=now)
    known = facts.giving(row, command, given, now=now)
    if refusal := rules.refuse_giving(known, now=now):
        return refusal
    taken = chosen or await choose(row, now)
    if taken is None:
        return Refusal(RefusalCode.VOUCHER_NONE_LEFT)
    taken.need_key()
    today = now.astimezone(known.zone).date()
    passes = known.limits is not None and rules.passed_limit(known.limits, given, today)
    return taken, command.reason if passes else ""


async def lock_household(row: db.Row) -> None:
    """Count what the household has under its lock: before a voucher is locked, at all desks."""
    if row.get("household") is not None and row["limit_household"] is not None:
        await contention.lock_household(row)


async def held_voucher(
    held: Taken, row: db.Row, now: datetime, visit_id: UUID | None = None
) -> HeldVoucher:
    """What the rules ask of a voucher that is locked, for the person of a row of ``facts.read``."""
    place = ""
    if held.site_id != row["site_id"]:
        site = await db.fetch_one(
            "SELECT short_name FROM sites_site WHERE id = :id", id=held.site_id
        )
        place = site["short_name"] if site else ""
    until = held.reserved_until
    is_aside = held.status is VoucherStatus.RESERVED and (until is None or now < until)
    return HeldVoucher(
        status=held.status,
        place=place,
        is_past=taking.is_past(held.activate_by, row["operator_zone"], now=now),
        activate_by=held.activate_by,
        reserved=is_aside and await _is_for_another(held.id, row.get("borrower_id")),
        other_aside=row.get("reserved_id") not in (None, held.id),
        in_visit=held.status in _GIVEN and await _was_given_in(visit_id, held.id),
    )


async def _was_given_in(visit_id: UUID | None, voucher_id: UUID) -> bool:
    """Whether a voucher was given in a visit, and has not come back."""
    row = await db.fetch_one(_IN_VISIT, voucher_id=voucher_id, visit_id=visit_id)
    return row is not None


async def _is_for_another(voucher_id: UUID, borrower_id: UUID | None) -> bool:
    """Whether a locked voucher is set aside for somebody, and not for this person.

    Read anew: what was read while the person's row was waited for may be over by now.
    """
    row = await db.fetch_one(
        "SELECT borrower FROM lending_voucher_reservation WHERE voucher = :voucher_id",
        voucher_id=voucher_id,
    )
    return row is not None and row["borrower"] != borrower_id


async def _aside(row: db.Row, now: datetime) -> Taken | None:
    """What is set aside for the person here, unless nobody is given it any more."""
    if row.get("reserved_id") is None:
        return None
    aside = await taking.hold(row["reserved_id"])
    if aside is None or rules.refuse_voucher(await held_voucher(aside, row, now)):
        return None
    return aside


async def choose(row: db.Row, now: datetime) -> Taken | None:
    """The next of the kind that a row of ``facts.read`` is about."""
    return await taking.choose(
        site_id=row["site_id"], kind_id=row["kind_id"], time_zone=row["operator_zone"], now=now
    )


def _view(row: db.Row, taken: Taken, now: datetime) -> IssueView:
    return IssueView(
        id=new_id(),
        voucher_id=taken.id,
        kind_id=row["kind_id"],
        names=read_names(row["names"]),
        medium=Medium(row["medium"]),
        hint=taken.hint,
        borrower_id=row.get("borrower_id"),
        site_id=row["site_id"],
        loan_id=row.get("loan_id"),
        issued_at=now,
        activate_by=taken.activate_by,
    )


async def _write(
    actor: Principal,
    command: IssueVoucher,
    row: db.Row,
    view: IssueView,
    taken: Taken,
    *,
    reason: str,
    now: datetime,
) -> None:
    values = {
        "issue_id": view.id,
        "voucher_id": view.voucher_id,
        "kind_id": view.kind_id,
        "borrower_id": view.borrower_id,
        "site_id": view.site_id,
        # A visit leads to a person: of what is given without one, only a count is kept.
        "visit_id": command.visit_id if view.borrower_id is not None else None,
        "loan_id": view.loan_id,
        "reason": reason,
        "now": now,
    }
    aside = taken.status is VoucherStatus.RESERVED
    trail = audit.values(
        actor,
        "voucher.issued",
        "voucher",
        view.voucher_id,
        now=now,
        related=(view.borrower_id, view.loan_id),
        site_id=view.site_id,
        changes={
            "kind": view.names,
            "status": [taken.status.value, VoucherStatus.ISSUED.value],
            # Until when it was set aside is for whoever undoes this.
            **({"reserved_until": [_text(taken.reserved_until), None]} if aside else {}),
            # The reason itself stays with the issue, where it can be forgotten.
            **({"limit_passed": [False, True]} if reason else {}),
        },
    )
    writes = [(_INSERT, values), (taking.ISSUE, values), (audit.INSERT, trail)]
    if aside:
        writes.append((_NO_LONGER_ASIDE, values))
    if view.borrower_id is not None and row["household"] is not None:
        writes.append((_SHARE, values | {"household": row["household"]}))
    if view.borrower_id is not None and not row["known_here"]:
        writes.append((KNOW_BORROWER, values | {"known_at": view.site_id}))
    await db.write(*writes, *outcomes.remember(actor, command.attempt, view, now=now))


async def record_refusal(
    actor: Principal,
    command: IssueVoucher,
    refusal: Refusal,
    row: db.Row,
    *,
    action: str = "voucher.refused",
    now: datetime,
) -> None:
    """Write down why a voucher is not given, and what the attempt is told again."""
    trail = audit.values(
        actor,
        action,
        "voucher",
        command.voucher_id,
        now=now,
        related=(command.borrower_id,),
        site_id=row["site_id"],
        changes={"code": str(refusal.code), "kind": read_names(row["names"])},
    )
    kept = outcomes.remember_refusal(actor, command.attempt, refusal, now=now)
    await db.write((audit.INSERT, trail), *kept)


async def need_known(actor: Principal, row: db.Row) -> None:
    """Let only those pass who may know of the person of a row of ``facts.read``.

    Raises:
        BorrowerNotFound: the actor may not.
    """
    borrower_id = row.get("borrower_id")
    if borrower_id is None or row["known_here"] or await is_known(actor, borrower_id):
        return
    raise BorrowerNotFound


async def what_is_unknown(command: IssueVoucher) -> Exception:
    """Why ``facts.read`` found nothing."""
    for table, wanted, error in (
        ("inventory_voucher", command.voucher_id, VoucherNotFound),
        ("inventory_voucher_kind", command.kind_id, VoucherKindNotFound),
        ("lending_borrower", command.borrower_id, BorrowerNotFound),
    ):
        if wanted is not None and not await db.fetch_one(
            f"SELECT id FROM {table} WHERE id = :id", id=wanted
        ):
            return error()
    if command.voucher_id is None and command.kind_id is None:
        return VoucherKindNotFound()
    return SiteNotFound()


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
