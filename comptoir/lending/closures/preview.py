"""What an announcement would do to loans: lending's part of the preview."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from comptoir.core.i18n import ngettext
from comptoir.core.idempotency import fingerprint
from comptoir.core.web.panels import Panel
from comptoir.lending.closures.planning import LoanMove, SiteMoves, plan_moves
from comptoir.lending.closures.reach import BY_MESSAGE, not_reached
from comptoir.lending.due_dates import DueMode
from comptoir.sites.exceptions import consequences
from comptoir.sites.exceptions.consequences import Consequence, Plan

KIND = "due-dates"
#: How many loans, or people, the page names of each sort; the list to call has all of them.
NAMED = 20


class DayMove(msgspec.Struct, frozen=True, kw_only=True):
    """Loans of one site that go from one day to another, each by the site's clock of then.

    ``earlier``: the new time comes before the old one. ``same_weekday``: their lending rule
    counts whole weeks, so that they wait for that weekday. ``back``: they are due as they
    were before earlier hours moved them. ``named`` are the first of them.
    """

    site: str
    before: date
    after: datetime
    count: int
    earlier: bool
    same_weekday: bool
    back: bool
    named: tuple[LoanMove, ...]


class Unmoved(msgspec.Struct, frozen=True):
    """Loans that stay due when no door is open, and the first of them.

    ``opens``: their policy counts every day; else no open day is in sight to which they could
    move.
    """

    opens: bool
    count: int
    named: tuple[LoanMove, ...]


class Unreached(msgspec.Struct, frozen=True):
    """Somebody to tell whom no message reaches, and how they wish to be reached."""

    borrower_id: UUID
    name: str
    contact_kind: str


class UnreachedGroup(msgspec.Struct, frozen=True):
    """Those of one way: ``letter``, ``counsellor``, ``none``, or ``call`` where a message
    would be sent and does not arrive. ``names`` are the first of them.
    """

    way: str
    count: int
    names: tuple[str, ...]


class DueDatesPreview(msgspec.Struct, frozen=True, kw_only=True):
    """How many due dates move and where to, and who is to be told.

    ``kept`` counts the loans that stay due when no door is open; ``unmoved`` says why.
    ``people`` are told once each; ``unreached`` are those of them whom no message reaches, by
    name.
    """

    sites: tuple[SiteMoves, ...]
    days: tuple[DayMove, ...]
    loans: int
    kept: int
    unmoved: tuple[Unmoved, ...]
    people: int
    unreached: tuple[Unreached, ...]

    @property
    def unreachable(self) -> dict[str, int]:
        """How many of the people no message reaches, by how they wish to be reached."""
        found: defaultdict[str, int] = defaultdict(int)
        for each in self.unreached:
            found[each.contact_kind] += 1
        return dict(sorted(found.items()))

    @property
    def unreached_groups(self) -> list[UnreachedGroup]:
        """The same people by the way that is left."""
        names: defaultdict[str, list[str]] = defaultdict(list)
        for each in self.unreached:
            names["call" if each.contact_kind in BY_MESSAGE else each.contact_kind].append(
                each.name
            )
        return [
            UnreachedGroup(way, len(some), tuple(some[:NAMED]))
            for way, some in sorted(names.items())
        ]


async def due_dates(plan: Plan) -> Consequence | None:
    """The due dates that a plan moves; None where it has nothing to do with loans."""
    sites = await plan_moves(plan.sites, plan.change, now=plan.now)
    found = await _preview(sites)
    if not found.loans and not found.kept:
        return None
    text = ngettext("%(num)s loan moves.", "%(num)s loans move.", found.loans)
    moves = [f"{move.loan_id} {move.after}" for site in sites for move in site.moves]
    return Consequence(
        kind=KIND,
        count=found.loans,
        text=text,
        state=fingerprint(*sorted(moves)),
        panel=Panel("lending/_closure_preview.html", found),
        data=found,
    )


async def _preview(sites: list[SiteMoves]) -> DueDatesPreview:
    moves = [move for site in sites for move in site.moves]
    people = {move.borrower_id: move for move in moves}
    return DueDatesPreview(
        sites=tuple(sites),
        days=tuple(day for site in sites for day in _days(site)),
        loans=len(moves),
        kept=sum(len(site.kept) for site in sites),
        unmoved=tuple(_unmoved(sites)),
        people=len(people),
        unreached=await _unreached(people.values()),
    )


async def _unreached(people: Iterable[LoanMove]) -> tuple[Unreached, ...]:
    """Those of the people whom no message reaches, by name."""
    left = [each for each in people if each.contact_kind not in BY_MESSAGE]
    others = {each.borrower_id: each for each in people if each.contact_kind in BY_MESSAGE}
    left += [others[borrower_id] for borrower_id in await not_reached(list(others))]
    found = (Unreached(each.borrower_id, each.borrower, each.contact_kind) for each in left)
    return tuple(sorted(found, key=lambda each: (each.name, each.borrower_id)))


def _unmoved(sites: list[SiteMoves]) -> Iterable[Unmoved]:
    for opens in (True, False):
        loans = [loan for site in sites if site.opens is opens for loan in site.kept]
        if loans:
            yield Unmoved(opens, len(loans), tuple(loans[:NAMED]))


def _days(site: SiteMoves) -> list[DayMove]:
    zone, zone_after = ZoneInfo(site.time_zone), ZoneInfo(site.zone_after)
    found = []
    moved = ((move.before.astimezone(zone), move) for move in site.moves)

    def days(pair: tuple[datetime, LoanMove]) -> tuple[date, datetime, bool, bool]:
        before, move = pair
        after = (move.after or before).astimezone(zone_after)
        weeks, days_more = divmod((after.date() - before.date()).days, 7)
        # Another hour of the same day, or the end of eligibility, has another reason.
        weekday = move.mode is DueMode.SAME_WEEKDAY and weeks > 0 and not days_more
        back = bool(move.undoes)
        return before.date(), after, weekday and not back, back

    for (before, after, same_weekday, back), group in groupby(sorted(moved, key=days), key=days):
        loans = [move for _, move in group]
        found.append(
            DayMove(
                site=site.name,
                before=before,
                after=after,
                count=len(loans),
                earlier=any(move.before > after for move in loans),
                same_weekday=same_weekday,
                back=back,
                named=tuple(loans[:NAMED]),
            )
        )
    return found


def register() -> None:
    """Take part in the previews of sites."""
    consequences.register(due_dates)
