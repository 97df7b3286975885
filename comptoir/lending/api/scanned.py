"""Codes in a body, read as forgivingly as at the desk."""

from __future__ import annotations

from uuid import UUID

from comptoir.core.api import Call
from comptoir.inventory import codes
from comptoir.lending import scans
from comptoir.lending.desk.naming import name_code
from comptoir.lending.errors import ScanRefused
from comptoir.lending.loans import outcomes
from comptoir.lending.refusals import Refusal


async def code_of(text: str) -> str:
    """The eight letters of a code as it was scanned or typed.

    Whether anything carries it is for the service to say.

    Raises:
        ScanRefused: it is no code of ours, or a letter of it is wrong.
    """
    reading = codes.scan(text)
    if reading.outcome is codes.Outcome.CODE and reading.code is not None:
        return reading.code
    named = await name_code(text)
    if not isinstance(named, scans.MisreadCodeNamed | scans.ForeignTextNamed):
        named = scans.ForeignTextNamed()  # a name or a number
    raise ScanRefused(scans.refuse_text(named))


async def scanned_code(call: Call, text: str, *, site_id: UUID | None) -> str:
    """``code_of`` of what was scanned at a desk, where a refused scan is recorded too.

    The refusal is then the outcome of the call's attempt.

    Raises:
        ScanRefused: it is no code of ours, or a letter of it is wrong.
        IdempotencyKeyReused: the key came with another request before.
    """
    try:
        return await code_of(text)
    except ScanRefused as error:
        first = await outcomes.first(call.actor, call.attempt, None, object)
        if isinstance(first, Refusal):
            raise ScanRefused(first) from None
        await outcomes.record_unread(
            call.actor,
            call.attempt,
            error.refusal,
            site_id=site_id or call.actor.site_id,
            now=call.now,
        )
        raise
