"""Tag codes: made, shown, and read back however they were scanned or typed.

A code is eight letters of ``ALPHABET``. The sixteen letters stand for the
elements of the field GF(16), built on the primitive polynomial x⁴ + x + 1; the
element α = 2 generates it. Seven letters are random, the eighth is chosen so
that, for the values v₀ … v₇,

    α⁷·v₀ + α⁶·v₁ + … + α·v₆ + v₇ = 15.

The eight weights are distinct and not zero. One changed letter changes the sum
by weight · (old + new), which is not zero; two swapped letters, neighbours or
not, change it by (weight + weight′) · (v + v′), which is not zero either. So
each such mistake is caught, and a letter known to be wrong is found again. The
constant 15 makes ``BCDF-GHJK``, the code of every example, a valid one.

The alphabet has no vowel, no digit and no look-alikes, and its keys sit in the
same places on US, French, Swiss, German and Italian keyboards. A URL typed by a
scanner set to another layout arrives garbled, its last eight letters do not.

``static/codes.js`` is the twin of ``scan`` for the browser; both are held to
``tests/inventory/code_vectors.json``.
"""

from __future__ import annotations

import re
import secrets
from enum import StrEnum

import msgspec

ALPHABET = "BCDFGHJKLNPRSTVX"
LENGTH = 8

#: The longest address a label can hold: a scheme, a host name (253 letters at most, RFC 1035,
#: section 2.3.4, without the final dot), a port, a path and a code.
MAX_LENGTH = 280

#: More letters in a row, with a wrong one at the end, are no code misread: a key was held
#: down, or a label scanned again and again without Enter. Two scans in a row are forgiven.
MAX_LETTERS = 2 * LENGTH

_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_POLYNOMIAL = 0b10011
_SUM = 15

# Spelled out, as \s and $ differ between Python and JavaScript.
_BLANK = r" \t\r\n\u00a0\u202f"
_GAP = rf"[{_BLANK}\u2010-\u2015-]*"  # between letters: blanks, and every hyphen people paste
_CODE = rf"(?:[{ALPHABET}]{_GAP}){{{LENGTH}}}"
_BEGINNING = re.compile(rf"(?:[{ALPHABET}]{_GAP}){{{LENGTH // 2},{LENGTH - 1}}}")
_CODE_AT_END = re.compile(rf"{_CODE}\Z")
# "/T/" and "/B/", whatever the scanner's slash has become on the way ("!", "-", …).
_PATH_AT_END = re.compile(r"[^A-Z0-9]([TB])[^A-Z0-9]\Z")
_OUR_URL = re.compile(rf"/([TB])/({_CODE})/?(?:[?#][^\n]*)?\Z")
# "WIFI:…", "MAILTO:…", "BEGIN:VCARD", and "HTTPS:" as other layouts type it.
_MACHINE_TEXT = re.compile(
    rf"^(?:[A-Z][A-Z0-9+.-]*:[^{_BLANK}]|HTTPS?(?:[^A-Z0-9{_BLANK}]|M!)|WWW\.)"
)
_TYPED_AT_END = re.compile(rf"(?:[A-Z0-9]{_GAP})*\Z")


class Kind(StrEnum):
    """What a scanned address says it belongs to."""

    ITEM = "item"
    CARD = "card"


class Outcome(StrEnum):
    """What a text turned out to be."""

    CODE = "code"
    WRONG_CHECK = "wrong-check"
    FOREIGN = "foreign"
    TOO_LONG = "too-long"
    TEXT = "text"


class Reading(msgspec.Struct, frozen=True):
    """What was understood of a scan.

    ``code`` is the eight letters, also where their check letter is wrong.
    ``kind`` is what the address claims; None for a bare code, which may be on
    an item or on a card.
    """

    outcome: Outcome
    code: str | None = None
    kind: Kind | None = None


_PATHS = {Kind.ITEM: "T", Kind.CARD: "B"}
_KINDS = {path: kind for kind, path in _PATHS.items()}


def new_code() -> str:
    """A random code. That nothing else carries it is for the database to say."""
    return with_check_letter("".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1)))


def with_check_letter(seven: str) -> str:
    """Seven letters and the eighth that belongs to them."""
    return seven + ALPHABET[_times_alpha(_weighted_sum(seven)) ^ _SUM]


def is_valid(code: str) -> bool:
    """True for eight capital letters of the alphabet with the right check letter."""
    return (
        len(code) == LENGTH
        and all(letter in _VALUE for letter in code)
        and _weighted_sum(code) == _SUM
    )


def display(code: str) -> str:
    """The code as people see it: ``BCDF-GHJK``."""
    return f"{code[:4]}-{code[4:]}"


