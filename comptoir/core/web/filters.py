"""What the address of a list asks for; what it cannot ask for is said beside the filters.

A filter that was left out in silence would show a list that is taken for another one. So each
filter is read here: what is wrong with it stands in the page (``list.wrong`` in
``core/_list.html``), which ``core.web.page`` then answers with 422. A file has no place for
words: it asks ``Filters.need_right`` first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from litestar.connection import ASGIConnection
from litestar.types import Scope

from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.web.forms import id_or_none, read_day

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")
_STATE = "wrong_filters"


def wrong_filters(scope: Scope) -> list[FieldError]:
    """What a request asked a list for that there is not."""
    found: list[FieldError] = scope["state"].setdefault(_STATE, [])
    return found


class Filters:
    """The filters of one request. Each is None where it is not set, or wrong, which is noted.

    ``label`` is what the field of the filter is called on the page.
    """

    def __init__(self, request: ASGIConnection[Any, Any, Any, Any]) -> None:
        self._given = request.query_params
        self._wrong = wrong_filters(request.scope)

    def text(self, name: str, most: int = 200) -> str:
        """What was typed, without blanks at its ends."""
        return str(self._given.get(name, "")).strip()[:most]

    def one_of(self, name: str, kind: type[E], label: str) -> E | None:
        """A member of an enumeration."""
        text = self.among(name, [each.value for each in kind], label)
        return kind(text) if text else None

    def among(self, name: str, choices: Iterable[str], label: str) -> str | None:
        """One of the texts that the filter offers."""
        text = self.text(name)
        if not text or text in [*choices]:
            return text or None
        self._note(name, label)
        return None

    def identifier(
        self, name: str, label: str, among: Collection[UUID] | None = None
    ) -> UUID | None:
        """An id; of those that there are, where they are known."""
        text = self.text(name)
        found = id_or_none(text)
        if text and (found is None or (among is not None and found not in among)):
            self._note(name, label)
            return None
        return found

    def site(self, name: str = "site") -> UUID | None:
        """A site's id. Whether the reader may know of that site is the query's to say."""
        return self.identifier(name, _("Site"))

    def day(self, name: str, label: str) -> date | None:
        """A date such as ``2026-11-24``."""
        text = self.text(name)
        found = read_day(text)
        if text and found is None:
            self._note(name, label)
        return found

    def after(self, name: str) -> UUID | None:
        """The row that the list goes on after, or ends before: ``place`` where that is an id."""
        return self.place(name, id_or_none)

    def place(self, name: str, read: Callable[[str], T | None]) -> T | None:
        """Where the list goes on; ``read`` gives None for a text that is no place in it."""
        text = str(self._given.get(name, ""))
        found = read(text) if text else None
        if text and found is None:
            self.no_such_page(name)
        return found

    def no_such_page(self, name: str) -> None:
        """Note that the list is shown from its start, as it has no such page."""
        text = _("There is no such page of this list. This is the first one.")
        self._wrong.append(FieldError(name, "core.page-unknown", text))

    def need_right(self) -> None:
        """Refuse to go on with a filter left out.

        Raises:
            Invalid: one was wrong.
        """
        if self._wrong:
            raise Invalid(self._wrong)

    def _note(self, name: str, label: str) -> None:
        text = _("%(label)s: there is no such choice, so it was left out.", label=label)
        self._wrong.append(FieldError(name, "core.filter-unknown", text))
