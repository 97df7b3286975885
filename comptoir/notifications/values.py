"""What stands in the places of a message, for a person at a moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import msgspec

from comptoir.lending.due_dates import due_time, opens_after
from comptoir.notifications.date_words import (
    date_words,
    day_words,
    hours_words,
    moment_words,
    opening_words,
    sure_day_words,
)
from comptoir.notifications.gsm7_wording import gsm7_wording
from comptoir.notifications.placeholders import Wording, render
from comptoir.notifications.texts import language_file
from comptoir.notifications.typesetting import typeset
from comptoir.sites.opening_hours import Calendar

#: More things are counted, not named.
_MOST_NAMED = 3
_AT_LAST = datetime.max.replace(tzinfo=UTC)
#: Read so long before, no day is "tomorrow": each has its date.
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Form(StrEnum):
    """How a message reaches somebody, which decides what it need not say."""

    TEXT = "text"
    #: No sign costs more there, and a person reads the answers.
    MAIL = "mail"
    #: Read days later: with dates. The sheet says beneath it when one can come, and whom to call.
    PAPER = "paper"
    #: Said by somebody who can be asked.
    SPOKEN = "spoken"


_ANSWERED = frozenset({Form.TEXT, Form.MAIL})


class Thing(msgspec.Struct, frozen=True):
    """Something on loan: what it is in the reader's language (no code, no serial number).

    ``place`` is where it is brought back, if not to the place that writes.
    """

    name: str
    due_at: datetime | None = None
    place: str = ""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a message is about.

    ``due_at`` is the earliest of ``things``; ``also`` are due later, ``refused`` could not be
    renewed. ``last_day`` is that of vouchers, as their operator counts. ``is_two_way``: the
    sender is a number, or in an e-mail an address, that takes answers. ``reason`` is a field of
    ``texts.Reasons``.
    On paper and on the phone nothing is said of answering by text.
    """

    place: str
    calendar: Calendar
    phone: str = ""
    things: Sequence[Thing] = ()
    also: Sequence[Thing] = ()
    refused: Sequence[Thing] = ()
    due_at: datetime | None = None
    was_due: datetime | None = None
    is_two_way: bool = True
    is_renewable: bool = True
    reason: str = "other"
    last_day: date | None = None
    link: str = ""
    voucher: str = ""
    code: str = ""
    form: Form = Form.TEXT


def message_text(wording: Wording, facts: Facts, language: str, *, now: datetime) -> str:
    """The message as it is to be read at ``now``: with the signs of print where they are free."""
    count = len(facts.things)
    found = values(facts, language, wording.names(count=count), now=now)
    text = render(wording, found, count=count)
    if facts.form is Form.TEXT:
        return text
    return typeset(text, language, kept=(facts.code, facts.link))


def values(facts: Facts, language: str, names: Collection[str], *, now: datetime) -> dict[str, str]:
    """What stands in the places with these names, for a message that is read at ``now``.

    Empty where there is nothing to say: no link, no phone, no answer possible. The phone's
    number stands in one of them at most.

    Raises:
        KeyError: there is no such name.
    """
    texts, calendar = language_file(language), facts.calendar
    phrases = texts.phrases
    ways = texts.email if facts.form is Form.MAIL else phrases
    by_phone = bool(facts.phone) and not facts.is_two_way
    both_by_phone = by_phone and {"help", "stop"} <= set(names)
    opens_from = now
    if facts.form is Form.PAPER:
        now = _LONG_AGO

    def named(name: str) -> str:
        said = within_sentence(name, language)
        return said if facts.form is Form.MAIL else _plain(said)

    def things(those: Sequence[Thing], *, dated: bool = False) -> str:
        return things_words(those, calendar, language, now=now, dated=dated, named=named)

    def opening() -> str:
        if facts.form is Form.PAPER:
            return phrases.opening_beneath
        return opening_words(calendar, language, now=opens_from) or phrases.no_opening

    def hours() -> str:
        return hours_words(calendar, language, now=opens_from) or phrases.no_opening

    def due() -> str:
        if facts.due_at is None:
            return ""
        day, shut = due_words(facts.due_at, calendar, language, now=now)
        return f"{day} ({shut})" if shut else day

    def was_due() -> str:
        if facts.was_due is None:
            return ""
        day, today = calendar.local_date(facts.was_due), calendar.local_date(now)
        return day_words(day, today, language)

    def good_until() -> str:
        if facts.last_day is None:
            return ""
        words = date_words(facts.last_day, calendar.local_date(now), language)
        return phrases.last_day.replace("{{day}}", words)

    def change() -> str:
        if facts.was_due is None:
            return ""
        is_open = calendar.intervals(calendar.local_date(facts.was_due))
        phrase = phrases.other_hours if is_open else phrases.closed
        return phrase.replace("{{place}}", place()).replace("{{day}}", was_due())

    def place() -> str:
        return _plain(facts.place) if facts.form is Form.TEXT else facts.place

    def ask(answer: str, call: str, in_person: str) -> str:
        if facts.form not in _ANSWERED:
            return ""
        if facts.is_two_way:
            return answer
        if not facts.phone:
            return in_person
        number = phrases.call_us if "phone" in names else phrases.call
        return call.replace("{{call}}", number.replace("{{phone}}", facts.phone))

    def helps() -> str:
        call = ways.both_by_phone if both_by_phone else phrases.help_by_phone
        return ask(ways.help, call, phrases.help_in_person)

    def stop() -> str:
        if both_by_phone:
            return ""  # said where help is
        return ask(ways.stop, ways.stop_by_phone, ways.stop_in_person)

    def listed(phrase: str, those: Sequence[Thing]) -> str:
        return phrase.replace("{{items}}", things(those, dated=True)) if those else ""

    # Only what is asked for is worked out: a sweep makes thousands of messages.
    known: dict[str, Callable[[], str]] = {
        "place": place,
        "opening": opening,
        "hours": hours,
        "phone": lambda: facts.phone,
        "items": lambda: things(facts.things),
        "count": lambda: str(len(facts.things)),
        "due": due,
        "dates": lambda: things(facts.things, dated=True),
        "was_due": was_due,
        "change": change,
        "good_until": good_until,
        "also": lambda: listed(phrases.also, facts.also),
        "refused": lambda: listed(phrases.refused, facts.refused),
        "renew": lambda: ask(ways.renew, "", "") if facts.is_renewable else "",
        "reason": lambda: str(getattr(texts.reasons, facts.reason)),
        "help": helps,
        "stop": stop,
        "link": lambda: facts.link,
        "voucher": lambda: named(facts.voucher) if facts.voucher else "",
        "code": lambda: facts.code,
    }
    return {name: known[name]() for name in names}


