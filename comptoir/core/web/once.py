"""A form that was sent twice makes one thing: a double click without JavaScript, a lost answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request

from comptoir.core import idempotency
from comptoir.core.idempotency import Attempt, Outcome
from comptoir.core.principal import Principal

#: The hidden field that tells a form from the next one with the same in it (``forms.once()``).
FIELD = "form"


async def made_once(
    request: Request[Principal, Any, Any],
    make: Callable[[], Awaitable[UUID]],
    *,
    now: datetime,
) -> UUID:
    """The id of what a form makes: of the first time, where the same form came before.

    A form that was changed in between, after going back to it, makes another thing.
    """

    async def told() -> str:
        return str(await make())

    return UUID(await done_once(request, told, now=now))


async def done_once(
    request: Request[Principal, Any, Any],
    do: Callable[[], Awaitable[str]],
    *,
    now: datetime,
) -> str:
    """What a form led to, such as the codes of new items, as ``made_once`` does for an id."""
    if not (await request.form()).get(FIELD):
        return await do()
    key = idempotency.fingerprint(request.url.path, await request.body())

    async def act() -> Outcome:
        return Outcome(status=201, body=await do())

    return (await idempotency.once(request.user, Attempt(key, key), act, now=now)).body
