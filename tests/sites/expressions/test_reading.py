"""Reading, writing and checking expressions: what is understood, and what is said of the rest."""

from __future__ import annotations

from datetime import date

import pytest

from comptoir.core.i18n import LANGUAGES, use_language
from comptoir.sites.expressions.checks import expression_problems
from comptoir.sites.expressions.problems import ProblemCode, problem_message
from comptoir.sites.expressions.reading import LONGEST, MOST_RULES, read
from comptoir.sites.expressions.writing import write

TODAY = date(2026, 11, 25)
Code = ProblemCode

LONG = "x" * 121


@pytest.mark.parametrize(
    ("entered", "kept"),
    [
        ("Mo-Fr 09:00-12:00,14:00-17:00", "Mo-Fr 09:00-12:00,14:00-17:00"),
        ("mo,tu,We 9:00–12:00 , 14:00-15:00;", "Mo-We 09:00-12:00,14:00-15:00"),
        ("Sa-Mo 10:00-12:00", "Mo,Sa-Su 10:00-12:00"),
        ("09:00-12:00", "Mo-Su 09:00-12:00"),
        ("24/7", "Mo-Su 00:00-24:00"),
        ("Mo-Fr: 09:00-00:00", "Mo-Fr 09:00-24:00"),
        ("Fr 20:00-02:00", "Fr 20:00-02:00"),
        ("Mo 09:00-12:00 open", "Mo 09:00-12:00"),
        ("Mo-Fr 09:00-12:00; We closed", "Mo-Fr 09:00-12:00; We off"),
        ("jul-aug Mo 8:00-12:00", "Jul-Aug Mo 08:00-12:00"),
        ("Jul 1-Aug 31 Mo 08:00-12:00", "Jul-Aug Mo 08:00-12:00"),
        ("Jul 05-20 Mo 08:00-12:00", "Jul 05-Jul 20 Mo 08:00-12:00"),
        ("Dec 20-Jan 5 Mo 08:00-12:00", "Dec 20-Jan 05 Mo 08:00-12:00"),
        ("Jan,Mar Mo 08:00-12:00", "Jan,Mar Mo 08:00-12:00"),
        ("week 1-53/2 Mo 08:00-12:00", "week 01-53/2 Mo 08:00-12:00"),
        ("Sa[1,-1] 09:00-12:00", "Sa[1,-1] 09:00-12:00"),
        ("Mo-Fr 09:00-12:00; PH 10:00-12:00", "Mo-Fr 09:00-12:00; PH 10:00-12:00"),
        ('Tu unknown "sur  rendez-vous"', 'Tu unknown "sur rendez-vous"'),
        ('Mo 09:00-12:00, We 14:00-16:00 open "Atelier"',) * 2,
        ('Mo-Fr 09:00-12:00; Jul-Aug off "vacances"',) * 2,
        ("", ""),
    ],
)
def test_what_is_understood_is_kept_in_one_form(entered: str, kept: str) -> None:
    assert expression_problems(entered, today=TODAY) == []
    assert write(read(entered).rules) == kept
    assert read(kept).rules == read(entered).rules


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("Mo 09:00-12:00,11:00-13:00", Code.OVERLAP, "11:00-13:00"),
        ("Mo 09:00-12:00, Mo-We 11:00-13:00", Code.OVERLAP, "11:00-13:00"),
        ("Fr 20:00-02:00, Sa 01:00-05:00", Code.OVERLAP, "01:00-05:00"),
        ("Mo 09:00-12:00, Mo unknown", Code.OVERLAP, "Mo unknown"),
        ("Mo 12:00-09:00", Code.ENDS_BEFORE_START, "12:00-09:00"),
        ("Mo 09:00-02:00", Code.ENDS_BEFORE_START, "09:00-02:00"),
        ("Mo 09:00-09:00", Code.ENDS_BEFORE_START, "09:00-09:00"),
        ("09:00-25:00", Code.TIME_OUTSIDE_DAY, "25:00"),
        ("Mo 09:60-10:00", Code.TIME_OUTSIDE_DAY, "09:60"),
        ("Mo 24:00-25:00", Code.TIME_OUTSIDE_DAY, "24:00"),
        ("Mo-Fr 09:00-12:00; Mo 14:00-17:00", Code.REPLACES, "Mo 14:00-17:00"),
        ("Jul Mo 09:00-12:00; Mo 14:00-17:00", Code.REPLACES, "Mo 14:00-17:00"),
        ("Fr 20:00-02:00; Sa 10:00-12:00", Code.REPLACES, "Sa 10:00-12:00"),
        ("Jul-Aug off; Mo 10:00-12:00", Code.REPLACES, "Mo 10:00-12:00"),
        ("Jul Mo 09:00-12:00; Jul-Aug Mo 08:00-10:00", Code.REPLACES, "Jul-Aug Mo 08:00-10:00"),
        ("Jul-Aug off", Code.NEVER_OPEN, "Jul-Aug off"),
        (f'Mo 09:00-12:00 open "{LONG}"', Code.TEXT_TOO_LONG, f'Mo 09:00-12:00 open "{LONG}"'),
        ("Mo ٠٩:٠٠-12:00", Code.TIMES_MISSING, "Mo"),
        ("Mo 09:00-12:00; 24/7 off", Code.NEVER_OPEN, "Mo 09:00-12:00; 24/7 off"),
        ('"sur rendez-vous"', Code.TEXT_ALONE, '"sur rendez-vous"'),
        ('Mo 09:00-12:00 "sonnez"', Code.TEXT_ALONE, '"sonnez"'),
        ("Mo", Code.TIMES_MISSING, "Mo"),
        ("Mo;Tu 10:00-12:00", Code.TIMES_MISSING, "Mo"),
        ('Mo open "Atelier"', Code.TIMES_MISSING, 'Mo open "Atelier"'),
        ("Feb 30 09:00-10:00", Code.DATE_IMPOSSIBLE, "30"),
        ("week 54 Mo 09:00-10:00", Code.DATE_IMPOSSIBLE, "54"),
        ("2027-05-03 off", Code.YEAR, "2027-05-03"),
        ("2027 Mo 09:00-12:00", Code.YEAR, "2027"),
        ("sunrise-sunset", Code.UNSUPPORTED, "sunrise"),
        ("Mo 10:00-12:00 || unknown", Code.UNSUPPORTED, "||"),
        ("Mo 10:00+", Code.UNSUPPORTED, "+"),
        ("Mo 10:00-12:00+", Code.UNSUPPORTED, "+"),
        ("SH off", Code.UNSUPPORTED, "SH"),
        ("Lu-Ve 9h-12h", Code.SYNTAX, "Lu"),
        ("Mo 0900-1200", Code.SYNTAX, "0900"),
        ("Mo 09:00-12:00 14:00-17:00", Code.SYNTAX, "14:00"),
        ("Mo 09:00-", Code.SYNTAX, ""),
        ("Mo 09:00-12:00,", Code.SYNTAX, ""),
        ("Mo[9] 10:00-12:00", Code.SYNTAX, "9"),
        ("Jul 05-Aug Mo 10:00-12:00", Code.SYNTAX, "Aug"),
        ('"', Code.SYNTAX, '"'),
        (";", Code.SYNTAX, ";"),
        (" " * (LONGEST + 1), Code.TOO_LONG, " " * (LONGEST + 1)),
        ("24/7;" * (MOST_RULES + 1), Code.TOO_LONG, "24/7;" * (MOST_RULES + 1)),
    ],
)
def test_what_is_wrong_has_its_code_and_its_place(text: str, code: Code, part: str) -> None:
    [problem] = expression_problems(text, today=TODAY)
    assert (problem.code, text[problem.start : problem.end]) == (code, part)