def things_words(
    things: Sequence[Thing],
    calendar: Calendar,
    language: str,
    *,
    now: datetime,
    dated: bool = False,
    named: Callable[[str], str] | None = None,
) -> str:
    """``laptop, 2 x mouse, +4``; where dates differ, or if ``dated``, with them: ``(Friday 17h)``.

    Those of one date stand together, the earliest first. What belongs to another place says so.
    """
    named = named or _plain
    groups: dict[tuple[datetime | None, str], Counter[str]] = {}
    for each in things:
        groups.setdefault((each.due_at, each.place), Counter())[named(each.name)] += 1
    listed: list[str] = []
    left, unnamed = _MOST_NAMED, len(things)
    for (due, place), names in sorted(
        groups.items(), key=lambda group: (group[0][0] or _AT_LAST, group[0][1])
    ):
        shown = list(names.items())[:left]
        if not shown:
            break
        left -= len(shown)
        unnamed -= sum(number for _, number in shown)
        text = ", ".join(name if number == 1 else f"{number} x {name}" for name, number in shown)
        if due and (dated or len(groups) > 1):
            # Of the hours of another place nothing is known here.
            moment = moment_words(due, calendar.zone, language, now=now)
            said = (moment, place) if place else due_words(due, calendar, language, now=now)
            text += f" ({', '.join(filter(None, said))})"
        listed.append(text)
    return ", ".join([*listed, f"+{unnamed}"] if unnamed else listed)


def due_words(
    due: datetime, calendar: Calendar, language: str, *, now: datetime
) -> tuple[str, str]:
    """When something is due, and that the door is shut then: no time of such a day is told.

    The second is empty where the door is open that day, or no opening is in sight.
    """
    if opens_after(due, calendar) is None:
        return moment_words(due, calendar.zone, language, now=now), ""
    day, today = calendar.local_date(due), calendar.local_date(now)
    return sure_day_words(day, today, language), language_file(language).phrases.shut_then


def within_sentence(name: str, language: str) -> str:
    """A name as it stands in a sentence: a word that is capital only as a title is not there.

    German writes nouns so anywhere. ``PC``, ``Wi-Fi`` and ``MacBook`` stay as they are.
    """
    first = name.split(" ", 1)[0]
    if language == "de" or not first[1:] or first[1:] != first[1:].lower():
        return name
    return name[0].lower() + name[1:]


def example_vouchers(language: str, *, several: bool) -> Sequence[Thing]:
    """What a preview of a message about vouchers names: one, or two."""
    examples = language_file(language).examples
    names = (examples.voucher, examples.more_voucher)
    return [Thing(name) for name in names[: 1 + several]]


def example_facts(language: str, calendar: Calendar, *, now: datetime, several: bool) -> Facts:
    """What a preview is about where no real loan is chosen: one thing, or two and a third."""
    examples = language_file(language).examples
    tomorrow = calendar.local_date(now) + timedelta(days=1)
    due = due_time(calendar.open_day_from(tomorrow + timedelta(days=1)) or tomorrow, calendar)
    thing = Thing(examples.items, due)
    return Facts(
        place=examples.place,
        calendar=calendar,
        phone="026 555 01 10",
        things=(thing, Thing(examples.more, due)) if several else (thing,),
        due_at=due,
        was_due=now + timedelta(days=1),
        voucher="Wi-Fi",
        code="KQ7X-4455-WXYZ",
        last_day=calendar.local_date(now) + timedelta(days=30),
    )


def _plain(name: str) -> str:
    """A name without signs that would double the price of the message, where it may be."""
    return gsm7_wording(name) or name
