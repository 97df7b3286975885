"""The drawer of a site is counted, and what differs from the stock is written down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.fields import example
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.core.vault import Untold
from comptoir.inventory.vouchers.drawer_errors import (
    CodesUnknown,
    CountedTwice,
    DifferenceUnexplained,
)
from comptoir.inventory.vouchers.errors import (
    VoucherKindNotFound,
    explanation_of,
)
from comptoir.inventory.vouchers.scanned import (
    Reading,
    counting_guesses,
    found,
    need_scannable,
    read_code,
)
from comptoir.inventory.vouchers.statuses import Medium
from comptoir.sites import queries as sites

#: What lies in the drawer: also what is set aside for somebody.
_EXPECTED = """
SELECT voucher.id FROM inventory_voucher voucher
WHERE voucher.site = :site AND voucher.kind = :kind AND voucher.status IN ('available', 'reserved')
ORDER BY voucher.id
"""
_COUNT = """
INSERT INTO inventory_voucher_count
       (id, site, kind, scanned, expected, counted, missing, explanation, counted_at)
VALUES (:id, :site, :kind, :scanned, :expected, :counted, :missing, :explanation, :now)
"""


class CountVouchers(Untold, frozen=True, forbid_unknown_fields=True):
    """What lies in the drawer: a number, or the codes that were scanned, and not both."""

    site: UUID
    kind: UUID
    counted: Annotated[int, msgspec.Meta(ge=0, le=999_999, examples=[24])] | None = None
    codes: Annotated[
        Annotated[tuple[str, ...], msgspec.Meta(max_length=2_000)] | None, example(None)
    ] = None
    explanation: str = ""


class Counted(msgspec.Struct, frozen=True):
    """What a count found. What follows ``counted`` is only known where codes were scanned.

    ``unexpected`` are the lines of vouchers that should not lie here; what is scanned twice is
    one, in its first line.
    """

    id: UUID
    expected: int
    counted: int
    missing: tuple[UUID, ...] = ()
    unexpected: tuple[int, ...] = ()

    @property
    def difference(self) -> int:
        """How many more there are than there should be; fewer is below 0."""
        return self.counted - self.expected

    @property
    def differs(self) -> bool:
        """True if the drawer is not as it should be, which asks for an explanation."""
        return self.difference != 0 or bool(self.missing)

    @property
    def others(self) -> int:
        """How many were scanned that should not lie here."""
        return len(self.unexpected)


async def compare_drawer(actor: Principal, command: CountVouchers) -> Counted:
    """What a count would find; nothing is written down.

    Raises:
        SiteNotFound: there is no such site, or the actor does not work there.
        VoucherKindNotFound: there is no such kind.
        CodesUnknown: some are no vouchers that the actor may know of.
        CodesWithUserNames: passwords were scanned, which are not found by themselves.
    """
    async with db.transaction():
        return await _look(actor, command)


async def count_vouchers(actor: Principal, command: CountVouchers, *, now: datetime) -> Counted:
    """Write down how many vouchers of a kind lie at a site, beside how many should.

    The stock stays as it is: what is missing may turn up, and a coordinator says when it is
    lost. Each voucher that was not scanned has a line in its own history.

    Raises:
        SiteNotFound: there is no such site, or the actor does not work there.
        VoucherKindNotFound: there is no such kind.
        DifferenceUnexplained: it differs, and nothing is said of why.
        CountedTwice: it is a number and codes, or neither.
        CodesUnknown: some are no vouchers that the actor may know of; it says which lines.
        TooManyUnknown: the actor scanned many such.
        CodesWithUserNames: passwords were scanned, which are not found by themselves.
    """
    if (command.codes is None) == (command.counted is None):
        raise CountedTwice
    async with counting_guesses(actor, command.codes, now=now), db.transaction():
        counted = await _look(actor, command)
        said = explanation_of(command.explanation)
        if counted.differs and not said:
            raise DifferenceUnexplained
        await _write(actor, command, counted, said, now=now)
    return counted


async def _look(actor: Principal, command: CountVouchers) -> Counted:
    await sites.need_in_sight(actor, command.site)
    kind = await db.fetch_one(
        "SELECT medium, dial FROM inventory_voucher_kind WHERE id = :id", id=command.kind
    )
    if kind is None:
        raise VoucherKindNotFound
    rows = await db.fetch(_EXPECTED + db.for_share("voucher"), **_where(command))
    reading = Reading(Medium(kind["medium"]), kind["dial"])
    return await _compared(actor, command, [row["id"] for row in rows], reading)


async def _compared(
    actor: Principal, command: CountVouchers, expected: Sequence[UUID], reading: Reading
) -> Counted:
    if command.codes is None:
        return Counted(new_id(), len(expected), command.counted or 0)
    first: dict[str, int] = {}
    for line, code in enumerate(command.codes, start=1):
        first.setdefault(read_code(code, reading), line)
    which, wanted = await found(first, reading), set(expected)
    known = wanted | await _in_sight(actor, set(which.values()) - wanted)
    unknown = [line for code, line in first.items() if which.get(code) not in known]
    if unknown:
        await need_scannable(expected, reading)
        raise CodesUnknown(unknown)
    seen = set(which.values())
    return Counted(
        new_id(),
        len(expected),
        len(first),
        missing=tuple(each for each in expected if each not in seen),
        unexpected=tuple(line for code, line in first.items() if which[code] not in wanted),
    )


async def _in_sight(actor: Principal, vouchers: set[UUID]) -> set[UUID]:
    """Those at the actor's sites: of others nobody learns that their code is one."""
    if not vouchers:
        return set()
    own, values = sites.of_own_sites(actor, "voucher.site")
    rows = await db.fetch(
        f"SELECT voucher.id FROM inventory_voucher voucher WHERE voucher.id IN :ids AND {own}",
        ids=[*vouchers],
        **values,
    )
    return {row["id"] for row in rows}


async def _write(
    actor: Principal, command: CountVouchers, counted: Counted, said: str, *, now: datetime
) -> None:
    await db.execute(
        _COUNT,
        id=counted.id,
        scanned=command.codes is not None,
        expected=counted.expected,
        counted=counted.counted,
        missing=len(counted.missing),
        explanation=said,
        now=now,
        **_where(command),
    )
    await audit.record_many(
        [
            audit.values(
                actor,
                "voucher.not_found",
                "voucher",
                each,
                now=now,
                related=(counted.id,),
                site_id=command.site,
            )
            for each in counted.missing
        ]
    )
    await audit.record(
        actor,
        "voucher_count.made",
        "voucher_count",
        counted.id,
        now=now,
        site_id=command.site,
        changes={"counted": [counted.expected, counted.counted]},
    )


def _where(command: CountVouchers) -> dict[str, UUID]:
    return {"site": command.site, "kind": command.kind}
