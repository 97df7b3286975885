"""The command line: what an operator types.

Only the standard library's argparse: a dozen commands need no more, and
``comptoir --help`` answers at once because a command's module is imported when
that command runs.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from comptoir import __version__
from comptoir.commands import CommandFailed
from comptoir.core.errors import ComptoirError
from comptoir.core.i18n import LANGUAGES, use_language
from comptoir.core.settings import SettingsInvalid

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

EPILOG = """\
settings come from the environment: DATABASE_URL, COMPTOIR_DATA, COMPTOIR_HOST,
COMPTOIR_PORT, COMPTOIR_PUBLIC_URL, COMPTOIR_ENV, COMPTOIR_SECRET,
COMPTOIR_VOUCHER_KEYS.
`comptoir settings` lists them all, `comptoir check` says what is wrong.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 if it worked, 1 if not, 2 if it was mistyped."""
    given = make_parser().parse_args(arguments)
    os.umask(0o077)  # what a command writes may hold personal data or secrets
    module, _, function = given.run.partition(":")
    gc.disable()  # what is imported stays: looking for garbage in it is a twentieth of a start
    command = getattr(import_module(f"comptoir.commands.{module}"), function)
    gc.enable()
    with use_language("en"):
        try:
            return int(command(given) or 0)
        except ComptoirError as error:
            return _fail(error.message())
        except (CommandFailed, SettingsInvalid) as error:
            return _fail(str(error))
        except KeyboardInterrupt:
            return 130


def _fail(reason: str) -> int:
    print(f"comptoir: {reason}", file=sys.stderr)
    return 1


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
    _command(commands, "jobs", "jobs:run", "do what is done again and again, and serve nobody")
    _command(commands, "migrate", "database:migrate", "bring the database up to date")
    _add_demo(commands)
    _add_user(commands)
    _add_token(commands)
    _add_sites(commands)
    _add_label(commands)
    _add_vouchers(commands)
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


def _add_demo(commands: Commands) -> None:
    demo = _command(commands, "demo", "demo:make", "fill an empty database with data to try")
    demo.add_argument(
        "--if-empty", action="store_true", help="do nothing where there is data already"
    )


def _add_user(commands: Commands) -> None:
    group = commands.add_parser("user", help="let people sign in")
    actions = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add = _command(actions, "add", "users:add", "add a person and print a link to invite them")
    add.add_argument("login", metavar="LOGIN", help="the user name to sign in with")
    add.add_argument("--name", required=True, help="the person's name")
    add.add_argument(
        "--role",
        choices=("reception", "coordinator", "admin"),
        default="reception",
        help="what the person does; reception if not said",
    )
    add.add_argument("--site", help="where, by name; administrators work at all sites")
    add.add_argument("--language", choices=LANGUAGES, default="fr", help="fr if not said")
    add.add_argument(
        "--password",
        action="store_true",
        help="ask for a password (or read it from standard input) instead of making a link",
    )


def _add_token(commands: Commands) -> None:
    group = commands.add_parser("token", help="give other programs access to the API")
    actions = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add = _command(actions, "add", "tokens:add", "make a token and print it, this once")
    add.add_argument("name", metavar="NAME", help="what it is for, such as 'Door counter'")
    add.add_argument(
        "--scope",
        action="append",
        required=True,
        choices=("read", "desk", "borrowers", "inventory", "settings"),
        help="what it may do; may be repeated (docs/operator/api.md)",
    )
    add.add_argument("--site", help="the one site it may act at, by name; without it, all")
    add.add_argument("--expires", metavar="DAY", help="its last day, such as 2027-01-31")


def _add_sites(commands: Commands) -> None:
    group = commands.add_parser("sites", help="start with places that are known elsewhere")
    actions = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    load = _command(
        actions, "import", "site_imports:load", "make sites from a CSV of the French national map"
    )
    load.add_argument("file", metavar="FILE", help="CSV of the ANCT's standard v1.0.2")
    load.add_argument("--organisation", required=True, help="whose sites they are, by name")
    load.add_argument(
        "--check", action="store_true", help="say what is wrong and how many are new, no more"
    )


def _add_label(commands: Commands) -> None:
    label = _command(commands, "label", "labels:write", "make a sheet of labels as PDF")
    label.add_argument("codes", nargs="*", metavar="CODE", help="an item's tag code")
    label.add_argument("--all", action="store_true", help="every item in use")
    label.add_argument(
        "--sheet", choices=("l7160", "l7163", "62mm"), default="l7160", help="the sheet"
    )
    label.add_argument(
        "--start", type=int, default=1, metavar="N", help="the first free label of a used sheet"
    )
    label.add_argument("--language", choices=LANGUAGES, default="fr", help="fr if not said")
    label.add_argument("--out", default="labels.pdf", metavar="FILE", help="where to write it")


def _add_vouchers(commands: Commands) -> None:
    group = commands.add_parser("vouchers", help="keep the codes of vouchers secret")
    actions = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    about = "seal all codes with the newest key, and no other"
    _command(actions, "rotate", "vouchers:rotate_keys", about)
    about = "go on without a lost key, and without its codes"
    lost = _command(actions, "give-up-key", "vouchers:give_up", about)
    lost.add_argument("key", metavar="NAME", help="the key's name, as `comptoir check` says it")


def _command(commands: Commands, name: str, run: str, about: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=about, description=about[0].upper() + about[1:] + "."
    )
    parser.set_defaults(run=run)
    return parser
