"""The command line itself: help for everything, and errors a person can read."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

import pytest

from comptoir.cli import main, make_parser
from comptoir.commands.settings_table import page
from tests.roof.commands import ROOT, comptoir


def leaves(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """Every command that runs something."""
    found = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                found += leaves(command) or [command]
    return found


@pytest.mark.parametrize("command", leaves(make_parser()), ids=lambda command: command.prog)
def test_every_command_says_what_it_does_and_can_be_run(command: argparse.ArgumentParser) -> None:
    assert command.description
    module, _, function = command.get_default("run").partition(":")
    assert callable(getattr(import_module(f"comptoir.commands.{module}"), function))
    for action in command._actions:
        assert action.help, f"{command.prog} {action.dest}"


def test_help_lists_the_commands(tmp_path: Path) -> None:
    answer = comptoir(tmp_path, "--help")
    assert answer.returncode == 0
    for name in ("serve", "migrate", "check", "settings"):
        assert f"\n    {name} " in answer.stdout


def test_a_mistyped_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["sevre"])
    assert ended.value.code == 2
    assert "sevre" in capsys.readouterr().err


def test_a_bad_setting_is_named_without_a_traceback(tmp_path: Path) -> None:
    answer = comptoir(tmp_path, "migrate", COMPTOIR_PORT="eight")
    assert answer.returncode == 1
    assert "COMPTOIR_PORT" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_database_out_of_reach_is_said_without_a_traceback(tmp_path: Path) -> None:
    answer = comptoir(tmp_path, "migrate", DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing")
    assert answer.returncode == 1
    assert "comptoir check" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("user", "add", "marie", "--name", "Marie", "--role", "admin"),
        ("token", "add", "Door", "--scope", "desk"),
        ("label", "--all"),
    ],
)
def test_a_database_with_nothing_in_it_is_said_without_a_traceback(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    answer = comptoir(tmp_path, *command)
    assert answer.returncode == 1
    assert "run `comptoir migrate`" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_migrate_runs_once_and_keeps_the_file_private(tmp_path: Path) -> None:
    assert "ran core" in comptoir(tmp_path, "migrate").stdout
    assert "ran" not in comptoir(tmp_path, "migrate").stdout
    assert (tmp_path / "comptoir.sqlite").stat().st_mode & 0o777 == 0o600


def test_the_settings_page_is_up_to_date() -> None:
    written = (ROOT / "docs" / "operator" / "settings.md").read_text(encoding="utf-8")
    assert written == page(), "run `make docs`"
