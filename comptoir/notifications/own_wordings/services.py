"""Saving a wording: a version for each save, and never over somebody else's."""

from __future__ import annotations

from datetime import datetime

from comptoir.core import audit, db
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.notifications.channels import Channel
from comptoir.notifications.errors import AllSitesNeeded, WordingChanged
from comptoir.notifications.kinds import KINDS
from comptoir.notifications.own_wordings.queries import (
    default_of,
    need_wording,
    newest,
    values_of,
)
from comptoir.notifications.own_wordings.schemas import Key, SaveWording
from comptoir.notifications.permissions import answers_for_all
from comptoir.notifications.placeholders import Problem, ProblemCode, Wording, read
from comptoir.notifications.sentences import wording_sentence
from comptoir.notifications.texts import has_full_text

_INSERT = """
INSERT INTO notifications_own_wording
    (id, kind, language, barest, in_full, version, text, saved_at)
VALUES (:id, :kind, :language, :barest, :in_full, :version, CAST(:text AS TEXT), :now)
"""
#: Of these the place in the text says nothing.
_OF_THE_WHOLE = {ProblemCode.EMPTY, ProblemCode.TOO_LONG}


async def save_wording(
    actor: Principal, key: Key, command: SaveWording, *, version: int, now: datetime
) -> None:
    """Say it in other words from now on, or by the default. The same text is no new version.

    Raises:
        AllSitesNeeded: the actor does not answer for all sites.
        WordingNotFound: there is no such kind or language.
        Invalid: the wording cannot be used.
        WordingChanged: somebody else saved it since ``version``.
    """
    if not answers_for_all(actor):
        raise AllSitesNeeded
    need_wording(key)
    text = None if command.text is None else lines_of(command.text)
    if text is not None:
        read_wording(text, key)
    if text == default_of(key):
        text = None  # so that it follows the default when that gets better
    async with db.transaction():
        before = await newest(key)
        if before.version != version:
            raise WordingChanged
        if before.text == text:
            return
        row = values_of(key) | {"text": text}
        made = new_id()
        try:
            await db.execute(_INSERT, id=made, version=version + 1, now=now, **row)
        except db.IntegrityErrors as error:
            raise WordingChanged from error  # at the same moment
        changes = {
            "text": [before.text, text],
            "kind": [None, key.kind],
            "language": [None, key.language],
            "form": [None, key.form.value],
        }
        await audit.record(actor, "wording.saved", "wording", made, now=now, changes=changes)


def ways_of(key: Key) -> tuple[Channel, ...]:
    """The ways that a wording goes: a longer one by those where no sign costs.

    The usual one goes by the others too where the kind has no longer one.
    """
    ways = KINDS[key.kind].ways
    if key.barest or not has_full_text(key.kind):
        return tuple(ways)
    return tuple(way for way in ways if (way is Channel.SMS) != key.full)


def lines_of(text: str) -> str:
    """A text as a form sends it, with the line ends that are kept."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def read_wording(text: str, key: Key) -> Wording:
    """A text in the place of a wording, ready to be filled.

    Raises:
        Invalid: it cannot be used; where, and what to do, is told of each mistake.
    """
    found = read(text, KINDS[key.kind].names, texted=Channel.SMS in ways_of(key))
    if isinstance(found, Wording):
        return found
    raise Invalid([_field_error(problem, text) for problem in found])


def _field_error(problem: Problem, text: str) -> FieldError:
    sentence = wording_sentence(problem)
    if problem.code not in _OF_THE_WHOLE:
        before = text[: problem.position]
        sentence = _(
            "Line %(line)s, character %(place)s: %(sentence)s",
            line=before.count("\n") + 1,
            place=problem.position - (before.rfind("\n") + 1) + 1,
            sentence=sentence,
        )
    return FieldError("text", problem.code.value, sentence)
