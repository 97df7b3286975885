"""Cookies with the flags that keep them ours."""

from __future__ import annotations

from litestar.datastructures import Cookie

from comptoir.core.settings import Settings


def cookie_name(settings: Settings, name: str) -> str:
    """The name under which a cookie is kept.

    Over HTTPS it starts with ``__Host-``: browsers then refuse it from a
    neighbouring host name, so nobody can plant one.
    """
    return f"__Host-{name}" if settings.https else name


def make_cookie(settings: Settings, name: str, value: str, max_age: int | None = None) -> Cookie:
    """A cookie for this host alone, out of reach of scripts.

    ``max_age`` is in seconds; None keeps it until the browser closes.
    """
    return Cookie(
        key=cookie_name(settings, name),
        value=value,
        max_age=max_age,
        path="/",
        secure=settings.https,
        httponly=True,
        samesite="lax",
    )


def forget_cookie(settings: Settings, name: str) -> Cookie:
    """What makes the browser drop the cookie."""
    return make_cookie(settings, name, "", max_age=0)
