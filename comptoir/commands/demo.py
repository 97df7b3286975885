"""``comptoir demo``: data to try the program with."""

from __future__ import annotations

import argparse
import asyncio

from comptoir import demo
from comptoir.commands import CommandFailed
from comptoir.commands.database import bring_up_to_date, connected
from comptoir.core import clock, db
from comptoir.core.keys import Keyring
from comptoir.core.settings import Settings, load

#: Any number does; it only has to be the same in every process.
_LOCK = 7_266_736_366


def make(arguments: argparse.Namespace) -> None:
    """Fill an empty database, once, and say how to sign in."""
    settings = load()
    if settings.production:
        raise CommandFailed("the demo's passwords are known to everybody: not in production.")
    if asyncio.run(_make(settings, if_empty=arguments.if_empty)):
        _show_logins()


async def _make(settings: Settings, *, if_empty: bool) -> bool:
    """True if the database is the demo's now."""
    await bring_up_to_date(settings)
    async with connected(settings), db.advisory_lock(_LOCK):
        if await demo.is_made():
            return True
        if await demo.is_empty():
            await demo.fill(Keyring(settings.signing_secret), now=clock.now())
            return True
    if if_empty:
        return False
    raise CommandFailed(
        "the database holds data already. Choose another: set COMPTOIR_DATA to a new folder, "
        "or DATABASE_URL to an empty database."
    )


def _show_logins() -> None:
    print(f"Demo data: three sites, about 60 items, 40 borrowers. Password: {demo.PASSWORD}")
    print(f"  {'login':<13}{'role':<13}{'PIN':<9}sites")
    for login in demo.LOGINS:
        sites = ", ".join(login.sites) or "all"
        print(f"  {login.login:<13}{login.role.value:<13}{login.pin:<9}{sites}")
