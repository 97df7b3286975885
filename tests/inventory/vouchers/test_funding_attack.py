"""Whoever has all reports of all sites, months and years finds nobody by sums and differences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, combinations
from typing import Any, NamedTuple
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from comptoir.core.disclosure import LEAST
from comptoir.inventory.vouchers.funding import (
    FIRST_YEAR,
    QUARTERS,
    Amount,
    Counted,
    FundingReport,
    FundingWanted,
    Measure,
    Year,
)

SITES = [UUID(int=number) for number in (1, 2, 3)]
KINDS = [UUID(int=number) for number in (11, 12)]
#: What is given at a price, so often that two prices of one kind meet.
PRODUCTS = [(KINDS[0], 500), (KINDS[0], 700), (KINDS[1], 500)]
YEARS = 2
MONTHS = 12 * YEARS
GROUPS = [*chain.from_iterable(combinations(SITES, size) for size in (1, 2, 3))]

Chain = tuple[UUID, UUID, int]
World = dict[Chain, list[int]]


class View(NamedTuple):
    """A number of a report: of which sites, in which year, and what it counts."""

    sites: tuple[UUID, ...]
    year: int
    of: Any


#: Few events: most months have fewer than five. Some have none, a few have many.
numbers = st.lists(
    st.sampled_from([0, 0, 0, 1, 1, 2, 3, 4, 5, 9]), min_size=MONTHS, max_size=MONTHS
)


def worlds(sites: Sequence[UUID]) -> st.SearchStrategy[World]:
    return st.fixed_dictionaries(
        {(site, kind, cents): numbers for site in sites for kind, cents in PRODUCTS}
    )


def report(world: World, sites: tuple[UUID, ...], year: int) -> FundingReport:
    """What is told of some sites, as the program tells it."""
    counted = Counted(Year(12 * year, 12 * (year + 1)))
    rows = [
        {"site": site, "kind": kind, "currency": "CHF", "cents": cents, "month": month, "number": n}
        for (site, kind, cents), months in world.items()
        if site in sites
        for month, n in enumerate(months[: 12 * (year + 1)])
        if n
    ]
    counted.add(Measure.GIVEN, rows)
    bought = {product: Amount(0, 0) for product in sorted(counted.products)}
    names = {kind: {"fr": str(kind)} for kind in KINDS}
    return counted.report(FundingWanted("", FIRST_YEAR + year), bought, names, set())


def seen(world: World, groups: Sequence[tuple[UUID, ...]]) -> dict[View, Amount]:
    """Every number of the reports of some groups of sites."""
    found = {}
    for sites in groups:
        for year in range(YEARS):
            told = report(world, sites, year)
            for each in told.periods:
                found[View(sites, year, each.period)] = Amount(each.given, None)
            for kind in told.kinds:
                found[View(sites, year, ("kind", kind.name))] = kind.given
            for total in told.totals:
                found[View(sites, year, total.currency)] = total.given
    return found


@given(worlds(SITES))
@settings(max_examples=30, deadline=None)
def test_no_number_and_no_difference_of_reports_is_small(world: World) -> None:
    views = {view: amount.number or 0 for view, amount in seen(world, GROUPS).items()}
    assert not [view for view, number in views.items() if 0 < number < LEAST]
    differences = set()
    for view, number in views.items():
        for some in parts_of(view):
            for size in range(1, len(some) + 1):
                for taken in combinations(some, size):
                    differences.add(number - sum(views.get(each, 0) for each in taken))
    assert not [each for each in differences if each < 0 or 0 < each < LEAST]


def parts_of(view: View) -> list[list[View]]:
    """What may be subtracted from a number: parts of it that have nothing in common."""
    parts = []
    for sites in GROUPS:  # some sites, or they one by one
        if {*sites} < {*view.sites}:
            parts.append([view._replace(sites=sites)])
    parts.append([view._replace(sites=(site,)) for site in view.sites if len(view.sites) > 1])
    if view.of in QUARTERS:
        parts.append([view._replace(of=month) for month in QUARTERS[view.of]])
    if view.of == "year":
        parts.append([view._replace(of=quarter) for quarter in QUARTERS])
        parts.append([view._replace(of=("kind", str(kind))) for kind in KINDS])
    return parts


@given(worlds(SITES[:1]))
@settings(max_examples=15, deadline=None)
def test_of_each_small_number_another_would_have_made_the_same_reports(world: World) -> None:
    assert found(world) == []


def test_not_even_five_months_of_one_are_found() -> None:
    """If noughts were told among what waits, each of four that wait would have to be one."""
    quiet = [0] * MONTHS
    for months in ([1, 1, 1, 1, 1], [0, 1, 3, 0, 5], [4, 0, 0, 1], [2]):
        world = {(SITES[0], kind, cents): quiet for kind, cents in PRODUCTS}
        assert found(world | {(SITES[0], *PRODUCTS[0]): [*months, *quiet[len(months) :]]}) == []


def found(world: World) -> list[tuple[Chain, int]]:
    """Small numbers that no other could be, by any reckoning: no other truth looks alike.

    One site is enough: what a change there does to other reports follows from its own.
    """
    before = seen(world, GROUPS[:1])
    return [
        (which, month)
        for which, months in world.items()
        for month, number in enumerate(months)
        if 0 < number < LEAST
        and not any(
            seen(world | {which: other}, GROUPS[:1]) == before for other in others(months, month)
        )
    ]


def others(months: list[int], month: int) -> Iterator[list[int]]:
    """Other truths: one more or fewer there, and the other way round in a month near it, or not."""
    for place in sorted(range(MONTHS), key=lambda place: abs(place - month)):
        for step in (1, -1):
            other = [*months]
            other[month] += step
            if place != month:
                other[place] -= step
            if min(other) >= 0:
                yield other
