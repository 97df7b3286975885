"""Pages, redirects, menus, languages."""

from __future__ import annotations

import logging
import uuid

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from comptoir.core import logging as our_logging
from comptoir.core.i18n import use_language
from comptoir.core.principal import Principal, Role, SiteRole
from comptoir.core.settings import Settings
from comptoir.core.web import Flash, flash, local_path
from comptoir.core.web.context import preferred_language
from comptoir.core.web.navigation import NavItem, visible
from tests.core.web.sample import NAVIGATION, SITE

Client = TestClient[Litestar]

OURS = {"Sec-Fetch-Site": "same-origin"}


def test_flash_is_shown_once(client: Client) -> None:
    client.post("/items/new", data={"name": "A"}, headers=OURS)
    assert "Saved." in client.get("/items").text
    assert "Saved." not in client.get("/items").text


def test_redirect_of_a_form_sent_by_htmx_is_a_header(client: Client) -> None:
    answer = client.post("/items/new", data={"name": "A"}, headers=OURS | {"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, "/items")


@pytest.mark.parametrize(
    ("target", "sent"),
    [
        ("/élan?q=à b", "/%C3%A9lan?q=%C3%A0%20b"),
        ("/items?q=%C3%A9&x=[1]#top", "/items?q=%C3%A9&x=[1]#top"),
    ],
)
def test_an_address_to_go_on_to_is_sent_as_ascii(client: Client, target: str, sent: str) -> None:
    form = {"language": "fr", "next": target}
    answer = client.post("/language", data=form, headers=OURS, follow_redirects=False)
    assert answer.headers["location"] == sent


def test_form_with_errors_comes_back_filled(client: Client) -> None:
    answer = client.post("/items/new", data={"name": "", "note": "left as is"}, headers=OURS)
    assert answer.status_code == 422
    assert "left as is" in answer.text
    assert 'href="#name"' in answer.text


@pytest.mark.parametrize("value", ["x", "e30=", "!!!", "eyJraW5kIjoib2si", "A" * 4000])
def test_tampered_flash_is_ignored(value: str) -> None:
    assert flash.decode(value) is None


def test_flash_survives_its_cookie() -> None:
    message = Flash("warn", "é ” ;,= \n")
    assert flash.decode(flash.encode(message)) == message


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "", "/a\nb", "/\t/evil"],
)
def test_address_of_another_site_is_not_followed(target: str) -> None:
    assert local_path(target) == "/"


@given(st.text(alphabet="/\\:?#.ab \t\n%@", max_size=12))
def test_followed_address_always_stays_here(target: str) -> None:
    path = local_path(target)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert not set(path) & set("\t\n\r")


def test_path_with_a_query_is_followed() -> None:
    assert local_path("/desk?visit=1#top") == "/desk?visit=1#top"


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (Role.RECEPTION, ["Desk", "Loans", "Items", "Borrowers"]),
        (Role.COORDINATOR, ["Desk", "Loans", "Items", "Borrowers", "Sites"]),
        (Role.ADMIN, ["Desk", "Loans", "Items", "Borrowers", "Sites", "Settings"]),
    ],
)
def test_menu_shows_what_the_role_allows(role: Role, labels: list[str]) -> None:
    person = Principal(kind="user", roles=(SiteRole(role, SITE),))
    with use_language("en"):
        links = visible(NAVIGATION, "main", person, "/items/BCDFGHJK")
        assert [link.label for link in links] == labels
    assert [link.label for link in links if link.current] == ["Items"]


def test_menu_shows_what_a_password_would_open_and_counts_nothing_there() -> None:
    desk = NavItem("Desk", "/desk")
    waiting = NavItem("Waiting", "/waiting", Role.COORDINATOR, count_url="/waiting/count")
    rules = NavItem("Rules", "/rules", Role.ADMIN)
    known = Principal(kind="user", roles=(SiteRole(Role.COORDINATOR, SITE),))
    here = Principal(kind="user", roles=(SiteRole(Role.RECEPTION, SITE),))
    links = visible([desk, waiting, rules], "main", here, "/", by_password=known)
    shown = [(link.label, link.asks_password, link.count_url) for link in links]
    assert shown == [("Desk", False, ""), ("Waiting", True, "")]


def test_menu_is_empty_for_nobody() -> None:
    assert visible(NAVIGATION, "main", None, "/") == ()


def test_page_of_nobody_names_nobody(client: Client) -> None:
    html = client.get("/items?anonymous").text
    assert "Camille" not in html
    assert 'id="menu"' not in html


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("de-CH,de;q=0.9,en;q=0.8", "de"),
        ("pt,it;q=0.5,en;q=0.4", "it"),
        ("en;q=0.1, fr;q=0.9", "fr"),
        ("*", "fr"),
        ("de;q=x", "fr"),
        ("", "fr"),
    ],
)
def test_first_language_that_we_speak_is_used(accept: str, language: str) -> None:
    assert preferred_language(accept) == language


def test_chosen_language_holds_in_this_browser(client: Client) -> None:
    answer = client.post("/language", data={"language": "de", "next": "/items"}, headers=OURS)
    assert (answer.status_code, answer.headers["location"]) == (303, "/items")
    assert '<html lang="de">' in client.get("/items").text


def test_language_of_the_account_holds_if_none_was_chosen(client: Client) -> None:
    html = client.get("/items", headers={"Accept-Language": "de"}).text
    assert '<html lang="en">' in html  # Camille's account
    html = client.get("/items?anonymous", headers={"Accept-Language": "de"}).text
    assert '<html lang="de">' in html


def test_language_switch_leads_nowhere_else(client: Client) -> None:
    data = {"language": "xx", "next": "https://evil.example"}
    answer = client.post("/language", data=data, headers=OURS)
    assert answer.headers["location"] == "/"
    assert "language=fr" in answer.headers["set-cookie"]


def test_logs_are_json_in_production(capfd: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        our_logging.configure(Settings(environment="production"))
        structlog.get_logger("test").info("hello", id=str(uuid.UUID(int=1)), nothing=None)
        logging.getLogger("library").warning("from %s", "elsewhere")
        lines = capfd.readouterr().err.splitlines()
    finally:
        root.handlers, root.level = before, level
        structlog.reset_defaults()
    first, second = lines
    assert '"event":"hello"' in first
    assert '"logger":"test"' in first
    assert "nothing" not in first
    assert '"event":"from elsewhere"' in second


def test_configuring_twice_writes_each_line_once(capfd: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        our_logging.configure(Settings())
        our_logging.configure(Settings())
        structlog.get_logger("test").info("hello")
        lines = capfd.readouterr().err.splitlines()
    finally:
        root.handlers, root.level = before, level
        structlog.reset_defaults()
    assert len(lines) == 1
