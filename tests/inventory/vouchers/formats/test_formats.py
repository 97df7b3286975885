"""Files of each system, in the form that it documents: read, told apart, and refused by line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.core.text_files import NoText, text_of
from comptoir.inventory.vouchers import formats
from comptoir.inventory.vouchers.formats import FileFormat, mapped_csv
from comptoir.inventory.vouchers.formats.reading import Reading
from comptoir.inventory.vouchers.sealing import Secret
from tests.inventory.vouchers.formats import samples

UNIFI_CODES = [Secret("12345-67890"), Secret("23456-78901"), Secret("34567-89012")]
FILES = {
    "unifi": (FileFormat.UNIFI, samples.UNIFI, UNIFI_CODES),
    "unifi, a table": (FileFormat.UNIFI, samples.UNIFI_TABLE, UNIFI_CODES),
    "pfsense": (
        FileFormat.PFSENSE,
        samples.PFSENSE,
        [Secret("7ZhkTm2wRb8"), Secret("qLfVdxN45sp"), Secret("Gs3Rv8JtmYc")],
    ),
    "opnsense": (
        FileFormat.OPNSENSE,
        samples.OPNSENSE,
        [
            Secret("P,q;8", user="jh7!kd"),
            Secret("tR5=mm", user="w2zn9x"),
            Secret("=u9e4k", user="+aa41c"),
        ],
    ),
    "openwisp": (
        FileFormat.OPENWISP,
        samples.OPENWISP,
        [
            Secret("Zebra-81", user="gast-001"),
            Secret("Lampe-27", user="gast-002"),
            Secret("Wolke-93", user="gast-003"),
        ],
    ),
    "mikrotik": (
        FileFormat.MIKROTIK,
        samples.MIKROTIK,
        [Secret("kx71ab"), Secret('p "q" $1', user="guest2"), Secret("77812")],
    ),
    "mikrotik, detail": (
        FileFormat.MIKROTIK,
        samples.MIKROTIK_DETAIL,
        [Secret("kx71ab"), Secret("secret9", user="guest2")],
    ),
    "mikrotik, printed": (
        FileFormat.MIKROTIK,
        samples.MIKROTIK_TABLE,
        [Secret("kx71ab"), Secret("guest2")],
    ),
    "mikrotik, terse": (
        FileFormat.MIKROTIK,
        samples.MIKROTIK_TERSE,
        [Secret("kx71ab"), Secret("secret9", user="guest2")],
    ),
    "opnsense, with an end": (
        FileFormat.OPNSENSE,
        samples.OPNSENSE_EXPIRY,
        [Secret('K"4n', user="jh7!kd"), Secret("tR5=mm", user="w2zn9x")],
    ),
    "unifi, all columns": (FileFormat.UNIFI, samples.UNIFI_COLUMNS, UNIFI_CODES),
    "any csv": (FileFormat.CSV, samples.CODES, [Secret("ZZ41-77AA", user="Zoé"), Secret("ZZ42")]),
}
#: Of any CSV: what its columns are.
COLUMNS = {0: "code", 1: "user"}
ENCODINGS = {
    "utf-8": lambda text: text.encode(),
    "utf-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16 of the other order": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "utf-16 little, without a mark": lambda text: text.encode("utf-16-le"),
    "utf-16 big, without a mark": lambda text: text.encode("utf-16-be"),
    "windows-1252": lambda text: text.encode("windows-1252"),
    "latin-1": lambda text: text.encode("latin-1"),
}


def codes(reading: Reading) -> list[str]:
    return [each.code.removeprefix("inventory.") for each in reading.problems]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_in_whichever_encoding(name: str, ends: str, encoding: str) -> None:
    file_format, text, secrets = FILES[name]
    read = text_of(ENCODINGS[encoding](text.replace("\n", ends)))
    assert formats.seems(read) is file_format
    reading = formats.read(read, file_format, COLUMNS, named=True)
    assert [entry.secret for entry in reading.entries] == secrets
    assert reading.problems == []


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("separator", [";", "\t"], ids=["semicolon", "tab"])
@pytest.mark.parametrize(
    "name",
    [
        "unifi, a table",
        "unifi, all columns",
        "opnsense",
        "opnsense, with an end",
        "openwisp",
        "any csv",
    ],
)
def test_the_separator_does_not_matter(name: str, separator: str, ends: str, encoding: str) -> None:
    file_format, text, secrets = FILES[name]
    quoted = text.replace("P,q;8", "PQ").replace(",", separator).replace("\n", ends)
    read = text_of(ENCODINGS[encoding](quoted))
    assert formats.seems(read) is file_format
    reading = formats.read(read, file_format, COLUMNS, named=True)
    assert [entry.secret.user for entry in reading.entries] == [each.user for each in secrets]
    assert reading.problems == []


def test_lines_are_those_of_the_file() -> None:
    reading = formats.read(samples.PFSENSE, FileFormat.PFSENSE, {}, named=False)
    assert [entry.line for entry in reading.entries] == [8, 9, 10]
    reading = formats.read(samples.MIKROTIK, FileFormat.MIKROTIK, {}, named=False)
    assert [entry.line for entry in reading.entries] == [7, 8, 10]
    two_lines = samples.OPNSENSE.replace("20261124101200", "2026\n1124", 1)
    reading = formats.read(two_lines, FileFormat.OPNSENSE, {}, named=False)
    assert [entry.line for entry in reading.entries] == [2, 4, 5]


@pytest.mark.parametrize(
    ("file_format", "text", "line", "code"),
    [
        (FileFormat.UNIFI, samples.UNIFI + "hello\n", 4, "unifi-code"),
        (FileFormat.PFSENSE, samples.PFSENSE + '" a b c d "\n', 11, "pfsense-code"),
        (FileFormat.OPNSENSE, samples.OPNSENSE + '"a","b"\n', 5, "cells-miscounted"),
        (FileFormat.OPNSENSE, samples.OPNSENSE + '"a","b\n', 5, "line-unreadable"),
        (FileFormat.OPNSENSE, samples.OPNSENSE.replace("w2zn9x", "8.94E+18"), 3, "number-rounded"),
        (FileFormat.OPNSENSE, "username,code\na,b\n", 1, "columns-missing"),
        (FileFormat.OPENWISP, samples.OPENWISP + "a,b,c\n", 4, "cells-miscounted"),
        (
            FileFormat.OPENWISP,
            samples.OPENWISP + "x,pbkdf2_sha256$100$salt$hash=,x@example.org,X,Y\n",
            4,
            "password-unreadable",
        ),
        (
            FileFormat.OPENWISP,
            samples.OPENWISP + ",cleartext$salt,x@example.org,X,Y\n",
            4,
            "name-missing",
        ),
        (FileFormat.OPENWISP, "a@example.org,gast,cleartext$x,A,B\n" * 3, 1, "columns-swapped"),
        (FileFormat.MIKROTIK, "/ip hotspot user\nadd password=x profile=day\n", 2, "name-missing"),
    ],
)
def test_what_is_wrong_is_named_by_line_without_the_cell(
    file_format: FileFormat, text: str, line: int, code: str
) -> None:
    reading = formats.read(text, file_format, {}, named=False)
    assert (codes(reading), reading.problems[0].line) == ([code], line)
    for secret in ("hello", "8.94", "salt"):
        assert secret not in reading.problems[0].message


def test_any_table_is_read_by_what_its_columns_are() -> None:
    table = mapped_csv.table_of(samples.SIMS)
    assert table.named
    assert [column.field for column in table.columns] == ["code", "pin", "puk", "number"]
    assert table.columns[0].shapes[:2] == ("9" * 19, "9" * 19 + "a")
    mapping = {place: column.field for place, column in enumerate(table.columns)}
    reading = mapped_csv.read(samples.SIMS, mapping, named=True)
    assert reading.problems == []
    assert reading.columns["puk"] == "PUK"
    assert reading.entries[2].secret == Secret("8941030012345678920", pin="0456", puk="34567890")
    assert [entry.line for entry in reading.entries] == [2, 3, 4]


def test_a_table_without_names_is_guessed_from_its_cells() -> None:
    rows = "a;8941030012345678904\nb;8941030012345678912\n"
    table = mapped_csv.table_of(rows)
    assert (table.named, [column.field for column in table.columns]) == (False, ["", "code"])
    reading = mapped_csv.read(rows, {1: "code"}, named=False)
    assert [entry.line for entry in reading.entries] == [1, 2]


def test_columns_that_were_taken_for_each_other_are_one_problem() -> None:
    swapped = mapped_csv.read(samples.SIMS, {0: "number", 3: "code"}, named=True)
    assert codes(swapped) == ["columns-swapped"]
    assert "ICCID" in swapped.problems[0].message
    assert swapped.entries == []
    assert codes(mapped_csv.read(samples.SIMS, {0: "code", 1: "puk", 2: "pin"}, named=True)) == [
        "columns-swapped"
    ]
    assert codes(mapped_csv.read(samples.SIMS, {1: "pin"}, named=True)) == ["column-missing"]


def test_a_formula_is_a_text_and_a_rounded_number_is_refused() -> None:
    rows = "code\n=1+1\n@SUM(A1)\n8.94103E+18\n"
    reading = mapped_csv.read(rows, {0: "code"}, named=True)
    assert [entry.secret.code for entry in reading.entries] == ["=1+1", "@SUM(A1)"]
    assert [(each.code, each.line) for each in reading.problems] == [
        ("inventory.number-rounded", 4)
    ]


@pytest.mark.parametrize("content", [b"PK\x03\x04rest", b"a\x00b\x00\x00"])
def test_what_is_no_text_is_told(content: bytes) -> None:
    with pytest.raises(NoText):
        text_of(content)


FRAGMENTS = st.sampled_from(
    [
        *samples.OPNSENSE.splitlines(),
        *samples.OPENWISP.splitlines(),
        *samples.PFSENSE.splitlines(),
        *samples.MIKROTIK.splitlines(),
        *samples.MIKROTIK_DETAIL.splitlines(),
        *samples.MIKROTIK_TABLE.splitlines(),
        *samples.UNIFI_TABLE.splitlines(),
        *samples.SIMS.splitlines(),
        '"',
        "\\",
        "/ip hotspot user",
        " # NAME",
        ",,,,",
        "\u202e\u0085",
    ]
)
HOSTILE = st.lists(st.one_of(FRAGMENTS, st.text(max_size=40)), max_size=12).map("\n".join)


@given(HOSTILE)
def test_whatever_a_file_holds_each_format_says_what_it_is(text: str) -> None:
    formats.seems(text)
    table = mapped_csv.table_of(text)
    columns = dict(enumerate(mapped_csv.FIELDS))
    most = text.count("\n") + text.count("\r") + 2
    for file_format in FileFormat:
        reading = formats.read(text, file_format, columns, named=table.named)
        assert all(1 <= entry.line <= most for entry in reading.entries)
        assert all(1 <= (each.line or 0) <= most for each in reading.problems)


@given(st.binary(max_size=300))
def test_whatever_bytes_a_file_has_they_are_a_text_or_none(content: bytes) -> None:
    try:
        text = text_of(content)
    except NoText:
        return
    formats.seems(text)


PASSWORDS = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, blacklist_characters='"'),
    min_size=1,
    max_size=20,
)


@given(st.lists(PASSWORDS, min_size=1, max_size=8, unique=True))
def test_no_password_is_changed_on_its_way(passwords: list[str]) -> None:
    rows = "".join(f'"user","{each}","group","86400"\n' for each in passwords)
    reading = formats.read(
        "username,password,vouchergroup,validity\n" + rows, FileFormat.OPNSENSE, {}, named=False
    )
    assert [entry.secret.code for entry in reading.entries] == passwords
    exported = "".join(
        'add name=u password="' + each.replace("\\", "\\\\").replace("$", "\\$") + '"\n'
        for each in passwords
    )
    reading = formats.read("/ip hotspot user\n" + exported, FileFormat.MIKROTIK, {}, named=False)
    assert [entry.secret.code for entry in reading.entries] == passwords