def url(public_url: str, kind: Kind, code: str) -> str:
    """The address a QR code holds, in capitals.

    QR's alphanumeric mode knows capitals only and makes a smaller, easier
    code. ``public_url`` is a scheme and a host, as neither minds the case.
    """
    return f"{public_url.rstrip('/')}/{_PATHS[kind]}/{code}".upper()


def read(text: str) -> str | None:
    """The valid code a scan or a person gave, or None."""
    reading = scan(text)
    return reading.code if reading.outcome is Outcome.CODE else None


def beginning(text: str) -> str | None:
    """The first letters of a code, of which somebody typed a half or more, or None."""
    plain = _capitals(text)
    return _only_letters(plain) if _BEGINNING.fullmatch(plain) else None


def scan(text: str) -> Reading:
    """Make sense of whatever was scanned or typed.

    The last eight letters are the code, in any case, with hyphens or blanks
    between them, alone or at the end of an address, garbled or not. An address
    that is clearly one must end in ``/T/CODE`` or ``/B/CODE``; any other, like
    every text made for machines, is ``FOREIGN``. The host is not compared:
    labels outlive a change of name. What is longer than any address, or than two
    codes and wrong, is ``TOO_LONG``. What is none of these, such as a name or a
    phone number, is ``TEXT``.
    """
    if len(text) > MAX_LENGTH:
        return Reading(Outcome.TOO_LONG)
    plain = _capitals(text)
    letters, path = _split(plain)
    if letters is None:
        foreign = "://" in plain or _MACHINE_TEXT.search(plain)
        return Reading(Outcome.FOREIGN if foreign else Outcome.TEXT)
    if _weighted_sum(letters) == _SUM:
        return Reading(Outcome.CODE, letters, _KINDS.get(path))
    if not path and len(_typed_at_end(plain)) > MAX_LETTERS:
        return Reading(Outcome.TOO_LONG)
    return Reading(Outcome.WRONG_CHECK, letters, _KINDS.get(path))


def suggestions(text: str) -> list[str]:
    """The valid codes that one slip of the hand turns into what was typed.

    A slip is one wrong letter (or a sign the alphabet does not have), two
    neighbours swapped, one letter left out, or one too many. The caller looks
    which of them exist. Empty for a valid code and for what resembles none.
    """
    reading = scan(text)
    if reading.outcome in (Outcome.CODE, Outcome.FOREIGN, Outcome.TOO_LONG):
        return []
    typed = _typed_at_end(_capitals(text))
    candidates = _one_slip_from(reading.code or typed)
    if reading.kind is None and len(typed) == LENGTH + 1:
        candidates |= {typed[:place] + typed[place + 1 :] for place in range(LENGTH + 1)}
    return sorted(code for code in candidates if is_valid(code))


def _one_slip_from(typed: str) -> set[str]:
    candidates: set[str] = set()
    if len(typed) == LENGTH - 1:
        for place in range(LENGTH):
            candidates |= {typed[:place] + letter + typed[place:] for letter in ALPHABET}
    elif len(typed) == LENGTH:
        for place in range(LENGTH):
            rest = typed[place + 1 :]
            candidates |= {typed[:place] + letter + rest for letter in ALPHABET}
        for place in range(LENGTH - 1):
            pair = typed[place + 1] + typed[place]
            candidates.add(typed[:place] + pair + typed[place + 2 :])
    return candidates


def _split(plain: str) -> tuple[str | None, str]:
    """The eight letters at the end of a text, and the path before them."""
    if "://" in plain:
        match = _OUR_URL.search(plain)
        return (_only_letters(match[2]), match[1]) if match else (None, "")
    code = _CODE_AT_END.search(plain)
    if code is None:
        return None, ""
    path = _PATH_AT_END.search(plain[: code.start()])
    return _only_letters(code[0]), path[1] if path else ""


def _typed_at_end(plain: str) -> str:
    """The letters and digits at the end of a text, up to the first other sign."""
    found = _TYPED_AT_END.search(plain)
    return _only_letters(found[0]) if found else ""


def _capitals(text: str) -> str:
    """In ASCII capitals, without blanks before and signs after.

    ``str.upper`` would turn "ß" into two letters that nobody typed.
    """
    capitals = re.sub(r"[a-z]+", lambda small: small[0].upper(), text)
    return re.sub(rf"^[{_BLANK}]+|[^A-Z0-9]+\Z", "", capitals)


def _only_letters(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text)


def _weighted_sum(letters: str) -> int:
    """α-weighted sum by Horner's rule; the last letter has weight 1."""
    total = 0
    for letter in letters:
        total = _times_alpha(total) ^ _VALUE[letter]
    return total


def _times_alpha(value: int) -> int:
    doubled = value << 1
    return doubled ^ _POLYNOMIAL if doubled & 0b10000 else doubled
