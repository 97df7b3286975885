"""Dates as operators write them, whichever spreadsheet they went through."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.inventory.vouchers.activations.dates import Said, read_days

ZONE = "Europe/Zurich"
THIRD = date(2026, 11, 3)


@pytest.mark.parametrize(
    "cell",
    ["2026-11-03", "20261103", "2026/11/03", "03.11.2026", "3.11.2026", "3/11/26", "03-11-2026"],
)
def test_a_day_is_read_however_it_is_written(cell: str) -> None:
    assert read_days([cell], ZONE) == [Said(THIRD)]


@pytest.mark.parametrize(
    "cell",
    [
        "2026-11-03 14:22",
        "2026-11-03T14:22:00",
        "2026-11-03T13:22:00Z",
        "2026-11-03T15:22:00.250+02:00",
        "20261103142200",
        "03.11.2026 14:22",
        "3.11.26, 2:22 PM",
        "03/11/2026 14h22",
    ],
)
def test_a_moment_is_on_the_operators_clock_or_has_its_offset(cell: str) -> None:
    [said] = read_days([cell], ZONE)
    assert said
    assert said.moment
    assert said.day == THIRD
    assert said.moment.astimezone(UTC) == datetime(2026, 11, 3, 13, 22, tzinfo=UTC)


def test_the_day_of_a_moment_is_the_operators() -> None:
    [said] = read_days(["2026-11-03T23:30:00Z"], ZONE)
    assert said
    assert said.day == date(2026, 11, 4)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "soon",
        "2026-13-01",
        "31.02.2026",
        "8941030012345678904",
        "46329",
        "2026-11-03 25:00",
        "2026-11-03 13:00 PM",
        "2026-11-03T10:00+99:00",
        "0000-01-01",
        "=2026-11-03",
        "٣.١١.٢٠٢٦",
    ],
)
def test_what_is_no_date_is_none(cell: str) -> None:
    assert read_days([cell], ZONE) == [None]


def test_the_month_comes_first_only_where_the_whole_column_says_so() -> None:
    assert read_days(["11/03/2026", "11/23/2026"], ZONE) == [Said(THIRD), Said(date(2026, 11, 23))]
    assert read_days(["03/11/2026", "11/23/2026", "23/11/2026"], ZONE) == [
        Said(THIRD),
        None,
        Said(date(2026, 11, 23)),
    ]


@given(st.lists(st.text(st.sampled_from("0123456789.-/: TZ+apm"), max_size=24), max_size=5))
def test_any_cell_is_a_date_or_none(cells: list[str]) -> None:
    assert len(read_days(cells, ZONE)) == len(cells)


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_was_written_is_read(moment: datetime) -> None:
    written = [f"{moment:%d.%m.}{moment.year:04}", moment.isoformat(timespec="seconds")]
    day, full = read_days(written, "UTC")
    assert day == Said(moment.date())
    assert full
    assert full.moment
    assert abs(full.moment - moment) < timedelta(seconds=1)
