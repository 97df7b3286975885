"""What no form may hold, told before a handler sees it.

PostgreSQL keeps no U+0000 in a text (its documentation, section 8.3). A person
cannot type one; a scanner that misreads, or a program, can send it.
"""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.exceptions import NotFoundException

from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.web.context import is_api

NUL = "\x00"

#: ``opt=`` of a handler that makes sense of any text itself.
ANY_TEXT = {"any_text": True}


def nul_error(field: str) -> FieldError:
    """The field holds U+0000."""
    text = _("A text holds a character that cannot be kept (U+0000). Go back and type it again.")
    return FieldError(field, "core.invalid-value", text)


async def refuse_nul(request: Request[Any, Any, Any]) -> None:
    """Refuse a page's address or form that holds U+0000; calls look at theirs themselves.

    Raises:
        NotFoundException: the path holds one.
        Invalid: a parameter or a field does.
    """
    if is_api(request.scope) or request.scope["route_handler"].opt.get("any_text"):
        return
    if NUL in request.scope["path"]:
        raise NotFoundException
    given = [*request.query_params.multi_items()]
    if request.method == "POST":
        given += (await request.form()).multi_items()
    fields = dict.fromkeys(name for name, value in given if NUL in name or NUL in str(value))
    if fields:
        raise Invalid([nul_error(name.replace(NUL, "")) for name in fields])
