"""``If-Match`` with more than one tag, or with ``*``: whatever there is now (RFC 9110, 13.1.1)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from comptoir.core.api.calls import Call, version_of


async def matched(call: Call, read: Callable[[], Awaitable[Any]]) -> Call:
    """The call with the one tag that its service compares; ``read`` gives what there is now.

    Between the two somebody may change it: that is a change since, as ever.
    """
    tags = {tag.strip() for tag in (call.if_match or "").split(",")}
    if len(tags) == 1 and "*" not in tags:
        return call
    now: int = (await read()).version
    if "*" in tags or now in map(version_of, tags):
        return msgspec.structs.replace(call, if_match=f'"{now}"')
    return call
