"""What is said on the phone: the wordings of messages, spoken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from comptoir.core import db
from comptoir.core.i18n import LANGUAGES
from comptoir.core.phones import show_phone
from comptoir.inventory.names import read_name
from comptoir.notifications.calls.schemas import Script
from comptoir.notifications.kinds import Matter, kinds_about
from comptoir.notifications.reminders.plans import CALL, ENDING
from comptoir.notifications.reminders.reading import Sender
from comptoir.notifications.values import Facts, Form, Thing, message_text

_OVERDUE = kinds_about(Matter.OVERDUE)


def scripts_of(
    lines: Sequence[db.Row],
    about: Mapping[UUID, Sequence[db.Row]],
    sender: Sender,
    *,
    language: str,
    barest: bool,
    now: datetime,
) -> tuple[Script, ...]:
    """What to say to somebody about their lines of the list, as it is at ``now``.

    Each matter is said once, however many reminders of it there were. ``about`` are the loans or
    vouchers of each line; without any, what was written says it all.
    """
    return tuple(
        _script(kind, list(some), about, sender, language=language, barest=barest, now=now)
        for (kind, _line), some in groupby(sorted(lines, key=_matter), key=_matter)
    )


def _matter(line: db.Row) -> tuple[str, str]:
    """What is said once. Vouchers of another line end on another day."""
    if line["kind"] == ENDING:
        return ENDING, str(line["id"])
    return CALL if line["kind"] in _OVERDUE else str(line["kind"]), ""


def _script(
    kind: str,
    lines: Sequence[db.Row],
    about: Mapping[UUID, Sequence[db.Row]],
    sender: Sender,
    *,
    language: str,
    barest: bool,
    now: datetime,
) -> Script:
    line = lines[-1]
    theirs = line["language"] if line["language"] in LANGUAGES else LANGUAGES[0]
    rows = [row for each in lines for row in about.get(each["id"], ())]
    if not rows:
        return Script(kind, line["text"], line["text"])

    def said(in_language: str) -> str:
        wording = sender.wordings.of(kind, in_language, barest=barest, full=True)
        return message_text(wording, facts(in_language), in_language, now=now)

    def facts(in_language: str) -> Facts:
        if kind == ENDING:
            return _facts_of_vouchers(rows, sender, in_language)
        return _facts(list({row["loan"]: row for row in rows}.values()), sender, in_language)

    return Script(kind, said(language), said(theirs))


def _facts_of_vouchers(vouchers: Sequence[db.Row], sender: Sender, language: str) -> Facts:
    return Facts(
        place=sender.name,
        calendar=sender.calendar,
        phone=show_phone(sender.phone) if sender.phone else "",
        things=[Thing(read_name(row["names"], language)) for row in vouchers],
        last_day=vouchers[0]["last_day"],
        form=Form.SPOKEN,
    )


def _facts(loans: Sequence[db.Row], sender: Sender, language: str) -> Facts:
    things = [
        Thing(
            read_name(row["names"], language),
            row["due_at"],
            "" if row["return_site"] == sender.id else row["place"],
        )
        for row in loans
    ]
    before = [row["was_due"] for row in loans if row["was_due"] is not None]
    return Facts(
        place=sender.name,
        calendar=sender.calendar,
        phone=show_phone(sender.phone) if sender.phone else "",
        things=things,
        due_at=min(row["due_at"] for row in loans),
        was_due=min(before, default=None),
        form=Form.SPOKEN,
    )
