"""Rows of the ANCT's CSV v1.0.2 as sites of ours, or what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import current_language
from comptoir.core.i18n import gettext as _
from comptoir.core.plain_text import clean_line
from comptoir.core.spreadsheets import is_formula
from comptoir.core.web.texts import NUL
from comptoir.sites.expressions.reading import read
from comptoir.sites.expressions.writing import write
from comptoir.sites.open_data import anct_terms as terms
from comptoir.sites.open_data.anct_table import FileUnreadable, Problem, Record, Table
from comptoir.sites.schemas import SaveSite
from comptoir.sites.services import site_values
from comptoir.sites.validation import hours_errors

#: As the table has it.
LONGEST_ID = 100

#: Where a column has what a field of ours has.
_COLUMNS = {
    "name": "nom",
    "street": "adresse",
    "postcode": "code_postal",
    "city": "commune",
    "phone": "telephone",
    "email": "courriels",
    "latitude": "latitude",
    "longitude": "longitude",
    "opening_hours": "horaires",
}
_TEXTS = ("id", "nom", "commune", "adresse", "complement_adresse")
_NUMBER = re.compile(r"-?[0-9]{1,3}([.,][0-9]{1,20})?")
_ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/Guadeloupe",
    "978": "America/Guadeloupe",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}


class AnctSite(msgspec.Struct, frozen=True):
    """A site as a row tells it: its columns as they are stored, ``name`` as the file has it."""

    line: int
    anct_id: str
    values: dict[str, Any]


class Reading(msgspec.Struct, frozen=True):
    """What a file says, in the order of its lines.

    Of the rows that something is wrong with, ``others`` are those that have a name all the
    same, so that one can be told if it is taken; they have name, town and street alone.
    """

    sites: list[AnctSite]
    problems: list[Problem]
    others: list[AnctSite] = []


def read_anct(content: bytes, organisation: UUID, *, today: date) -> Reading:
    """Read a file whose sites shall be the organisation's.

    ``today`` is the date from which on opening hours must make sense. It takes a few
    tenths of a millisecond for each row.
    """
    try:
        table = Table(content)
    except FileUnreadable as unreadable:
        return Reading([], [unreadable.problem])
    sites: list[AnctSite] = []
    others: list[AnctSite] = []
    problems = [*table.problems]
    lines: dict[str, int] = {}
    for record in table.records:
        wrong = [*_problems(record, lines)]
        columns = {problem.column for problem in wrong}
        try:
            site = _site(record, organisation, today)
        except Invalid as invalid:
            found = (_in_column(record, error) for error in invalid.errors)
            # What the standard says of a cell is said; ours would say it once more.
            wrong += [problem for problem in found if problem.column not in columns]
        if not wrong:
            sites.append(site)
        elif not {"nom", "commune"} & {problem.column for problem in wrong}:
            others.append(_name_of(record))
        lines.setdefault(record.cells["id"], record.line)
        problems += wrong
    return Reading(sites, sorted(problems, key=place_in_file), others)


def place_in_file(problem: Problem) -> tuple[int, int]:
    """What puts problems in the order of the file."""
    known = problem.column in terms.COLUMNS
    return problem.line, terms.COLUMNS.index(problem.column) if known else -1


def _problems(record: Record, lines: dict[str, int]) -> Iterator[Problem]:
    """What is wrong with the cells of a row by the rules of the standard."""
    cells = record.cells

    def wrong(column: str, code: str, message: str) -> Problem:
        return Problem(record.line, column, f"sites.import-{code}", message)

    for column in terms.COLUMNS:
        cell = cells.get(column, "")
        if NUL in cell:
            message = _("Something here cannot be kept (U+0000). Type the cell again.")
            yield wrong(column, "cell-unfit", message)
        elif not cell and column in terms.REQUIRED:
            yield wrong(column, "cell-missing", _("This must not be empty."))
        elif column in _TEXTS and is_formula(cell):
            message = _("This begins like a formula. Take the sign at its start away.")
            yield wrong(column, "formula", message)
    identifier = cells["id"]
    if len(identifier) > LONGEST_ID:
        message = _("Make this shorter: at most %(most)s characters.", most=LONGEST_ID)
        yield wrong("id", "id-too-long", message)
    elif identifier and identifier in lines:
        message = _(
            "Line %(line)s has this id already. Delete one of the two.", line=lines[identifier]
        )
        yield wrong("id", "id-twice", message)
    if cells["pivot"] and not terms.PIVOT.fullmatch(cells["pivot"]):
        message = _("Enter 9 to 14 digits and letters: a SIRET or RNA, or fourteen zeros.")
        yield wrong("pivot", "pivot-invalid", message)
    if cells["code_postal"] and not terms.POSTCODE.fullmatch(cells["code_postal"]):
        message = _("Enter five digits. A spreadsheet may have removed a zero at the start.")
        yield wrong("code_postal", "postcode-invalid", message)
    if cells["date_maj"] and not _is_day(cells["date_maj"]):
        message = _("Enter a date such as 2026-11-25.")
        yield wrong("date_maj", "date-invalid", message)
    for column in ("latitude", "longitude"):
        if cells.get(column) and not _NUMBER.fullmatch(cells[column]):
            yield wrong(column, "degrees-invalid", _("Enter degrees such as 45.7606."))
    for column, known in terms.LISTS.items():
        for word in _words(cells, column):
            if word not in known:
                message = _(
                    "“%(word)s” is none of the standard's words. Choose from: %(known)s.",
                    word=word[:60],
                    known=", ".join(known),
                )
                yield wrong(column, "word-unknown", message)


def _in_column(record: Record, error: FieldError) -> Problem:
    return Problem(record.line, _COLUMNS.get(error.field, ""), error.code, error.message)


# The same hours stand in many rows, and take longest to check.
@lru_cache(maxsize=4096)
def _checked_hours(text: str, today: date, language: str) -> tuple[FieldError, ...]:
    return tuple(hours_errors(text, today=today))


def _site(record: Record, organisation: UUID, today: date) -> AnctSite:
    """The site that a row makes.

    Raises:
        Invalid: it is none by our own rules; the fields are ours.
    """
    cells = record.cells
    command = SaveSite(organisation=organisation, **_address(cells), **_welcome(cells))
    errors: list[FieldError] = []
    values: dict[str, Any] = {}
    try:
        values = site_values(command)
    except Invalid as invalid:
        errors += invalid.errors
    hours = cells.get("horaires", "")
    errors += _checked_hours(hours, today, current_language())
    if errors:
        raise Invalid(errors)
    pivot = cells["pivot"]
    kept = {
        "opening_hours": write(read(hours).rules) if hours else "",
        "anct_id": cells["id"],
        "pivot": "" if pivot == terms.NO_PIVOT else pivot,
    }
    return AnctSite(record.line, cells["id"], values | kept)


def _name_of(record: Record) -> AnctSite:
    fields = {"name": "nom", "city": "commune", "street": "adresse"}
    values = {field: clean_line(record.cells[column]) for field, column in fields.items()}
    return AnctSite(record.line, record.cells["id"], values)


def _address(cells: dict[str, str]) -> dict[str, Any]:
    postcode = cells["code_postal"]
    addition = cells.get("complement_adresse", "")
    return {
        "name": cells["nom"],
        "street": ", ".join(part for part in (cells["adresse"], addition) if part),
        "postcode": postcode,
        "city": cells["commune"],
        "country": "FR",
        "time_zone": _ZONES.get(postcode[:3], "Europe/Paris"),
        "phone": cells.get("telephone", ""),
        "email": cells.get("courriels", "").partition("|")[0].strip(),
        "latitude": _degrees(cells.get("latitude", "")),
        "longitude": _degrees(cells.get("longitude", "")),
    }


def _welcome(cells: dict[str, str]) -> dict[str, Any]:
    """What the site says of itself, as far as we have words for it."""
    return {
        "kind": next((terms.KINDS[w] for w in _words(cells, "typologie") if w in terms.KINDS), ""),
        "offers": _offers(cells),
        "audiences": _codes(cells, "publics_specifiquement_adresses", terms.AUDIENCES),
        "cost": _cost(_words(cells, "frais_a_charge")),
        "languages": ("fr", "en")
        if terms.ENGLISH in _words(cells, "prise_en_charge_specifique")
        else ("fr",),
        "visits": _visits(_words(cells, "modalites_acces")),
        "published": False,  # until somebody has looked at it
    }


def _offers(cells: dict[str, str]) -> tuple[str, ...]:
    offers = _codes(cells, "services", terms.OFFERS)
    taught = terms.SKILLS in _words(cells, "services")
    if taught and terms.WORKSHOP in _words(cells, "modalites_accompagnement"):
        return (*offers, "digital-skills-workshop")
    return offers


def _cost(words: list[str]) -> str:
    """Of several, nobody knows which holds for whom: then it depends."""
    codes = [code for code, word in terms.FEES.items() if word in words]
    return codes[0] if len(codes) == 1 else "free-on-conditions" if codes else ""


def _visits(words: list[str]) -> str:
    comes, books = terms.COME in words, terms.BOOK in words
    if comes:
        return "both" if books else "walk-in"
    return "appointment" if books else ""


def _codes(cells: dict[str, str], column: str, codes: dict[str, str]) -> tuple[str, ...]:
    found = (codes[word] for word in _words(cells, column) if word in codes)
    return tuple(dict.fromkeys(found))


def _words(cells: dict[str, str], column: str) -> list[str]:
    words = (word.strip() for word in cells.get(column, "").split("|"))
    return [word for word in words if word]


def _degrees(cell: str) -> float | None:
    return float(cell.replace(",", ".")) if _NUMBER.fullmatch(cell) else None


def _is_day(cell: str) -> bool:
    try:
        date.fromisoformat(cell)
    except ValueError:
        return False
    return len(cell) == len("2026-11-25")
