"""The list of what can be undone, kept by the browser for a page that is loaded anew."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Request
from litestar.datastructures import Cookie

from comptoir.core.web import cookie_name, make_cookie
from comptoir.core.web.shell import shell_of
from comptoir.lending.loans.last_steps import UNDO_TIME

Page = Request[Any, Any, Any]
_COOKIE = "desk-recent"


def keep_recent(request: Page, recent: str) -> Cookie:
    """A cookie with the list, as ``encode_recent`` writes it: it names nobody.

    It is gone when the last undo in it has run out.
    """
    settings = shell_of(request.app).settings
    seconds = int(UNDO_TIME.total_seconds())
    return make_cookie(settings, _COOKIE, quote(recent), max_age=seconds)


def kept_recent(request: Page) -> str:
    """What ``keep_recent`` left, for ``decode_recent`` to make sense of."""
    name = cookie_name(shell_of(request.app).settings, _COOKIE)
    return request.cookies.get(name, "")
