"""What an answer to a message asks for, told from its words alone.

Made for what people type on a telephone: capitals or none, accents or none, one slip in a
word, a greeting around it, an emoji behind it. What it quotes, such as a message of ours that
somebody "liked", is not read (``reply_quotes``). In this order:

1. a word for STOP, whatever else there is;
2. "not me", "wrong number";
3. whatever is denied goes to a person, who understands what a list of words does not, unless
   the denial only says why somebody asks (``reply_denials``), or what they need help with;
4. START, alone;
5. RENEW, unless it speaks of what is done, broken or rather brought back, or asks about it;
   then HELP (somebody wants to be called), then HOURS, then a few words that something works;
6. anything else goes to a person, and so does a long text, as there is more in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

from comptoir.notifications import reply_words as known
from comptoir.notifications.reply_denials import REFUSING, TROUBLE, UNDENIED
from comptoir.notifications.reply_quotes import without_quotes

#: Longer texts say more than a wish; nobody types more for one.
_MOST_WORDS = 25
#: "It works" is said in so few; "it works, but …" in more.
_MOST_WORDS_OF_A_NOTE = 5
#: What is behind is not read: ten parts are no answer.
_MOST_CHARACTERS = 1600
#: A slip is forgiven in words of so many letters.
_LETTERS_FOR_A_SLIP = 5

_WORD = re.compile(r"[^\W_]+")
_DRAWN_OUT = re.compile(r"(\w)\1{2,}")  # STOPPPP
_SPELT = re.compile(r"\b[^\W_](?:[ .-][^\W_]){3,}\b")  # S.T.O.P

#: What a language is told by: its common words, and those that ask for something.
_TELLING = {
    language: words | known.RENEW[language] | known.HOURS[language] | known.HELP[language]
    for language, words in known.TELLING.items()
}


class Wish(StrEnum):
    """What somebody wants who answers."""

    RENEW = "renew"
    HOURS = "hours"
    HELP = "help"
    WORKS = "works"  #: what was given is in use
    AGREED = "agreed"  #: the same, or only "understood"
    STOP = "stop"
    START = "start"
    NOT_ME = "not-me"
    UNCLEAR = "unclear"  #: for a person to read


class Reply(msgspec.Struct, frozen=True):
    """What an answer asks for, and in which of the four languages; None: that is not plain."""

    wish: Wish
    language: str | None = None


class _Text(msgspec.Struct, frozen=True):
    """A text made comparable: ``words`` without accents; ``typed`` are the same with them.

    ``asking`` are the words without denials that only say why somebody asks. ``refuses``: it has
    a sign that means no.
    """

    words: tuple[str, ...]
    typed: tuple[str, ...]
    line: str
    asking: tuple[str, ...]
    asks: bool
    refuses: bool

    @property
    def core(self) -> tuple[str, ...]:
        """The words without those of mere politeness."""
        return tuple(each for each in self.words if each not in known.POLITE)


def read_reply(text: str) -> Reply:
    """What a text that came in asks for. Never raises, whatever came in."""
    read = _fold(text)
    wish, language = _wish(read)
    return Reply(wish, _language(read, language))


def _wish(text: _Text) -> tuple[Wish, str]:
    """The wish, and the language of the word that told it ("" where several have it)."""
    for wish, found in ((Wish.STOP, _stop(text)), (Wish.NOT_ME, _phrase(text, known.NOT_ME))):
        if found is not None:
            return wish, found
    if _is_for_a_person(text):
        called = _help_in_trouble(text)
        return (Wish.UNCLEAR, "") if called is None else (Wish.HELP, called)
    asked = (
        (Wish.START, _start(text)),
        (Wish.RENEW, _renew(text)),
        (Wish.HELP, _help(text)),
        (Wish.HOURS, _hours(text)),
        (Wish.WORKS, _short(text, known.WORKS)),
        (Wish.AGREED, _agreed(text)),
    )
    return next(((wish, found) for wish, found in asked if found is not None), (Wish.UNCLEAR, ""))


def _fold(text: str) -> _Text:
    shown = "".join(
        each
        for each in without_quotes(unicodedata.normalize("NFKC", text[:_MOST_CHARACTERS]))
        if unicodedata.category(each) not in ("Cf", "Cs")
    ).casefold()
    typed = unicodedata.normalize("NFC", shown)
    typed = _DRAWN_OUT.sub(r"\1", typed)
    typed = _SPELT.sub(lambda found: re.sub(r"[ .-]", "", found.group()), typed)
    typed_words = tuple(_WORD.findall(typed))
    words = tuple(_plain(each) for each in typed_words)
    line = re.sub(r"[’'‘`´]", " ", _plain(typed))
    line = re.sub(r"[^\w.,;:!?-]+|-", " ", line)
    line = re.sub(r"[.!?;:, ]+$", "", re.sub(r" +", " ", line)).strip()
    asking = tuple(_WORD.findall(UNDENIED.sub(" ", line)))
    return _Text(words, typed_words, line, asking, "?" in typed, not REFUSING.isdisjoint(typed))


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text)
    return "".join(each for each in letters if not unicodedata.combining(each))


def _is_for_a_person(text: _Text) -> bool:
    return text.refuses or len(text.words) > _MOST_WORDS or _denies(text.asking)


def _denies(words: Sequence[str]) -> bool:
    if any(each in known.NEGATIONS or _is_near(each, "nicht") for each in words):
        return True
    return re.search(r"n t\b", " ".join(words)) is not None  # isn't, couldn't


def _stop(text: _Text) -> str | None:
    if known.NOT_STOP.search(text.line):
        return None
    found = _word(text.words, known.STOP_ANYWHERE, slips=False)
    if found is None:
        found = _word((each for each in text.words if len(each) > 7), known.STOP_ANYWHERE)
    if found is None and len(text.core) == 1:
        found = _word(text.core, known.STOP_ALONE, slips=False)
    return _phrase(text, known.STOP_PHRASES) if found is None else found


def _start(text: _Text) -> str | None:
    if len(text.core) != 1:
        return None
    return "" if text.core == ("start",) else _word(text.core, known.START, slips=False)


def _renew(text: _Text) -> str | None:
    said = set(text.asking)
    if said & known.RATHER_NOT or said & known.DONE or known.NOT_OURS.search(text.line):
        return None
    asked = said & known.QUESTIONS
    if asked and (text.asks or text.words[0] in asked):
        return None
    for position, (word, typed) in enumerate(zip(text.words, text.typed, strict=True)):
        before, behind = text.words[max(0, position - 2) : position], text.words[position + 1 :]
        if word in known.NOT_RENEW or typed.endswith(("ée", "és", "ées")):
            continue
        if typed.endswith("é") and not (behind[:1] == ("moi",) or _is_infinitive(text, before)):
            continue
        if word == "prolonge" and known.AUXILIARIES & set(before):
            continue
        found = _word([word], known.RENEW)
        if found is not None:
            return found
    return None


def _is_infinitive(text: _Text, before: Sequence[str]) -> bool:
    """ "Je voudrais prolongé", and alone "prolongé", sound like "prolonger"."""
    return not known.ASKING.isdisjoint(before) or (len(text.core) == 1 and not text.asks)


def _help(text: _Text) -> str | None:
    called = _phrase(text, known.HELP_PHRASES)
    if called is None and len(text.core) == 1:
        called = _word(text.core, known.HELP_ALONE, slips=False)
    if called is not None:
        return called
    if len(text.core) > 1 and known.NOT_HELP.search(text.line):
        return None
    return _word(text.words, known.HELP)


def _help_in_trouble(text: _Text) -> str | None:
    """Help, beside denials that say what does not work."""
    if text.refuses or len(text.words) > _MOST_WORDS:
        return None
    if _denies(_WORD.findall(TROUBLE.sub(" ", " ".join(text.asking)))):
        return None
    return _help(text)


def _hours(text: _Text) -> str | None:
    long_words = (each for each in text.words if len(each) > 6)
    found = _word(long_words, known.HOURS) or _phrase(text, known.HOURS_PHRASES)
    if found is None:
        found = _word(text.words, {k: v for k, v in known.HOURS.items() if k != "en"}, slips=False)
    nearly_alone = len(text.core) <= 2 and not any(each.isdigit() for each in text.core)
    if found is None and (text.asks or nearly_alone):
        found = _word(text.words, known.MAYBE_HOURS, slips=False)
    if found is None and nearly_alone:
        found = _word(text.words, known.HOURS, slips=False)
    return found


def _short(text: _Text, phrases: dict[str, re.Pattern[str]]) -> str | None:
    """A phrase that says all there is to say: in few words, and asking nothing."""
    said = set(text.words)
    if (
        text.asks
        or len(text.core) > _MOST_WORDS_OF_A_NOTE
        or _denies(text.words)
        or said & known.RATHER_NOT
    ):
        return None
    return _phrase(text, phrases)


def _agreed(text: _Text) -> str | None:
    if "ok" in text.words and not text.core and not text.asks:
        return ""
    return _short(text, known.AGREED)


def _phrase(text: _Text, phrases: dict[str, re.Pattern[str]]) -> str | None:
    return next((each for each, found in phrases.items() if found.search(text.line)), None)


def _word(words: Iterable[str], table: known.Words, *, slips: bool = True) -> str | None:
    """The language of the first word that is in the table, or nearly so."""
    for word in words:
        for language, entries in table.items():
            if word in entries or (slips and any(_is_near(word, each) for each in entries)):
                return language
    return None


def _is_near(word: str, meant: str) -> bool:
    """True if one slip lies between: a letter too many, missing or wrong, or two swapped."""
    if min(len(word), len(meant)) < _LETTERS_FOR_A_SLIP or abs(len(word) - len(meant)) > 1:
        return False
    same = 0
    while same < min(len(word), len(meant)) and word[same] == meant[same]:
        same += 1
    rest, wanted = word[same:], meant[same:]
    swapped = rest[1::-1] + rest[2:] if len(rest) > 1 else rest
    return wanted in (rest, rest[1:], swapped) or rest[1:] == wanted[1:] or rest == wanted[1:]


def _language(text: _Text, told_by: str) -> str | None:
    """The language with the most words of its own; at a draw, that of the word that told."""
    counts = {
        language: sum(each in words for each in text.words) + (language == told_by)
        for language, words in _TELLING.items()
    }
    most = max(counts.values())
    best = [language for language, count in counts.items() if count == most > 0]
    if told_by in best:
        return told_by
    return best[0] if len(best) == 1 else None
