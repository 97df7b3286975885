"""Codes in a body, read as forgivingly as at the desk."""

from __future__ import annotations

from comptoir.inventory import codes
from comptoir.lending import scans
from comptoir.lending.desk.naming import name_scan
from comptoir.lending.errors import ScanRefused
from comptoir.lending.refusals import Refusal, RefusalCode


async def code_of(text: str) -> str:
    """The eight letters of a code as it was scanned or typed.

    Whether anything carries it is for the service to say.

    Raises:
        ScanRefused: it is no code of ours, or a letter of it is wrong.
    """
    reading = codes.scan(text)
    if reading.outcome is codes.Outcome.CODE and reading.code is not None:
        return reading.code
    match await name_scan(text):
        case scans.MisreadCodeNamed(suggestion):
            data: dict[str, object] = {"suggestion": suggestion} if suggestion else {}
            raise ScanRefused(Refusal(RefusalCode.CODE_MISREAD, data))
        case scans.ForeignTextNamed(too_long=True):
            raise ScanRefused(Refusal(RefusalCode.CODE_TOO_LONG))
    raise ScanRefused(Refusal(RefusalCode.CODE_FOREIGN))
