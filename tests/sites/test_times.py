"""Times of the clock as people write them."""

from __future__ import annotations

import pytest

from comptoir.core.errors import Invalid
from comptoir.sites.opening_hours import Times
from comptoir.sites.times import read_time, read_times, tidied

FIELDS = ("opens", "closes")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("9", 540),
        ("09", 540),
        ("9h", 540),
        ("9 H", 540),
        ("9 Uhr", 540),
        ("9h30", 570),
        ("9 h 30", 570),
        ("9.30", 570),
        ("9.30 Uhr", 570),
        ("9 Uhr 30", 570),
        ("930", 570),
        ("0930", 570),
        ("09:00", 540),
        (" 9:05 ", 545),
        ("0", 0),
        ("24:00", 1440),
        ("24:01", None),
        ("25", None),
        ("10:60", None),
        ("9:3", None),
        ("-9", None),
        ("90930", None),
        ("٩", None),
        ("midi", None),
        ("", None),
    ],
)
def test_a_time_is_read(text: str, minutes: int | None) -> None:
    assert read_time(text) == minutes


@pytest.mark.parametrize(
    ("opens", "closes", "wrong"),
    [
        ("09:00", "", [("closes", "sites.time-missing")]),
        ("", "12", [("opens", "sites.time-missing")]),
        ("25:00", "12", [("opens", "sites.time-impossible")]),
        ("9", "12:75", [("closes", "sites.time-impossible")]),
        (
            "early",
            "26h",
            [("opens", "sites.time-invalid"), ("closes", "sites.time-impossible")],
        ),
    ],
)
def test_what_is_wrong_with_a_time_is_said_at_its_field(
    opens: str, closes: str, wrong: list[tuple[str, str]]
) -> None:
    with pytest.raises(Invalid) as refused:
        read_times(opens, closes, FIELDS)
    assert [(each.field, each.code) for each in refused.value.errors] == wrong


@pytest.mark.parametrize(
    ("opens", "closes", "times"),
    [
        ("9", "12h30", Times(540, 750)),
        ("20", "2", Times(1200, 1560)),
        ("9", "0", Times(540, 1440)),
        ("9", "24:00", Times(540, 1440)),
        ("12", "9", Times(720, 540)),  # for the rules of hours to refuse
    ],
)
def test_two_times_are_hours(opens: str, closes: str, times: Times) -> None:
    assert read_times(opens, closes, FIELDS) == times


def test_a_time_is_shown_as_a_field_has_it() -> None:
    assert [tidied(text) for text in ("9h", "24:00", "midi", "")] == ["09:00", "00:00", "midi", ""]
