"""``comptoir check`` finds what is wrong and says how to mend it."""

from __future__ import annotations

import shutil
from pathlib import Path

import comptoir as comptoir_package
from comptoir.core import db
from tests import factories
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
    assert {"secret", "data folder", "database"} <= wrong(tmp_path / "file" / "data")


def test_a_database_out_of_reach_is_found(tmp_path: Path) -> None:
    assert wrong(tmp_path, DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing") == {"database"}


def test_a_file_that_is_no_database_is_found(tmp_path: Path) -> None:
    (tmp_path / "comptoir.sqlite").write_bytes(b"not a database, but long enough to be looked at")
    (tmp_path / "comptoir.sqlite").chmod(0o600)
    assert wrong(tmp_path) == {"database"}


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
