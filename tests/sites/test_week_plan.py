"""The weekly grid and the expression it makes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comptoir.sites.expressions.checks import expression_problems
from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.expressions.model import DateRange, MonthDay
from comptoir.sites.opening_hours import END_OF_DAY, ONE_DAY
from comptoir.sites.week_plan import GridSpan, HoursPlan, SeasonPlan, ServicePlan

SUMMER = DateRange(MonthDay(7, 1), MonthDay(8, 31))
MORNINGS = tuple(GridSpan(day, 540, 720) for day in range(5))


@pytest.mark.parametrize(
    ("plan", "text"),
    [
        (HoursPlan(), ""),
        (HoursPlan(MORNINGS), "Mo-Fr 09:00-12:00"),
        (
            HoursPlan((*MORNINGS, GridSpan(1, 840, 1020), GridSpan(5, 600, 720))),
            "Mo,We-Fr 09:00-12:00; Tu 09:00-12:00,14:00-17:00; Sa 10:00-12:00",
        ),
        (
            HoursPlan((*MORNINGS, GridSpan(0, 840, 1020, by_appointment=True))),
            'Mo-Fr 09:00-12:00, Mo 14:00-17:00 unknown "sur rendez-vous"',
        ),
        (
            HoursPlan((GridSpan(4, 1200, 1560), GridSpan(5, 600, 720))),
            "Fr 20:00-02:00, Sa 10:00-12:00",
        ),
        (
            HoursPlan(MORNINGS, (SeasonPlan(SUMMER),)),
            "Mo-Fr 09:00-12:00; Jul-Aug off",
        ),
        (
            HoursPlan(MORNINGS, (SeasonPlan(SUMMER, (), "Vacances"),)),
            'Mo-Fr 09:00-12:00; Jul-Aug off "Vacances"',
        ),
        (
            HoursPlan(MORNINGS, (SeasonPlan(SUMMER, (GridSpan(0, 480, 600),), "Été"),)),
            'Mo-Fr 09:00-12:00; Jul-Aug off "Été"; Jul-Aug Mo 08:00-10:00',
        ),
        (
            HoursPlan(MORNINGS, (SeasonPlan(SUMMER, (GridSpan(0, 480, 600),)),)),
            "Mo-Fr 09:00-12:00; Jul-Aug off; Jul-Aug Mo 08:00-10:00",
        ),
        (
            HoursPlan(MORNINGS, (), (ServicePlan("Atelier", (GridSpan(2, 840, 960),)),)),
            'Mo-Fr 09:00-12:00, We 14:00-16:00 open "Atelier"',
        ),
    ],
)
def test_grid_makes_an_expression_and_shows_it_again(plan: HoursPlan, text: str) -> None:
    assert plan.expression("fr") == text
    spans = tuple(sorted(plan.spans))
    assert HoursPlan.of(text) == HoursPlan(spans, plan.seasons, plan.services)


@pytest.mark.parametrize(
    "text",
    [
        "Sa[1] 09:00-12:00",
        "week 01-53/2 Mo 09:00-12:00",
        "Mo-Fr 09:00-12:00; PH 10:00-12:00",
        "Jan,Mar Mo 09:00-12:00",
        'Mo 09:00-12:00 unknown "sonnez deux fois"',
        "Mo-Fr 09:00-17:00; week 53 Mo off",  # no such Monday for years
        "Mo-Fr 09:00-17:00; Feb Mo[5] off",
        "Mo-Fr 09:00-12:00; Jul 14 Mo[2] off",
        f'Mo 09:00-12:00; Jul-Aug off "{"x" * 61}"',
        f'Mo 09:00-12:00, We 09:00-12:00 open "{"x" * 61}"',
        "Mo " + ",".join(f"{hour:02}:00-{hour:02}:30" for hour in range(8, 15)),
        "Mo 12:00-06:00, Mo 12:00-02:00 off",
        "Mo 09:00-12:00; " + "; ".join(f"Mar {day:02} Mo 10:00-12:00" for day in range(1, 14)),
    ],
)
def test_what_the_grid_cannot_say_is_left_to_the_expression(text: str) -> None:
    assert HoursPlan.of(text) is None


def test_holidays_that_are_shut_anyway_need_no_saying() -> None:
    assert HoursPlan.of("Mo-Fr 09:00-12:00; PH off") == HoursPlan(MORNINGS)


@st.composite
def weeks(draw: st.DrawFn) -> tuple[GridSpan, ...]:
    spans = []
    for weekday in draw(st.sets(st.integers(0, 6))):
        edges = sorted(draw(st.sets(st.integers(0, END_OF_DAY), min_size=2, max_size=6)))
        for opens, closes in zip(edges[::2], edges[1::2], strict=False):
            spans.append(GridSpan(weekday, opens, closes, draw(st.booleans())))
    return tuple(sorted(spans))


@st.composite
def plans(draw: st.DrawFn) -> HoursPlan:
    """Any grid: a week, seasons apart from each other, services."""
    edges = sorted(
        draw(st.sets(st.dates(date(2028, 1, 1), date(2028, 12, 31)), min_size=0, max_size=4))
    )
    seasons = tuple(
        SeasonPlan(
            DateRange(MonthDay(a.month, a.day), MonthDay(b.month, b.day)),
            draw(weeks()),
            draw(st.sampled_from(["", "Été", "Vacances"])),
        )
        for a, b in zip(edges[::2], edges[1::2], strict=False)
    )
    services = tuple(
        ServicePlan(name, (GridSpan(draw(st.integers(0, 6)), 840, 960),))
        for name in draw(st.sets(st.sampled_from(["Atelier", "Impression"])))
    )
    return HoursPlan(draw(weeks()), seasons, services)


@given(plans(), st.dates(date(2026, 1, 1), date(2030, 1, 1)))
def test_each_day_is_as_the_grid_says(plan: HoursPlan, day: date) -> None:
    season = next((each for each in plan.seasons if day in each.dates), None)
    spans = season.spans if season else plan.spans
    expected = [
        (each.opens, each.closes, "by-appointment" if each.by_appointment else "open")
        for each in spans
        if each.weekday == day.weekday()
    ] + [
        (each.opens, each.closes, "service")
        for service in plan.services
        for each in service.spans
        if each.weekday == day.weekday()
    ]
    found = Hours.of(plan.expression("de")).on(day).pieces
    assert sorted((each.opens, each.closes, each.effect) for each in found) == sorted(expected)


@settings(max_examples=25)  # each looks at two years
@given(plans())
def test_any_grid_is_sound_and_comes_back(plan: HoursPlan) -> None:
    text = plan.expression("it")
    problems = expression_problems(text, today=date(2026, 11, 25))
    assert {problem.code for problem in problems} <= {"sites.hours-never-open"}
    again = HoursPlan.of(text)
    assert again is not None
    assert all(
        Hours.of(again.expression("it")).on(day) == Hours.of(text).on(day)
        for day in (date(2027, 1, 1) + number * ONE_DAY for number in range(0, 731, 13))
    )
