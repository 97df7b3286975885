"""Icons, status chips and cells: in every row of a list, so not macros but functions.

A macro takes Jinja about ten times as long, and a list has hundreds of these.
"""

# Every value is escaped here, which the linter cannot see.
# ruff: noqa: S704

from __future__ import annotations

from typing import Final

from markupsafe import Markup, escape

_ICON_OF: Final = {"ok": "check", "back": "back", "warn": "clock", "stop": "stop", "quiet": "info"}


class Icons:
    """Drawings of the sprite at ``url``. They decorate: the text beside one says the same."""

    def __init__(self, url: str) -> None:
        self._url = escape(url)
        self._drawn: dict[str, Markup] = {}

    def icon(self, name: str) -> Markup:
        """One icon of ``static/icons.svg``."""
        drawn = self._drawn.get(name)
        if drawn is None:
            drawn = self._drawn[name] = Markup(
                '<svg class="icon" aria-hidden="true" focusable="false">'
                f'<use href="{self._url}#{escape(name)}"></use></svg>'
            )
        return drawn

    def chip(self, kind: str, text: object, name: str | None = None) -> Markup:
        """A status: colour, icon and text together.

        ``kind``: ok, back, warn, stop or quiet; ``name``: another icon than its own.
        """
        icon = self.icon(name or _ICON_OF[kind])
        return Markup(f'<span class="chip {escape(kind)}">{icon}{escape(text)}</span>')


def heading(label: object, value: object, url: str | None = None, **attributes: str) -> Markup:
    """The cell that names a row of ``list.table``, with the link to it.

    ``attributes`` are further ones of the cell, such as ``class``.
    """
    inner = f'<a href="{escape(url)}">{escape(value)}</a>' if url else escape(value)
    more = _further(attributes)
    return Markup(
        f'<th scope="row" role="rowheader" data-label="{escape(label)}"{more}>{inner}</th>'
    )


def cell(label: object, value: object, **attributes: str) -> Markup:
    """Another cell of a row; a value of None leaves it empty."""
    inner = "" if value is None else escape(value)
    return Markup(
        f'<td role="cell" data-label="{escape(label)}"{_further(attributes)}>{inner}</td>'
    )


def _further(attributes: dict[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items() if value)
