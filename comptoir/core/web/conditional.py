"""``If-None-Match``: whether the reader has what would be sent (RFC 9110, section 13.1.2)."""

from __future__ import annotations

from comptoir.core.web.context import Connection


def has_already(request: Connection, tag: str) -> bool:
    """Whether one of the tags that the reader names is this one, weak or not, or ``*``.

    Then the answer is 304 with the tag, and nothing in it.
    """
    named = request.headers.get("if-none-match", "")
    return tag in {each.strip().removeprefix("W/") for each in named.split(",")} or named == "*"
