"""``comptoir check`` finds what is wrong and says how to mend it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from piccolo.apps.migrations.tables import Migration

import comptoir as comptoir_package
from comptoir.core import db
from comptoir.core.printing.fonts import FILES
from comptoir.core.printing.typesetting import FONTS
from tests import factories
from tests.databases import drop_database, make_empty
from tests.roof.commands import comptoir

SECRET = "not-a-secret-but-long-enough-for-one"
PRODUCTION = {
    "COMPTOIR_ENV": "production",
    "COMPTOIR_SECRET": SECRET,
    "COMPTOIR_PUBLIC_URL": "https://desk.example.org",
}


def wrong(data: Path, **settings: str) -> set[str]:
    """What the command finds wrong; the exit code has to agree."""
    answer = comptoir(data, "check", **settings)
    assert "Traceback" not in answer.stderr
    found = {
        line.split(":")[0].removeprefix("wrong").strip()
        for line in answer.stdout.splitlines()
        if line.startswith("wrong")
    }
    assert answer.returncode == (1 if found else 0), answer.stdout
    return found


def test_a_good_installation_passes(database_url: str, tmp_path: Path) -> None:
    assert wrong(tmp_path / "data", DATABASE_URL=database_url, **PRODUCTION) == set()


def test_migrations_that_have_not_run_are_found(tmp_path: Path) -> None:
    assert wrong(tmp_path) == {"migrations"}


def test_a_bad_setting_is_found(tmp_path: Path) -> None:
    assert wrong(tmp_path, COMPTOIR_ENV="test") == {"settings"}


def test_a_gateway_that_lacks_something_is_found(tmp_path: Path) -> None:
    assert "gateways" in wrong(tmp_path, COMPTOIR_GATEWAYS="kannel")
    mail = {"COMPTOIR_SMTP_URL": "smtp://mail.example.org", "COMPTOIR_SMTP_SENDER": "the desk"}
    assert "gateways" in wrong(tmp_path, COMPTOIR_GATEWAYS="smtp", **mail)


def test_a_missing_secret_and_an_address_without_https_are_found(tmp_path: Path) -> None:
    found = wrong(
        tmp_path, COMPTOIR_ENV="production", COMPTOIR_PUBLIC_URL="http://desk.example.org"
    )
    assert {"secret", "public address"} <= found


def test_a_secret_that_is_easy_to_guess_is_found(tmp_path: Path) -> None:
    assert "secret" in wrong(tmp_path, **{**PRODUCTION, "COMPTOIR_SECRET": "a" * 40})


def test_files_that_others_can_read_are_found(tmp_path: Path) -> None:
    comptoir(tmp_path, "migrate")
    (tmp_path / "comptoir.sqlite").chmod(0o644)
    assert wrong(tmp_path) == {"data folder"}


def test_a_data_folder_that_is_a_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert {"data folder", "database"} <= wrong(tmp_path / "file" / "data")


def test_a_database_out_of_reach_is_found(tmp_path: Path) -> None:
    assert wrong(tmp_path, DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing") == {"database"}


def test_a_file_that_is_no_database_is_found(tmp_path: Path) -> None:
    (tmp_path / "comptoir.sqlite").write_bytes(b"not a database, but long enough to be looked at")
    (tmp_path / "comptoir.sqlite").chmod(0o600)
    assert wrong(tmp_path) == {"database"}


@pytest.mark.parametrize("port", ["99999", "0", "desk"])
def test_a_port_that_is_none_is_a_bad_setting(tmp_path: Path, port: str) -> None:
    assert wrong(tmp_path, DATABASE_URL=f"postgres://u@127.0.0.1:{port}/x") == {"settings"}


def test_a_secret_that_is_none_is_found_and_nothing_starts_with_it(tmp_path: Path) -> None:
    comptoir(tmp_path, "migrate")
    (tmp_path / "secret").touch(mode=0o600)
    assert wrong(tmp_path) == {"secret"}
    answer = comptoir(tmp_path, "serve", COMPTOIR_PORT="1")
    assert answer.returncode == 1
    assert "holds no secret" in answer.stderr


def test_looking_makes_no_secret(tmp_path: Path) -> None:
    """Who has lost theirs shall put it back, and not find another one in its place."""
    answer = comptoir(tmp_path, "check")
    assert "note   secret: there is none yet" in answer.stdout
    assert "put it back" in " ".join(answer.stdout.split())
    assert not (tmp_path / "secret").exists()


def test_a_mistyped_setting_is_named_with_the_one_that_is_near(tmp_path: Path) -> None:
    comptoir(tmp_path, "migrate")
    answer = comptoir(tmp_path, "check", COMPTOIR_PUBLICURL="x", COMPTOIR_KANNEL_LYON_URL="x")
    assert "COMPTOIR_PUBLICURL is no setting" in answer.stdout
    assert "COMPTOIR_PUBLIC_URL that was meant" in answer.stdout
    assert "KANNEL" not in answer.stdout


async def test_a_user_who_may_make_no_tables_is_found(engine_name: str, tmp_path: Path) -> None:
    if engine_name == "sqlite":
        return  # who may write the file may do that
    empty_url = await make_empty(engine_name, tmp_path)
    db.connect(empty_url)
    try:
        await db.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        await db.execute("DROP ROLE IF EXISTS comptoir_weak")
        await db.execute("CREATE ROLE comptoir_weak LOGIN")
        here = urlsplit(empty_url)
        weak = here._replace(netloc=f"comptoir_weak@{here.netloc.rpartition('@')[2]}").geturl()
        assert wrong(tmp_path / "data", DATABASE_URL=weak) == {"database"}
        answer = comptoir(tmp_path / "data", "migrate", DATABASE_URL=weak)
        assert answer.returncode == 1
        assert answer.stderr.startswith("comptoir: the database could not be migrated")
        assert "Traceback" not in answer.stderr
    finally:
        await db.execute("DROP ROLE IF EXISTS comptoir_weak")
        await db.disconnect()
        await drop_database(empty_url)


async def test_a_database_of_a_newer_version_is_found(database_url: str, tmp_path: Path) -> None:
    db.connect(database_url)
    try:
        await Migration(name="2099-01-01", app_name="core", ran_on=date(2099, 1, 1)).save()
    finally:
        await db.disconnect()
    assert wrong(tmp_path / "data", DATABASE_URL=database_url) == {"migrations"}


@pytest.mark.parametrize("name", FILES)
def test_each_font_is_missed(tmp_path: Path, name: str) -> None:
    package = Path(comptoir_package.__file__).parent
    shutil.copytree(package, tmp_path / "comptoir", ignore=shutil.ignore_patterns(name))
    there = {"PYTHONPATH": str(tmp_path), "PYTHONSAFEPATH": "1"}
    answer = comptoir(tmp_path / "data", "check", **there)
    assert f"fonts are missing: {name}" in answer.stdout


def test_all_fonts_are_known() -> None:
    assert {*FILES} == {path.name for path in FONTS.glob("*.ttf")}


def test_fonts_that_are_missing_are_found(tmp_path: Path) -> None:
    package = Path(comptoir_package.__file__).parent
    shutil.copytree(package, tmp_path / "comptoir", ignore=shutil.ignore_patterns("*.ttf"))
    there = {"PYTHONPATH": str(tmp_path), "PYTHONSAFEPATH": "1"}
    assert wrong(tmp_path / "data", **there) == {"printing", "migrations"}


async def test_an_unknown_time_zone_is_found(database_url: str, tmp_path: Path) -> None:
    db.connect(database_url)
    try:
        await factories.site(time_zone="Europe/Fribourg")
    finally:
        await db.disconnect()
    assert wrong(tmp_path / "data", DATABASE_URL=database_url) == {"time zones"}
