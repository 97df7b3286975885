"""``comptoir token``: access for other programs."""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime, time, timedelta

from comptoir.commands import CommandFailed
from comptoir.commands.database import connected
from comptoir.commands.sites import find_site
from comptoir.core import clock
from comptoir.core.accounts import tokens
from comptoir.core.accounts.token_errors import TokenUnfit
from comptoir.core.accounts.tokens import CreateToken
from comptoir.core.principal import SYSTEM
from comptoir.core.settings import load


def add(arguments: argparse.Namespace) -> None:
    """Make a token; its text goes to standard output, alone, for a script to keep."""
    print(asyncio.run(_add(arguments)))


async def _add(arguments: argparse.Namespace) -> str:
    async with connected(load()):
        command = CreateToken(
            name=arguments.name,
            scopes=tuple(arguments.scope),
            site_id=await find_site(arguments.site),
            expires_at=_end_of(arguments.expires),
        )
        return (await tokens.create_token(SYSTEM, command, now=clock.now())).token


def _end_of(day: str | None) -> datetime | None:
    """The end of a day written ``2027-01-31``, in UTC; the first moment it is worth nothing."""
    if day is None:
        return None
    try:
        date = datetime.strptime(day, "%Y-%m-%d").date()  # noqa: DTZ007 – a day has no zone
    except ValueError:
        raise CommandFailed(f"{day!r} is no day like 2027-01-31.") from None
    try:
        return datetime.combine(date, time(), tzinfo=UTC) + timedelta(days=1)
    except OverflowError:  # the last day of the calendar
        raise TokenUnfit.too_long() from None
