"""``comptoir sites import``: the start from a file of the ANCT."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from uuid import UUID

from comptoir.commands import CommandFailed
from comptoir.commands.database import connected
from comptoir.core import clock
from comptoir.core.principal import SYSTEM
from comptoir.core.settings import load as load_settings
from comptoir.sites import queries
from comptoir.sites.open_data import imports


def load(arguments: argparse.Namespace) -> None:
    """Import a file, or with ``--check`` say what that would do."""
    try:
        content = Path(arguments.file).read_bytes()
    except OSError as error:
        raise CommandFailed(f"{arguments.file} cannot be read: {error.strerror}.") from None
    print(asyncio.run(_load(content, arguments.organisation, check=arguments.check)))


async def _load(content: bytes, organisation: str, *, check: bool) -> str:
    async with connected(load_settings()):
        owner, now = await _organisation(organisation), clock.now()
        found = await imports.preview(SYSTEM, owner, content, now=now)
        if found.wrong:
            lines = [
                f"line {each.line}{each.column and ', '}{each.column}: {each.message}"
                for each in found.problems
            ]
            raise CommandFailed("\n".join([f"nothing was imported, {found.wrong} wrong:", *lines]))
        if check:
            return f"{found.new} new sites, {found.known} here already. Nothing was imported."
        done = await imports.import_sites(SYSTEM, owner, content, now=now)
        return f"{done.imported} sites imported, {done.known} were here already."


async def _organisation(name: str) -> UUID:
    known = await queries.organisations()
    for each in known:
        if name.casefold() in (each.name.casefold(), str(each.id)):
            return each.id
    names = ", ".join(each.name for each in known) or "there is none yet"
    raise CommandFailed(f"no organisation is called {name!r}. Organisations: {names}.")
