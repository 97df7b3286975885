"""How a borrower is found although nobody typed the name quite right.

Names are folded (accents, case, ligatures, ß) and cut into tokens at blanks,
hyphens and apostrophes. A query token finds a name token that starts with it.
It also finds one that differs by a single slip of the hand: a letter too many,
a letter missing, a wrong letter, or two neighbours swapped.

The slips are found by symmetric deletion (W. Garbe, SymSpell, 2012): of every
name token the first ``PREFIX`` letters are stored with each letter left out in
turn, and the same is done to the query. Two texts one edit apart share one of
these variants, so that a lookup finds every candidate; the candidates, a few
too many, are then compared letter by letter (restricted Damerau-Levenshtein
distance, at most 1). A variant is stored together with its token, so that a
name is compared once, however many people have it.

Nothing here reads the database: see ``borrowers.finding``.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum, StrEnum
from itertools import pairwise

import msgspec
import phonenumbers

#: Longest token kept, in letters; what lies beyond is not compared.
TOKEN_LENGTH = 32

#: Letters of a token whose deletions are stored. Longer makes more rows, not better answers.
PREFIX = 7

#: Name tokens shorter than this must be typed without a slip: too many would be near.
SHORTEST_WITH_SLIP = 4

#: Longest folded name kept; folding may make a name longer, hardly ever by much.
LONGEST_SORT_NAME = 400

#: A query this long is nobody's name.
LONGEST_QUERY = 200

#: Tokens of a query that count; a name has no more.
MOST_TOKENS = 6

#: Digits after which a number is looked for among the phones.
SHORTEST_PHONE = 4

# Letters that Unicode does not take apart, as people without that key type them,
# and apostrophes that Unicode holds to be letters.
_FOLDED = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ı": "i",
        "ł": "l",
        "þ": "th",
        "ŧ": "t",
        "ŋ": "n",
        "ɛ": "e",
        "ɔ": "o",
        "ə": "e",
        "\u02bb": " ",
        "\u02bc": " ",
        "\u02be": " ",
        "\u02bf": " ",
    }
)
_NO_DIGIT = re.compile(r"[^0-9]")
_LIKE_A_PHONE = re.compile(r"[0-9+()./\s\u00a0\u202f\u2010-\u2015-]*")
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")


class Kind(StrEnum):
    """What a row of ``lending_borrower_term`` holds."""

    TOKEN = "t"  # noqa: S105 – a token of a name; also two neighbours written as one
    VARIANT = "d"  # the start of a token with one letter left out or none, and the token
    PHONE = "p"  # the digits of a phone, with and without the country
    PHONE_END = "r"  # the digits of a phone backwards


class Nearness(IntEnum):
    """How well a query token fits a name token; smaller is better."""

    SAME = 0
    START = 1
    SLIP = 2
    SLIP_IN_START = 3
    FAR = 9


class Query(msgspec.Struct, frozen=True):
    """What somebody typed. ``joined`` is the tokens as one word: "mar tin", "o brien".

    ``numbers`` are the digit sequences that a phone may start or end with.
    """

    tokens: tuple[str, ...] = ()
    joined: str = ""
    numbers: tuple[str, ...] = ()


def fold(text: str) -> str:
    """The text without accents, case or ligatures; signs become blanks.

    >>> fold("Jean-François d’Œuvray")
    'jean francois d oeuvray'
    """
    # Twice: folding the case may make letters that decompose again ("İ").
    for _ in range(2):
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if not _is_silent(c)).casefold()
    text = text.translate(_FOLDED)
    return " ".join("".join(c if c.isalnum() else " " for c in text).split())


def sort_name(name: str) -> str:
    """The folded name as it is kept with the borrower, to sort and compare by."""
    return fold(name)[:LONGEST_SORT_NAME].rstrip()


def _is_silent(character: str) -> bool:
    """True for combining marks and for what has no width."""
    return unicodedata.category(character) in ("Mn", "Me", "Cf")


def tokens(folded: str) -> list[str]:
    """The tokens of a folded name, each once, cut to what is stored."""
    return list(dict.fromkeys(token[:TOKEN_LENGTH] for token in folded.split()))


def joined_tokens(folded: str) -> list[str]:
    """Each two neighbours as one word, so that "AbdelKarim" finds "Abdel Karim"."""
    words = folded.split()
    return list(dict.fromkeys((first + second)[:TOKEN_LENGTH] for first, second in pairwise(words)))


def variants(token: str) -> set[str]:
    """The start of a token, and that start with each one letter left out."""
    start = token[:PREFIX]
    return {start, *(start[:place] + start[place + 1 :] for place in range(len(start)))}


def terms(folded_name: str, phone: str) -> list[tuple[Kind, str]]:
    """Everything that finds a borrower of this name and phone (E.164, or empty)."""
    plain = tokens(folded_name)
    whole = list(dict.fromkeys([*plain, *joined_tokens(folded_name)]))
    rows = [(Kind.TOKEN, token) for token in whole]
    rows += [
        (Kind.VARIANT, f"{variant} {token}")
        for token in plain
        if len(token) >= SHORTEST_WITH_SLIP
        for variant in sorted(variants(token))
    ]
    return rows + phone_terms(phone)


def token_of(variant_term: str) -> str:
    """The token in a term of the kind ``VARIANT``."""
    return variant_term.partition(" ")[2]


def phone_terms(phone: str) -> list[tuple[Kind, str]]:
    """What finds a phone in E.164, however somebody writes it."""
    if not phone:
        return []
    number = phonenumbers.parse(phone)
    national = phonenumbers.national_significant_number(number)
    return [
        (Kind.PHONE, phone.lstrip("+")),
        (Kind.PHONE, national),
        (Kind.PHONE_END, national[::-1]),
    ]


def parse_query(text: str) -> Query:
    """Make sense of what was typed; an empty query finds nobody."""
    if len(text) > LONGEST_QUERY:
        return Query()
    words = tokens(fold(text))[:MOST_TOKENS]
    joined = "".join(words)[:TOKEN_LENGTH] if len(words) > 1 else ""
    return Query(tuple(words), joined, _numbers(text))


def _numbers(text: str) -> tuple[str, ...]:
    """The digits a phone may start with: as typed, and without 00 or the trunk 0."""
    if not _LIKE_A_PHONE.fullmatch(text):
        return ()
    digits = _NO_DIGIT.sub("", _TRUNK_ZERO.sub("", text))
    if len(digits) < SHORTEST_PHONE:
        return ()
    shorter = [digits[zeros:] for zeros in (1, 2) if digits[:zeros] == "0" * zeros]
    return tuple(number for number in (digits, *shorter) if number)


def nearness(query_token: str, name_token: str) -> Nearness:
    """How well a token that is still being typed fits one of a name."""
    if name_token.startswith(query_token):
        return Nearness.SAME if len(name_token) == len(query_token) else Nearness.START
    if len(name_token) < SHORTEST_WITH_SLIP:
        return Nearness.FAR
    if within_one_edit(query_token, name_token):
        return Nearness.SLIP
    if len(query_token) < PREFIX - 1:
        return Nearness.FAR
    lengths = range(len(query_token) - 1, min(len(query_token) + 2, len(name_token)))
    if any(within_one_edit(query_token, name_token[:length]) for length in lengths):
        return Nearness.SLIP_IN_START
    return Nearness.FAR


def is_nearly(first: str, second: str) -> bool:
    """True if two names are the same but for the order of words and a slip in each.

    >>> is_nearly("Jurg Mueller", "Müller, Jürg")
    True
    """
    here, there = tokens(fold(first))[:MOST_TOKENS], tokens(fold(second))[:MOST_TOKENS]
    if len(here) != len(there):
        return False
    for word in here:
        fitting = [other for other in there if _same_word(word, other)]
        if not fitting:
            return False
        # The word itself first: a near one may be another's own.
        there.remove(word if word in fitting else fitting[0])
    return True


def _same_word(first: str, second: str) -> bool:
    if min(len(first), len(second)) < SHORTEST_WITH_SLIP:
        return first == second
    return within_one_edit(first, second)


def within_one_edit(first: str, second: str) -> bool:
    """True if one insertion, deletion, substitution or adjacent swap, or none, leads across."""
    if first == second:
        return True
    if abs(len(first) - len(second)) > 1:
        return False
    place = next(
        (i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b),
        min(len(first), len(second)),
    )
    rest, other = first[place:], second[place:]
    return (
        rest[1:] == other[1:]
        or rest[1:] == other
        or rest == other[1:]
        or (rest[:2] == other[1::-1] and rest[2:] == other[2:])
    )
