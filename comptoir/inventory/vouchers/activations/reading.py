"""A file of the operator's as rows: which voucher, since when. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec

from comptoir.core.errors import FieldError
from comptoir.core.i18n import gettext as _
from comptoir.core.plain_text import as_read
from comptoir.core.vault import Untold
from comptoir.core.web.forms import id_or_none
from comptoir.inventory.vouchers.activations.dates import Said, read_days
from comptoir.inventory.vouchers.activations.reasons import Left, Reason
from comptoir.inventory.vouchers.activations.states import MOST_STATES, States, states_of
from comptoir.inventory.vouchers.errors import VouchersInvalid
from comptoir.inventory.vouchers.formats import columns
from comptoir.inventory.vouchers.formats.columns import Table
from comptoir.inventory.vouchers.formats.mapped_csv import field_of
from comptoir.inventory.vouchers.formats.reading import Reading
from comptoir.inventory.vouchers.schemas import MOST_AT_ONCE

#: ``own`` is the id that this program gave a voucher.
FIELDS = ("code", "own", "day", "state")
#: What such columns are called, as ``as_read`` gives it.
_CALLED: Mapping[str, Sequence[str]] = {
    "code": (
        "iccid", "icc id", "icc", "sim", "sim number", "sim card", "serial", "serial number",
        "code", "voucher", "voucher code", "numero de carte", "numero sim", "carte sim",
        "numero icc", "bon", "kartennummer", "sim nummer", "sim kartennummer", "sim karte",
        "gutschein", "scheda sim", "codice", "numero della scheda",
    ),
    "own": (
        "comptoir", "voucher id", "customer reference", "own number", "notre numero",
        "reference client", "kundenreferenz", "riferimento cliente",
    ),
    "day": (
        "activated", "activated at", "activated on", "activation", "activation date",
        "date of activation", "date", "date activation", "date d'activation", "date d’activation",
        "active le", "activee le", "aktivierung", "aktiviert am", "aktivierungsdatum", "datum",
        "attivazione", "data attivazione", "data di attivazione", "data", "attivata il",
    ),
    "state": ("state", "status", "sim status", "etat", "statut", "zustand", "stato"),
}  # fmt: skip
#: What is mended by saying anew what the columns are.
COLUMNS_WRONG = frozenset(("inventory.column-missing", "inventory.states-too-many"))
#: What the shared reading of tables finds wrong, as a reason to leave a line out.
_UNREADABLE = {
    "inventory.cells-miscounted": Reason.CELLS,
    "inventory.number-rounded": Reason.ROUNDED,
}


class OperatorFile(Untold, frozen=True):
    """The text of a file, and which field each column is (places from 0).

    ``named``: the first line has their names. ``active`` are the places of the states that
    mean "activated", as ``States`` lists them; None: guess.
    """

    text: str
    columns: dict[int, str] = msgspec.field(default_factory=dict)
    named: bool = False
    active: tuple[int, ...] | None = None


class Row(Untold, frozen=True):
    """A voucher that is said to be in use, by its code or else by ``own``, our id of it."""

    line: int
    code: str = ""
    own: UUID | None = None
    said: Said | None = None


class ReadFile(msgspec.Struct, frozen=True):
    """Everything in a file. ``others`` are rows that say that the voucher is not in use."""

    rows: list[Row]
    left: list[Left]
    others: int
    states: States | None


def table_of(text: str) -> Table:
    """What columns there are, guessed from their names, or else from their cells."""
    return columns.table_of(text, _CALLED, _field_of)


def _field_of(cells: Sequence[str]) -> str:
    written = [cell for cell in cells if cell]
    return "day" if written and all(read_days(written, "UTC")) else field_of(cells)


def read(file: OperatorFile, time_zone: str) -> ReadFile:
    """The rows of a file; days are those of ``time_zone``, the operator's.

    Raises:
        VouchersInvalid: its columns are not said, or it cannot be read to its end.
    """
    places = {field: place for place, field in file.columns.items() if field in FIELDS}
    if "code" not in places and "own" not in places:
        message = _("Say which column has the number of the card, or the code.")
        raise _refused("column-missing", message)
    reading = Reading()
    found = list(columns.fields_of_rows(reading, file.text, places, named=file.named))
    left = [_left_out(each) for each in reading.problems]
    if len(found) > MOST_AT_ONCE:
        message = _("The file has more than %(most)s lines. Split it in two.", most=MOST_AT_ONCE)
        raise _refused("too-many-vouchers", message)
    states = None
    if "state" in places:
        states = states_of([cells.get("state", "") for _line, cells in found], file.active)
        if states is None:
            message = _(
                "The column of the state has more than %(most)s different values. "
                "Choose another column.",
                most=MOST_STATES,
            )
            raise _refused("states-too-many", message)
    return _rows(found, left, states, time_zone, dated="day" in places)


def _rows(
    found: Sequence[tuple[int, dict[str, str]]],
    left: list[Left],
    states: States | None,
    time_zone: str,
    *,
    dated: bool,
) -> ReadFile:
    active = states.active() if states else None
    meant = [each for each in found if active is None or _is_active(each[1], active)]
    if dated and states is None:  # an empty date says that it is not in use yet
        meant = [each for each in meant if each[1].get("day")]
    others = len(found) - len(meant)
    said = read_days([cells.get("day", "") for _line, cells in meant], time_zone)
    rows = []
    for (line, cells), when in zip(meant, said, strict=True):
        if dated and when is None:
            missing = not cells.get("day")
            left.append(Left(line, Reason.DAY_MISSING if missing else Reason.DAY_UNREADABLE))
        else:
            own = id_or_none(cells.get("own", ""))
            rows.append(Row(line, cells.get("code", ""), own, when))
    return ReadFile(rows, left, others, states)


def _is_active(cells: Mapping[str, str], active: Collection[str]) -> bool:
    return as_read(cells.get("state", "")) in active


def _left_out(problem: FieldError) -> Left:
    reason = _UNREADABLE.get(problem.code)
    if reason is None:  # from there on nothing is read: what follows is not known
        raise VouchersInvalid([problem])
    return Left(problem.line or 0, reason)


def _refused(code: str, message: str) -> VouchersInvalid:
    return VouchersInvalid([FieldError("file", f"inventory.{code}", message)])
