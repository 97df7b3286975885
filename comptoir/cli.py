"""The command line: what an operator types.

Only the standard library's argparse: a dozen commands need no more, and
``comptoir --help`` answers at once because a command's module is imported when
that command runs.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from comptoir import __version__
from comptoir.commands import CommandFailed
from comptoir.core.settings import SettingsInvalid

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

EPILOG = """\
settings come from the environment: DATABASE_URL, COMPTOIR_DATA, COMPTOIR_HOST,
COMPTOIR_PORT, COMPTOIR_PUBLIC_URL, COMPTOIR_ENV, COMPTOIR_SECRET.
`comptoir settings` lists them all, `comptoir check` says what is wrong.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 if it worked, 1 if not, 2 if it was mistyped."""
    given = make_parser().parse_args(arguments)
    os.umask(0o077)  # what a command writes may hold personal data or secrets
    module, _, function = given.run.partition(":")
    try:
        return int(getattr(import_module(f"comptoir.commands.{module}"), function)(given) or 0)
    except (CommandFailed, SettingsInvalid) as error:
        print(f"comptoir: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def make_parser() -> argparse.ArgumentParser:
    """Every command with its options; ``run`` names the function in ``comptoir.commands``."""
    parser = argparse.ArgumentParser(
        prog="comptoir",
        description="A lending desk for laptops, phones and connectivity vouchers.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"comptoir {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_serve(commands)
    _command(commands, "migrate", "database:migrate", "bring the database up to date")
    _command(commands, "check", "check:check", "say what is wrong, and how to mend it")
    _command(commands, "settings", "settings_table:show", "list what can be set")
    return parser


def _add_serve(commands: Commands) -> None:
    serve = _command(commands, "serve", "serve:serve", "start the server")
    serve.add_argument(
        "--lan",
        action="store_true",
        help="listen on the local network over HTTPS, with a certificate of its own, so that "
        "phones can use their camera; prints the address as a QR code",
    )
    serve.add_argument("--host", help="address to listen on (with --lan: to name to others)")
    serve.add_argument("--port", type=int, help="port to listen on")
    serve.add_argument("--workers", type=int, help="server processes")


def _command(commands: Commands, name: str, run: str, about: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=about, description=about[0].upper() + about[1:] + "."
    )
    parser.set_defaults(run=run)
    return parser
