"""The default wordings, one file for each language, as each says it.

They are no translations of one another, and their signs are those of the GSM alphabet, not
those of print: so they do not stand in the catalogues of the pages.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from comptoir.notifications.channels import Channel
from comptoir.notifications.kinds import ALERT, DIGEST, KINDS
from comptoir.notifications.placeholders import Wording, read

_FOLDER = Path(__file__).with_name("wordings")


class Phrases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sentences that a message has or not, as the place and the loan are.

    ``call`` or ``call_us`` is the end of those ``by_phone``: with the number, or where it
    stands in the message already. ``both_by_phone`` is for help and to stop. ``signature`` is
    the end of what somebody at the desk wrote.
    """

    renew: str
    stop: str
    stop_by_phone: str
    stop_in_person: str
    help: str
    help_by_phone: str
    help_in_person: str
    both_by_phone: str
    call: str
    call_us: str
    also: str
    thing: str
    refused: str
    closed: str
    shut_then: str
    other_hours: str
    no_opening: str
    opening_beneath: str
    last_day: str
    signature: str


class Reasons(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Why something is not renewed, in words that tell nothing about the person."""

    renewals_used: str
    eligibility_ending: str
    nothing_on_loan: str
    other: str


class Examples(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in a preview: a place, two things, and two vouchers."""

    place: str
    items: str
    more: str
    voucher: str
    more_voucher: str


class EmailPhrases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an e-mail says in other words than a text message. ``subject`` is for any kind.

    ``summary`` is the subject of a coordinator's week, ``alert`` of what should be looked at.
    """

    subject: str
    summary: str
    alert: str
    renew: str
    stop: str
    stop_by_phone: str
    stop_in_person: str
    help: str
    both_by_phone: str


class Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The wordings of one kind; ``barest`` tells a reader over the shoulder the least.

    ``full`` is ``text`` where no sign costs, in an e-mail, a letter or a call; empty: the same.
    ``subject`` is that of an e-mail, as discreet as ``barest``; empty: that of any kind.
    """

    text: str
    barest: str
    full: str = ""
    subject: str = ""


class LanguageFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that a file holds. ``kinds`` are by their codes."""

    phrases: Phrases
    email: EmailPhrases
    reasons: Reasons
    examples: Examples
    kinds: dict[str, Texts]


@cache
def language_file(language: str) -> LanguageFile:
    """The texts of a language.

    Raises:
        FileNotFoundError: it is none of the four.
    """
    source = (_FOLDER / f"{language}.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(source), LanguageFile)


def default_text(kind: str, language: str, *, barest: bool = False, full: bool = False) -> str:
    """The wording of a kind as its author wrote it, to be shown and changed.

    ``full`` makes no difference to the barest form.

    Raises:
        KeyError: there is no such kind.
    """
    texts = language_file(language).kinds[kind]
    if barest:
        return texts.barest
    return (full and texts.full) or texts.text


def has_full_text(kind: str) -> bool:
    """True if a kind goes where no sign costs, and says more there; in each language, or in none.

    Raises:
        KeyError: there is no such kind.
    """
    elsewhere = any(way is not Channel.SMS for way in KINDS[kind].ways)
    return elsewhere and bool(language_file("fr").kinds[kind].full)


def subject_of(kind: str, language: str) -> str:
    """The subject of an e-mail. It names neither a person nor a thing."""
    found = language_file(language)
    if kind == DIGEST:
        return found.email.summary
    if kind == ALERT:
        return found.email.alert
    own = found.kinds[kind].subject if kind in found.kinds else ""
    return own or found.email.subject


@cache
def default_wording(
    kind: str, language: str, *, barest: bool = False, full: bool = False
) -> Wording:
    """The same, ready to be filled.

    Raises:
        KeyError: there is no such kind.
        ValueError: the file has a mistake; the tests find it.
    """
    text = default_text(kind, language, barest=barest, full=full)
    wording = read(text, KINDS[kind].names, texted=not full)
    if not isinstance(wording, Wording):
        raise ValueError(f"{kind} in {language}: {wording}")
    return wording
