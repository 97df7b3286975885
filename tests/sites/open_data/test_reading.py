"""A file of the ANCT as sites, and whatever may be wrong with it: line, column, what to do."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from comptoir.core.ids import new_id
from comptoir.sites.open_data.anct_reading import Reading, read_anct
from comptoir.sites.open_data.anct_terms import COLUMNS, REQUIRED
from tests.sites.open_data.files import ROW, file_of, row, text_of

ORGANISATION = new_id()
#: The official example, where it lies beside the project.
EXAMPLE = Path(__file__).parents[4] / "shared/data/anct-places/example-valid.csv"


def reading(content: bytes) -> Reading:
    return read_anct(content, ORGANISATION, today=date(2026, 11, 24))


def problems(content: bytes) -> list[tuple[int, str, str]]:
    found = reading(content).problems
    assert all(problem.message for problem in found)
    return [(each.line, each.column, each.code) for each in found]


def values_of(**cells: str) -> dict[str, Any]:
    read = reading(file_of({**ROW, **cells}))
    assert read.problems == []
    return read.sites[0].values


def test_a_row_becomes_a_site() -> None:
    values = values_of()
    expected = {
        "organisation": ORGANISATION,
        "name": "Médiathèque Élan",
        "short_name": "Reims",
        "street": "12 rue de Mars",
        "region": "51",
        "country": "FR",
        "time_zone": "Europe/Paris",
        "phone": "+33180059880",
        "email": "elan@example.org",
        "kind": "library",
        "offers": "first-steps digital-skills-workshop",
        "audiences": "young-people women",
        "cost": "free-on-conditions",
        "languages": "fr en",
        "visits": "walk-in",
        "latitude": 49.25,
        "published": False,
        "anct_id": "structure-1",
        "pivot": "43493312300029",
        "opening_hours": "Mo-Fr 09:00-12:00,14:00-18:30; PH off",
    }
    assert {name: values[name] for name in expected} == expected


def test_an_overseas_site_has_the_time_of_its_island() -> None:
    assert values_of(code_postal="97400")["time_zone"] == "Indian/Reunion"


def test_fourteen_zeros_are_no_number() -> None:
    assert values_of(pivot="0" * 14)["pivot"] == ""


def test_what_is_added_to_the_address_is_kept() -> None:
    assert values_of(complement_adresse="2e étage")["street"] == "12 rue de Mars, 2e étage"


@pytest.mark.skipif(not EXAMPLE.exists(), reason="the official example is not there")
def test_the_official_example_is_read() -> None:
    read = reading(EXAMPLE.read_bytes())
    assert read.problems == []
    assert [site.anct_id for site in read.sites] == ["structure-1"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_spreadsheets_write_files_in_many_ways(encoding: str, separator: str) -> None:
    content = text_of([ROW], separator=separator).encode(encoding)
    read = reading(content)
    assert read.problems == []
    assert read.sites[0].values["name"] == "Médiathèque Élan"


@pytest.mark.parametrize("column", REQUIRED)
def test_what_is_required_is_asked_for(column: str) -> None:
    wrong = problems(file_of(row(1), row(2, **{column: " "})))
    assert wrong == [(3, column, "sites.import-cell-missing")]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"pivot": "12-34"}, "sites.import-pivot-invalid"),
        ({"code_postal": "1000"}, "sites.import-postcode-invalid"),
        ({"date_maj": "02/04/2024"}, "sites.import-date-invalid"),
        ({"date_maj": "2024-02-30"}, "sites.import-date-invalid"),
        ({"latitude": "nord"}, "sites.import-degrees-invalid"),
        ({"latitude": "nan"}, "sites.import-degrees-invalid"),
        ({"latitude": "95"}, "sites.latitude-out-of-range"),
        ({"longitude": ""}, "sites.coordinates-incomplete"),
        ({"telephone": "12"}, "sites.phone-invalid"),
        ({"courriels": "personne"}, "sites.email-invalid"),
        ({"services": "Prêt de matériel"}, "sites.import-word-unknown"),
        ({"frais_a_charge": "Gratuit|1 €"}, "sites.import-word-unknown"),
        ({"nom": "=1+1"}, "sites.import-formula"),
        ({"nom": "\t@SUM(A1)"}, "sites.import-formula"),
        ({"commune": '=HYPERLINK("http://evil.example")'}, "sites.import-formula"),
        ({"adresse": "rue\0"}, "sites.import-cell-unfit"),
        ({"nom": "N" * 121}, "sites.name-too-long"),
        ({"id": "x" * 101}, "sites.import-id-too-long"),
    ],
)
def test_a_wrong_cell_is_named(cells: dict[str, str], code: str) -> None:
    column = "longitude" if code == "sites.coordinates-incomplete" else next(iter(cells))
    assert problems(file_of(row(1), row(2, **cells))) == [(3, column, code)]


@pytest.mark.parametrize("hours", ["09:00-25:00", "Mo-Fr 9h-12h", "Mo off", "Mo 12:00-09:00"])
def test_hours_that_make_no_sense_are_named(hours: str) -> None:
    [(line, column, _code)] = problems(file_of(row(1), row(2, horaires=hours)))
    assert (line, column) == (3, "horaires")


def test_an_id_that_comes_twice_is_named_with_the_first_line() -> None:
    content = file_of(row(1), row(2), row(1))
    assert problems(content) == [(4, "id", "sites.import-id-twice")]
    assert "2" in reading(content).problems[0].message


def test_all_that_is_wrong_is_said_at_once() -> None:
    miscounted = b"structure-9;x\r\n"
    wrong = row(
        2,
        id="",
        code_postal="?",
        latitude="nord",
        telephone="12",
        horaires="09:00-25:00",
        services="Danse",
    )
    content = file_of(row(1, nom="N" * 121, pivot="-"), wrong, row(3, id="")) + miscounted
    assert problems(content + b'"x') == [
        (2, "pivot", "sites.import-pivot-invalid"),
        (2, "nom", "sites.name-too-long"),
        (3, "id", "sites.import-cell-missing"),
        (3, "code_postal", "sites.import-postcode-invalid"),
        (3, "latitude", "sites.import-degrees-invalid"),
        (3, "telephone", "sites.phone-invalid"),
        (3, "horaires", "sites.span-outside-day"),
        (3, "services", "sites.import-word-unknown"),
        (4, "id", "sites.import-cell-missing"),
        (5, "", "sites.import-cells-miscounted"),
        (6, "", "sites.import-line-unreadable"),
    ]


def test_lines_are_those_of_the_file_though_a_cell_goes_over_several() -> None:
    content = file_of(row(1, presentation_detail="un\ndeux\ntrois"), {}, row(2, pivot="?"))
    assert problems(content) == [(6, "pivot", "sites.import-pivot-invalid")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "sites.import-columns-missing"),
        (b"name,city\nDesk,Reims\n", "sites.import-columns-missing"),
        (b"\xff\xfe\x00\xd8 half a letter", "sites.import-not-csv"),
        (file_of(), "sites.import-empty"),
        (file_of({}, {}), "sites.import-empty"),
        (b"PK\x03\x04 a spreadsheet", "sites.import-not-csv"),
        (b"\x81\x8d\x8f", "sites.import-not-csv"),
        (b"nom," + file_of(ROW), "sites.import-column-twice"),
    ],
)
def test_what_is_no_such_file_is_said_once(content: bytes, code: str) -> None:
    [(line, _column, found)] = problems(content)
    assert (line, found) == (1, code)


def test_a_line_of_a_megabyte_and_a_lost_quotation_mark_end_the_reading() -> None:
    header = ",".join(COLUMNS).encode() + b"\r\n"
    for line in (b'"' + b"x" * 1_000_000 + b'"', b'"x', b'a"b",c"'):
        read = reading(header + line + b"\r\n")
        assert read.sites == []
        assert [each.line for each in read.problems] == [2]
    read = reading(header + b"," * 1_000_000 + b"x\r\n")
    assert [each.code for each in read.problems] == ["sites.import-cells-miscounted"]


def test_the_readers_own_limit_is_left_as_it_is() -> None:
    reading(file_of(ROW))
    assert csv.field_size_limit() == 131072
