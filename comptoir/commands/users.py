"""``comptoir user``: the first administrator, and whoever else has no page to be invited by."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys

from comptoir.commands import CommandFailed
from comptoir.commands.database import connected
from comptoir.commands.sites import find_site
from comptoir.core import clock
from comptoir.core.accounts.services import AddUser
from comptoir.core.principal import SYSTEM, Role
from comptoir.core.settings import load
from comptoir.sites.staff import services
from comptoir.sites.staff.schemas import AddColleague


def add(arguments: argparse.Namespace) -> None:
    """Add a person; print the link by which they choose their password."""
    role = Role(arguments.role)
    if role is Role.ADMIN and arguments.site:
        raise CommandFailed("an administrator works at every site: leave --site out.")
    if role is Role.RECEPTION and not arguments.site:
        raise CommandFailed("say with --site where this person works.")
    password = _ask_password() if arguments.password else None
    print(asyncio.run(_add(arguments, role, password)))


async def _add(arguments: argparse.Namespace, role: Role, password: str | None) -> str:
    settings = load()
    async with connected(settings):
        user = AddUser(arguments.login, arguments.name, arguments.language, password)
        command = AddColleague(user, role, await find_site(arguments.site))
        if password is not None:
            await services.add_colleague(SYSTEM, command, now=clock.now())
            return f"{arguments.login} can sign in at {settings.base_url}/sign-in"
        link = await services.invite(SYSTEM, command, now=clock.now())
        return (
            "Give this link to the person. It works once, for seven days:\n"
            f"{settings.base_url}/invitations/{link.token}"
        )


def _ask_password() -> str:
    """Twice from a terminal; else one line of standard input, for scripts."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise CommandFailed("the two passwords differ.")
    return password