@pytest.mark.parametrize(
    "text",
    [
        "Mo-Fr 09:00-17:00; We off",
        "Mo-Fr 09:00-17:00; Jul-Aug Mo-Fr 08:00-12:00",
        "Mo-Fr 09:00-17:00; Jul-Aug off; Jul-Aug Mo 08:00-12:00",
        "Mo-Fr 09:00-17:00; Mo[1] 13:00-17:00",
        "Mo-Fr 09:00-17:00, Mo 12:00-13:00 off",
        'Mo-Fr 09:00-17:00, We 14:00-16:00 open "Atelier"',
        "Fr 20:00-02:00, Sa 02:00-05:00",
        "PH,Mo 09:00-12:00; PH 10:00-12:00",
        "unknown",
        "Mo unknown",
        'We 14:00-16:00 open "Atelier"',
    ],
)
def test_what_is_meant_is_no_problem(text: str) -> None:
    assert expression_problems(text, today=TODAY) == []


def test_each_problem_is_said_in_each_language() -> None:
    text = "Mo-Fr 09:00-12:00; Mo 14:00-17:00"
    [problem] = expression_problems(text, today=TODAY)
    said = set()
    for language in LANGUAGES:
        with use_language(language):
            said.add(problem_message(problem, text))
    assert len(said) == len(LANGUAGES)
    assert all("Mo 14:00-17:00" in sentence for sentence in said)
    assert any("lundi" in sentence for sentence in said)


@pytest.mark.parametrize("year", [2025, 2028, 2097])
def test_a_leap_day_opens_the_door_whenever_the_next_one_is(year: int) -> None:
    assert expression_problems("Feb 29 10:00-12:00", today=date(year, 3, 1)) == []
