"""The form of opening hours by itself: what was typed, its buttons, and what it makes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from comptoir.core.errors import Invalid
from comptoir.core.web.forms import FormData
from comptoir.sites.expressions.checks import expression_problems
from comptoir.sites.hours_form import HoursForm, PartForm
from comptoir.sites.week_form import Pair, WeekForm
from comptoir.sites.week_plan import GridSpan, HoursPlan
from tests.sites.expressions.made_up import TODAY, expressions, is_same_calendar


def form_of(values: dict[str, str]) -> HoursForm:
    return HoursForm.of(FormData({name: [value] for name, value in values.items()}))


def spans_of_one_day(count: int) -> dict[str, str]:
    times = {f"opens_2_{place}": f"{place + 8:02}:00" for place in range(count)}
    return times | {f"closes_2_{place}": f"{place + 8:02}:30" for place in range(count)}


def test_more_hours_than_a_day_has_room_for_are_refused_and_kept() -> None:
    assert len(form_of(spans_of_one_day(6)).plan().spans) == 6
    form = form_of(spans_of_one_day(7))
    assert form.week.days[2][6] == Pair("14:00", "14:30")
    with pytest.raises(Invalid) as refused:
        form.plan()
    [error] = refused.value.errors
    assert (error.code, error.field) == ("sites.too-many-spans", "opens_2_6")
    with pytest.raises(Invalid) as full:
        form_of(spans_of_one_day(6)).pressed(FormData({"more": ["2"]}))
    assert [each.code for each in full.value.errors] == ["sites.too-many-spans"]


@pytest.mark.parametrize("kind", ["s", "v"])
def test_more_seasons_or_services_than_there_may_be_are_refused_and_kept(kind: str) -> None:
    def sent(count: int) -> dict[str, str]:
        values: dict[str, str] = {}
        for number in range(count):
            at = f"{kind}{number}_"
            days = {"first_day": f"{number + 1}", "last_day": f"{number + 1}"}
            months = {"first_month": "3", "last_month": "3"}
            hours = {"opens_0_0": "9", "closes_0_0": "12", "name": f"N {number}"}
            values |= {at + name: value for name, value in (days | months | hours).items()}
        return values

    assert form_of(sent(12)).plan()
    with pytest.raises(Invalid) as refused:
        form_of(sent(13)).plan()
    codes = [(each.code, each.field) for each in refused.value.errors]
    assert codes == [("sites.too-many-parts", f"{kind}12_first_day")]
    add = FormData({"add": ["season" if kind == "s" else "service"]})
    with pytest.raises(Invalid):
        form_of(sent(12)).pressed(add)
    assert form_of(sent(11)).pressed(add)


@pytest.mark.parametrize(
    ("entered", "code", "field"),
    [
        (
            {"s0_first_day": "31", "s0_first_month": "6"},
            "sites.season-date-invalid",
            "s0_first_day",
        ),
        ({"s0_last_day": ""}, "sites.season-date-invalid", "s0_last_day"),
        ({"s0_last_day": "9" * 21}, "sites.season-date-invalid", "s0_last_day"),
        ({"s1_last_month": "8"}, "sites.seasons-overlap", "s1_first_day"),
        ({"v0_name": " "}, "sites.service-name-invalid", "v0_name"),
        ({"v0_opens_0_0": "", "v0_closes_0_0": ""}, "sites.service-hours-missing", "v0_opens_0_0"),
        (
            {"s0_opens_0_0": "12:00", "s0_closes_0_0": "09:00"},
            "sites.span-ends-before-start",
            "s0_opens_0_0",
        ),
    ],
)
def test_what_is_wrong_with_a_part_is_named_where_it_is(
    entered: dict[str, str], code: str, field: str
) -> None:
    sent = {
        "s0_first_day": "1",
        "s0_first_month": "7",
        "s0_last_day": "31",
        "s0_last_month": "8",
        "s1_first_day": "20",
        "s1_first_month": "12",
        "s1_last_day": "5",
        "s1_last_month": "1",
        "v0_first_day": "",
        "v0_name": "Atelier",
        "v0_opens_0_0": "14:00",
        "v0_closes_0_0": "16:00",
    }

    assert form_of(sent).plan().seasons
    with pytest.raises(Invalid) as refused:
        form_of(sent | entered).plan()
    assert [(each.code, each.field) for each in refused.value.errors] == [(code, field)]


@settings(max_examples=40)
@given(expressions())
def test_the_drawn_form_of_any_expression_means_the_same(text: str) -> None:
    plan = HoursPlan.of(text)
    if plan is None:
        return  # the page has the field of the expression alone
    form = HoursForm.of_plan(plan)
    fields: dict[str, str] = {}
    parts: tuple[PartForm, ...] = (*form.seasons, *form.services)
    for week in (form.week, *(part.week for part in parts)):
        for day, pairs in enumerate(week.days):
            for place, pair in enumerate(pairs):
                fields[f"{week.prefix}opens_{day}_{place}"] = pair.opens
                fields[f"{week.prefix}closes_{day}_{place}"] = pair.closes
                if pair.by_appointment:
                    fields[f"{week.prefix}appointment_{day}_{place}"] = "yes"
    for part in parts:
        fields[f"{part.prefix}name"] = part.name
        names = ("first_day", "first_month", "last_day", "last_month")
        for name, value in zip(names, part.dates, strict=True):
            fields[part.prefix + name] = value
    again = form_of(fields)
    assert again == form
    saved = again.plan().expression("de")
    assert expression_problems(saved, today=TODAY) == []
    assert is_same_calendar(saved, text)


def test_a_week_is_shown_as_it_is_kept() -> None:
    spans = (
        GridSpan(0, 540, 720),
        GridSpan(0, 780, 1020, by_appointment=True),
        GridSpan(0, 1080, 1560),
        GridSpan(6, 0, 1440),
    )
    assert WeekForm.of_spans(spans).spans() == spans
