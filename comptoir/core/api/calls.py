"""What a handler knows of a call beside its body: who, when, and the headers that matter."""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
from litestar import Request

from comptoir.core import clock
from comptoir.core.accounts.authentication import accounts_of
from comptoir.core.accounts.guards import somebody
from comptoir.core.api.errors import IdempotencyKeyUnfit, VersionMissing
from comptoir.core.idempotency import Attempt, fingerprint
from comptoir.core.principal import Principal
from comptoir.core.settings import Settings
from comptoir.core.web.shell import shell_of

#: Longer keys are refused: a UUID has 36 characters, the column 255.
LONGEST_KEY = 255

_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_KEY}}}")
_OUR_TAG = re.compile(r'"([0-9]{1,9})(?:-[0-9a-f]{12})?"')
#: No row has this version: a tag that is not ours matches nothing.
_NO_VERSION = -1


class Call(msgspec.Struct, frozen=True):
    """One call. ``attempt`` is set where it carries an ``Idempotency-Key``.

    ``base_url`` is where a code that is printed leads.
    """

    actor: Principal
    now: datetime
    settings: Settings
    attempt: Attempt | None = None
    if_match: str | None = None
    base_url: str = ""

    @property
    def version(self) -> int:
        """The version that ``If-Match`` names, for the service to compare.

        Raises:
            VersionMissing: the header is not there.
        """
        if self.if_match is None:
            raise VersionMissing
        version = version_of(self.if_match)
        return _NO_VERSION if version is None else version


def tag_of(version: int, body: bytes) -> str:
    """The ETag of an answer: the version, for edits, and what was said, for ``If-None-Match``.

    The version alone would not do for that: days late, names of other things and sums
    change without it.
    """
    return f'"{version}-{sha256(body).hexdigest()[:12]}"'


def version_of(tag: str) -> int | None:
    """The version in a tag of ours, with what was said or without; None if it is none."""
    found = _OUR_TAG.fullmatch(tag.strip())
    return int(found[1]) if found else None


async def call_of(request: Request[Any, Any, Any], *, changes: bool) -> Call:
    """Read the headers; those of a change only where the call makes one.

    Raises:
        IdempotencyKeyUnfit: the key is empty, too long, or not visible ASCII.
    """
    return Call(
        actor=somebody(request),
        now=clock.now(),
        settings=shell_of(request.app).settings,
        attempt=await _attempt(request) if changes else None,
        if_match=request.headers.get("if-match"),
        base_url=shell_of(request.app).settings.base_url,
    )


async def _attempt(request: Request[Any, Any, Any]) -> Attempt | None:
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise IdempotencyKeyUnfit
    target = f"{request.method} {request.url.path}"
    asked = fingerprint(target, await request.body())
    # With a key: a body may hold the code of a voucher, which a plain hash lets one guess.
    return Attempt(key, accounts_of(request.app).keys.mac("idempotency", asked))
