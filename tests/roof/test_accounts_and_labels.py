"""``comptoir user add``, ``token add`` and ``label``, on a demo of their own."""

from __future__ import annotations

import subprocess
from pathlib import Path

import httpx
import pypdfium2
import pytest

from comptoir import demo
from comptoir.core.accounts.identity import SCOPES
from tests.roof.commands import comptoir, serving


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    assert comptoir(folder, "demo").returncode == 0
    return folder


def refused(answer: subprocess.CompletedProcess[str]) -> str:
    """What a refused command said; never a traceback."""
    assert answer.returncode == 1, answer.stdout
    assert "Traceback" not in answer.stderr
    return answer.stderr


def test_a_person_is_invited_by_a_link_that_opens(data: Path) -> None:
    added = comptoir(data, "user", "add", "zoe", "--name", "Zoé Aeby", "--site", "fribourg")
    link = added.stdout.splitlines()[-1]
    path = link[link.index("/invitations/") :]
    with serving(data) as (port, _):
        assert httpx.get(f"http://127.0.0.1:{port}{path}").status_code == 200


@pytest.mark.parametrize(
    "arguments",
    [
        ("admin", "--name", "Twice", "--role", "admin"),
        ("new", "--name", "N", "--site", "Nowhere"),
        ("new", "--name", "N"),
        ("new", "--name", "N", "--role", "admin", "--site", "Lyon"),
        ("n/w", "--name", "N", "--site", "Lyon"),
    ],
)
def test_a_person_who_cannot_be_added_is_refused(data: Path, arguments: tuple[str, ...]) -> None:
    assert refused(comptoir(data, "user", "add", *arguments))


def test_a_token_opens_the_api_and_is_printed_alone(data: Path) -> None:
    token = comptoir(data, "token", "add", "Door", "--scope", "desk").stdout.strip()
    assert " " not in token
    with serving(data) as (port, _):
        url = f"http://127.0.0.1:{port}/api/v1/items/BCDFGHJK"
        assert httpx.get(url).status_code == 401
        answer = httpx.get(url, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "options",
    [
        ("--scope", "desk", "--expires", "2020-01-01"),
        ("--scope", "desk", "--expires", "tomorrow"),
        ("--scope", "desk", "--expires", "9999-12-31"),
        ("--scope", "desk", "--site", "Nowhere"),
    ],
)
def test_a_token_that_makes_no_sense_is_refused(data: Path, options: tuple[str, ...]) -> None:
    assert refused(comptoir(data, "token", "add", "Door", *options))


def test_the_rights_of_a_token_are_told_to_who_mistypes_one(data: Path) -> None:
    answer = comptoir(data, "token", "add", "Door", "--scope", "dsk")
    assert answer.returncode == 2
    assert all(scope in answer.stderr for scope in SCOPES)


def test_labels_of_all_items_fill_sheets_from_the_free_position(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "labels.pdf"
    written = comptoir(data, "label", "--all", "--start", "20", "--out", str(target))
    assert written.returncode == 0, written.stderr
    document = pypdfium2.PdfDocument(target)
    try:
        assert len(document) == 4  # 59 in use: 2 on the used sheet, then 21 a sheet
    finally:
        document.close()


@pytest.mark.parametrize(
    "options",
    [("BCDFGHJL",), ("CCCCCCCC",), (), ("--all", "BCDFGHJK"), ("BCDFGHJK", "--start", "99")],
)
def test_labels_that_cannot_be_made_are_refused(
    data: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    target = tmp_path / "labels.pdf"
    assert refused(comptoir(data, "label", *options, "--out", str(target)))
    assert not target.exists()


def test_what_is_refused_is_said_in_english_whatever_the_labels_language(data: Path) -> None:
    said = refused(comptoir(data, "label", "--all", "--start", "0", "--language", "fr"))
    assert "A sheet has" in said


def test_a_language_that_there_is_not_is_mistyped(data: Path) -> None:
    for command in (("label", "--all"), ("user", "add", "zz", "--name", "Z")):
        answer = comptoir(data, *command, "--language", "zz")
        assert answer.returncode == 2
        assert "Traceback" not in answer.stderr


def test_the_password_of_the_demo_is_asked_for_by_the_pages(data: Path) -> None:
    with (
        serving(data) as (port, _),
        httpx.Client(base_url=f"http://127.0.0.1:{port}") as browser,
    ):
        form = {"login": "admin", "password": demo.PASSWORD}
        answer = browser.post("/sign-in", data=form)
        assert answer.status_code == 303
        assert "session" in str(answer.headers.get_list("set-cookie"))
