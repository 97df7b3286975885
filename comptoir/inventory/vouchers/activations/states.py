"""The column that says how far each card is: which of its values mean "activated". Pure.

Somebody may take the column of the codes for it, so a value is only shown where it can be none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import msgspec

from comptoir.core.plain_text import as_read
from comptoir.inventory.vouchers.formats.columns import shape
from comptoir.inventory.vouchers.validation import SHORTEST_CODE

#: A column of more different values says something else.
MOST_STATES = 20
_LONGEST_SHOWN = 30
_MEAN_ACTIVATED = frozenset((
    "activated", "active", "in use", "in service", "enabled", "used", "on", "yes", "true",
    "activee", "actif", "en service", "utilise", "utilisee", "oui", "vrai",
    "aktiviert", "aktiv", "in betrieb", "freigeschaltet", "verwendet", "ja", "wahr",
    "attivato", "attivata", "attivo", "attiva", "in uso", "usato", "usata", "si", "vero",
))  # fmt: skip
_MEAN_OTHERWISE = frozenset((
    "", "inactive", "not activated", "not active", "new", "pending", "suspended", "blocked",
    "disabled", "unused", "expired", "terminated", "off", "no", "false", "stock", "in stock",
    "inactif", "non active", "non activee", "nouveau", "en attente", "suspendu", "suspendue",
    "bloque", "bloquee", "expire", "expiree", "resilie", "resiliee", "non", "faux",
    "inaktiv", "nicht aktiv", "nicht aktiviert", "neu", "ausstehend", "gesperrt", "abgelaufen",
    "gekundigt", "nein", "falsch",
    "inattivo", "inattiva", "non attivo", "non attiva", "non attivato", "nuovo", "in attesa",
    "sospeso", "sospesa", "bloccato", "bloccata", "scaduto", "scaduta", "falso",
))  # fmt: skip


class State(msgspec.Struct, frozen=True):
    """A value of the column: as it is shown, in how many rows, and whether it means "activated"."""

    shown: str
    rows: int
    is_active: bool


class States(msgspec.Struct, frozen=True):
    """The values of a column in an order that only the file decides; ``values`` as ``as_read``."""

    values: tuple[str, ...]
    listed: tuple[State, ...]

    def active(self) -> frozenset[str]:
        """The values that mean "activated"."""
        pairs = zip(self.values, self.listed, strict=True)
        return frozenset(value for value, state in pairs if state.is_active)


def states_of(cells: Sequence[str], chosen: Collection[int] | None) -> States | None:
    """What the column says; None where it has too many values to be one of states.

    ``chosen`` are the places (from 0) of those that mean "activated"; None: guess.
    """
    plain = [as_read(cell) for cell in cells]
    counted = Counter(plain)
    if len(counted) > MOST_STATES:
        return None
    first = dict(zip(reversed(plain), reversed(cells), strict=True))
    values = sorted(counted, key=lambda value: (-counted[value], value))
    repeats = 2 * len(values) <= len(cells)
    listed = tuple(
        State(
            first[value][:_LONGEST_SHOWN]
            if _is_no_code(value, repeats=repeats)
            else shape(first[value]),
            counted[value],
            value in _MEAN_ACTIVATED if chosen is None else place in chosen,
        )
        for place, value in enumerate(values)
    )
    return States(tuple(values), listed)


def _is_no_code(value: str, *, repeats: bool) -> bool:
    """True of what is too short for a code, a word that states are called by, or, where few
    values stand in many rows, a short text without digits.
    """
    if len(value) < SHORTEST_CODE or value in _MEAN_ACTIVATED | _MEAN_OTHERWISE:
        return True
    return repeats and len(value) <= _LONGEST_SHOWN and not any(map(str.isdigit, value))
