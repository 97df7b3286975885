"""A file of the operator's is read row by row, whatever made it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from comptoir.core.text_files import text_of
from comptoir.inventory.vouchers.activations.dates import Said
from comptoir.inventory.vouchers.activations.reading import (
    OperatorFile,
    ReadFile,
    Row,
    read,
    table_of,
)
from comptoir.inventory.vouchers.activations.reasons import Left, Reason
from comptoir.inventory.vouchers.errors import VouchersInvalid
from comptoir.inventory.vouchers.schemas import MOST_AT_ONCE

FIRST, SECOND, THIRD = "8941030012345678904", "8941030012345678912", "8941030012345678920"
FILE = (
    "ICCID;Statut;Date d'activation;Montant\r\n"
    f"{FIRST};Activée;03.11.2026;=1+1\r\n"
    f'"{SECOND}";Suspendue;;19,90\r\n'
    f'="{THIRD}";activee;le 3 novembre;\r\n'
)


def guessed(text: str) -> ReadFile:
    """What the page makes of a file before anybody says more."""
    table = table_of(text)
    columns = {place: column.field for place, column in enumerate(table.columns)}
    return read(OperatorFile(text, columns, table.named), "Europe/Zurich")


@pytest.mark.parametrize(
    "content",
    [
        FILE.encode(),
        FILE.encode("utf-8-sig"),
        FILE.encode("utf-16"),
        FILE.encode("utf-16-le"),
        FILE.encode("windows-1252"),
        FILE.replace("\r\n", "\n").encode(),
        FILE.replace(",", ".").replace(";", ",").encode(),
        FILE.replace(";", "\t").encode(),
    ],
)
def test_the_columns_are_guessed_and_the_rows_read(content: bytes) -> None:
    found = guessed(text_of(content))
    assert found.rows == [Row(2, FIRST, None, Said(date(2026, 11, 3)))]
    assert found.left == [Left(4, Reason.DAY_UNREADABLE)]
    assert found.others == 1


def test_a_file_without_names_is_known_by_its_numbers_and_dates() -> None:
    found = guessed(f"{FIRST};2026-11-03\n{SECOND};\n")
    assert [row.code for row in found.rows] == [FIRST]
    assert found.others == 1  # no date: not in use yet


@pytest.mark.parametrize(
    "text",
    [
        "8941030012345678904;activated\n8941030012345678912;suspended\n",
        "KQ7X-4455;activated\nKQ7X-4466;activated\n",
        "KQ7X-4455;active;24.11.2026\nKQ7X-4466;suspended;\n",
    ],
)
def test_a_voucher_in_the_first_line_is_not_taken_for_names(text: str) -> None:
    table = table_of(text)
    assert not table.named
    assert not any(column.name in text for column in table.columns)


def test_without_a_date_it_is_in_use_from_now_and_with_a_state_a_date_is_needed() -> None:
    assert guessed(f"ICCID\n{FIRST}\n").rows == [Row(2, FIRST)]
    missing = guessed(f"ICCID;State;Date\n{FIRST};active;\n")
    assert missing.left == [Left(2, Reason.DAY_MISSING)]


def test_our_own_number_of_a_voucher_will_do() -> None:
    own = UUID(int=7)
    assert guessed(f"Comptoir\n{own}\nabc\n").rows == [Row(2, "", own), Row(3, "", None)]


def test_lines_that_a_spreadsheet_broke_are_left_out_by_reason() -> None:
    found = guessed(f"ICCID;Date\n8,94103E+18;2026-11-03\n{FIRST}\n{SECOND};2026-11-03\n")
    assert found.left == [Left(2, Reason.ROUNDED), Left(3, Reason.CELLS)]
    assert [row.line for row in found.rows] == [4]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Name;Date\na;2026-11-03\n", "column-missing"),
        (f'ICCID;Date\n{FIRST};"2026-11-03\n', "line-unreadable"),
        ("ICCID\n" + f"{FIRST}\n" * (MOST_AT_ONCE + 1), "too-many-vouchers"),
        ("ICCID;State\n" + "".join(f"{FIRST};{each}\n" for each in range(30)), "states-too-many"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_as_a_whole(text: str, code: str) -> None:
    with pytest.raises(VouchersInvalid) as refused:
        guessed(text)
    assert [each.code for each in refused.value.errors] == [f"inventory.{code}"]


def test_a_row_says_nothing_of_itself() -> None:
    assert FIRST not in repr(guessed(FILE))
    assert FIRST not in repr(OperatorFile(FILE))
