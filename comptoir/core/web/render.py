"""How a handler answers with HTML: a page, a fragment, or a redirect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from litestar import MediaType, Response
from litestar.datastructures import Cookie

from comptoir.core import i18n
from comptoir.core.web import flash as flashes
from comptoir.core.web.context import (
    Connection,
    by_password,
    gains_by_password,
    is_htmx,
    local_path,
    principal_of,
    speak_to,
    template_context,
)
from comptoir.core.web.cookies import cookie_name, forget_cookie, make_cookie
from comptoir.core.web.filters import wrong_filters
from comptoir.core.web.flash import Flash
from comptoir.core.web.navigation import NavLink, visible
from comptoir.core.web.shell import shell_of

#: Left as they are in an address (RFC 3986, section 2.2), with what is encoded already.
_ADDRESS_SIGNS = "!#$%&'()*+,/:;=?@[]~"


def page(
    request: Connection,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    cookies: list[Cookie] | None = None,
    menu_at: str = "",
    **context: object,
) -> Response[str]:
    """A whole page, such as ``page(request, "lending/desk.html", desk=desk)``.

    The layout finds the menus, the principal and the place by itself, and shows
    the message that a redirect left behind. ``menu_at`` is the entry of the menu
    that one is at, where the page's own address tells of another.
    """
    shell = shell_of(request.app)
    message = flashes.decode(request.cookies.get(cookie_name(shell.settings, flashes.COOKIE)))
    cookies = list(cookies or ())
    if message is not None:
        cookies.append(forget_cookie(shell.settings, flashes.COOKIE))
    html = _render(
        request,
        template,
        {
            "flash": message,
            "main_menu": _menu(request, "main", menu_at),
            "account_menu": _menu(request, "account"),
            "gains_by_password": gains_by_password(request.scope),
            "is_reached": shell.settings.is_reached,
            **context,
        },
    )
    return _html(html, _status(request, status), headers, cookies)


def public_page(
    request: Connection, template: str, *, max_age: int, **context: object
) -> Response[str]:
    """A page that is the same for everybody, so that caches may keep it ``max_age`` seconds.

    It reads and sets no cookie. The handler has called ``speak_publicly``.
    """
    html = _public_html(request, template, context)
    return _html(html, _status(request, 200), public_headers(max_age), [])


def unlisted_page(
    request: Connection,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> Response[str]:
    """A page for whoever has its address, as plain as a public one. Nobody else is to know it.

    No cache keeps it. That no search engine lists it and no link on it tells where one was is
    said of its path in ``headers``, errors included.
    """
    headers = {"Cache-Control": "no-store", **(headers or {})}
    return _html(_public_html(request, template, context), status, headers, [])


def _public_html(request: Connection, template: str, context: Mapping[str, object]) -> str:
    environment: Any = shell_of(request.app).environment
    language = i18n.current_language()
    html: str = environment.get_template(template).render(
        {"language": language, "wrong_filters": wrong_filters(request.scope), **context}
    )
    return html


def public_headers(max_age: int) -> dict[str, str]:
    """What lets caches keep an answer for everybody who reads its language, in seconds."""
    return {"Cache-Control": f"public, max-age={max_age}", "Vary": "Accept-Language"}


def fragment(
    request: Connection,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    cookies: list[Cookie] | None = None,
    **context: object,
) -> Response[str]:
    """A piece of a page for htmx to swap in, such as ``lending/_loan_row.html``."""
    return _html(_render(request, template, context), status, headers, list(cookies or ()))


def redirect(
    request: Connection,
    path: str,
    *,
    flash: Flash | None = None,
    cookies: list[Cookie] | None = None,
) -> Response[str]:
    """Go to a page of ours after a form, with a message to show there.

    Works for a plain form (303) and for one sent by htmx, which would
    otherwise swap the whole page into a corner of this one.
    """
    path = quote(local_path(path), safe=_ADDRESS_SIGNS)
    cookies = list(cookies or ())
    if flash is not None:
        settings = shell_of(request.app).settings
        cookies.append(make_cookie(settings, flashes.COOKIE, flashes.encode(flash), max_age=60))
    if is_htmx(request.scope):
        return _html("", 200, {"HX-Redirect": path}, cookies)
    return _html("", 303, {"Location": path}, cookies)


def _status(request: Connection, status: int) -> int:
    """The status of a page; of a list that was asked for what there is not, 422."""
    return 422 if status == 200 and wrong_filters(request.scope) else status


def _menu(request: Connection, menu: str, menu_at: str = "") -> Sequence[NavLink]:
    return visible(
        shell_of(request.app).navigation,
        menu,
        principal_of(request.scope),
        menu_at or request.scope["path"],
        by_password=by_password(request.scope),
    )


def _render(request: Connection, template: str, context: Mapping[str, object]) -> str:
    speak_to(request.scope, principal_of(request.scope))
    shell = shell_of(request.app)
    environment: Any = shell.environment
    rendered: str = environment.get_template(template).render(
        {**template_context(request), "lock_minutes": shell.settings.lock_minutes, **context}
    )
    return rendered


def _html(
    html: str, status: int, headers: Mapping[str, str] | None, cookies: list[Cookie]
) -> Response[str]:
    return Response(
        html,
        media_type=MediaType.HTML,
        status_code=status,
        headers={**(headers or {}), "Content-Language": i18n.current_language()},
        cookies=cookies,
    )
