"""What an announcement would do to loans: lending's part of the preview."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

import msgspec

from comptoir.core.i18n import ngettext
from comptoir.core.idempotency import fingerprint
from comptoir.core.web.panels import Panel
from comptoir.lending.closures.planning import LoanMove, SiteMoves, plan_moves
from comptoir.lending.due_dates import DueMode
from comptoir.sites.exceptions import consequences
from comptoir.sites.exceptions.consequences import Consequence, Plan

KIND = "due-dates"
#: How many loans the page names for each day; the list to call has all of them.
NAMED = 20
#: Ways of reaching somebody with a message.
BY_MESSAGE = ("phone", "email")


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


class DueDatesPreview(msgspec.Struct, frozen=True, kw_only=True):
    """How many due dates move and where to, and who is to be told.

    ``kept`` count the loans that stay due on a closed day, as their policy counts every
    day. ``people`` are told once each; ``unreachable`` counts those of them whom no
    message reaches, by the way they are reached instead.
    """

    sites: tuple[SiteMoves, ...]
    days: tuple[DayMove, ...]
    loans: int
    kept: int
    people: int
    unreachable: dict[str, int]


async def due_dates(plan: Plan) -> Consequence | None:
    """The due dates that a plan moves; None where it has nothing to do with loans."""
    sites = await plan_moves(plan.sites, plan.change, now=plan.now)
    found = _preview(sites)
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


def _preview(sites: list[SiteMoves]) -> DueDatesPreview:
    moves = [move for site in sites for move in site.moves]
    contacts = {move.borrower_id: move.contact_kind for move in moves}
    kinds = Counter(kind for kind in contacts.values() if kind not in BY_MESSAGE)
    return DueDatesPreview(
        sites=tuple(sites),
        days=tuple(day for site in sites for day in _days(site)),
        loans=len(moves),
        kept=sum(len(site.kept) for site in sites),
        people=len(contacts),
        unreachable=dict(sorted(kinds.items())),
    )


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
