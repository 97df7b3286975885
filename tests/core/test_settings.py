"""Settings: bad values are named, a secret is made once and never in production."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from comptoir.core.settings import Settings, SettingsInvalid, load

GOOD_SECRET = "x" * 16 + "0123456789abcdef"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("COMPTOIR_PORT", "0"),
        ("COMPTOIR_PORT", "65536"),
        ("COMPTOIR_PORT", "http"),
        ("COMPTOIR_WORKERS", "-1"),
        ("COMPTOIR_WORKERS", "two"),
        ("COMPTOIR_JOBS", "maybe"),
        ("COMPTOIR_ENV", "prod"),
        ("COMPTOIR_SECRET", "too short"),
        ("COMPTOIR_PUBLIC_URL", "desk.example.org"),
        ("COMPTOIR_PUBLIC_URL", "ftp://desk.example.org"),
        ("DATABASE_URL", "mysql://localhost/comptoir"),
        ("DATABASE_URL", "comptoir.sqlite"),
        ("DATABASE_URL", "postgres://localhost:0/comptoir"),
        ("DATABASE_URL", "postgres://localhost:65536/comptoir"),
    ],
)
def test_a_bad_value_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(SettingsInvalid, match=variable):
        load({variable: value})


@pytest.mark.parametrize(
    ("url", "reached"),
    [
        ("", False),
        ("http://localhost:8000", False),
        ("http://[::1]:8000", False),
        ("http://192.168.1.20:8000", True),
        ("https://desk.example.org", True),
    ],
)
def test_an_address_of_this_computer_alone_is_told(url: str, reached: bool) -> None:
    assert Settings(public_url=url).is_reached is reached


def test_an_empty_value_is_as_good_as_none() -> None:
    assert load({"COMPTOIR_PORT": " ", "DATABASE_URL": ""}) == Settings()


def test_values_are_read() -> None:
    settings = load(
        {
            "DATABASE_URL": "postgres://u:p@host/name",
            "COMPTOIR_PUBLIC_URL": "https://desk.example.org/",
            "COMPTOIR_TRUSTED_PROXIES": "10.0.0.1, 10.0.0.2",
            "COMPTOIR_DATA": "/srv/comptoir",
        }
    )
    assert settings.database == "postgres://u:p@host/name"
    assert settings.base_url == "https://desk.example.org"
    assert settings.https
    assert settings.trusted_proxies == ("10.0.0.1", "10.0.0.2")
    assert settings.data == Path("/srv/comptoir")


def test_without_a_url_the_database_is_a_file_of_the_data_folder(tmp_path: Path) -> None:
    assert (
        load({"COMPTOIR_DATA": str(tmp_path)}).database == f"sqlite:///{tmp_path}/comptoir.sqlite"
    )


def test_a_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    first = Settings(data=tmp_path).signing_secret
    assert len(first) >= 32
    assert Settings(data=tmp_path).signing_secret == first
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def _secret(folder: str) -> str:
    return Settings(data=Path(folder)).signing_secret


def test_processes_that_start_together_share_the_secret(tmp_path: Path) -> None:
    folders = [str(tmp_path / str(each)) for each in range(100)]
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        read = pool.map(_secret, [folder for folder in folders for _ in range(4)], chunksize=1)
    # Every process reads the whole of the one that was made: a hundred times they race.
    assert len(set(read)) == len(folders)
    assert all(len(set(read[at : at + 4])) == 1 for at in range(0, len(read), 4))
    assert {path.name for path in tmp_path.glob("*/*")} == {"secret"}


@pytest.mark.parametrize("text", ["", GOOD_SECRET[:31]])
def test_a_file_with_half_a_secret_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "secret").write_text(text)
    with pytest.raises(SettingsInvalid, match="holds no secret"):
        _ = Settings(data=tmp_path).signing_secret


def test_a_given_secret_is_used_and_not_written(tmp_path: Path) -> None:
    assert Settings(data=tmp_path, secret=GOOD_SECRET).signing_secret == GOOD_SECRET
    assert not (tmp_path / "secret").exists()


def test_no_secret_is_made_up_in_production(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, environment="production")
    with pytest.raises(SettingsInvalid, match="COMPTOIR_SECRET"):
        _ = settings.signing_secret
    assert not (tmp_path / "secret").exists()
