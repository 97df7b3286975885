"""Requests that another site's page makes in somebody's name are refused."""

from __future__ import annotations

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from comptoir.core.settings import Settings
from tests.core.web.sample import sample_app

Client = TestClient[Litestar]

COOKIE = {"Cookie": "session=abc"}
OURS = "http://testserver.local"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": OURS},
        {"Origin": "https://evil.example"},
        {"Origin": "http://testserver.local.evil.example"},
        {"Origin": "http://testserver.local:81"},
        {"Origin": "null"},
        {},
    ],
)
def test_change_from_elsewhere_is_refused(client: Client, headers: dict[str, str]) -> None:
    answer = client.post("/items/new", data={"name": "A"}, headers=COOKIE | headers)
    assert answer.status_code == 403
    answer = client.post(
        "/items/new", data={"name": "A"}, headers=COOKIE | headers | {"HX-Request": "true"}
    )
    assert answer.status_code == 403
    assert answer.headers["hx-retarget"] == "#flash"


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": OURS}],
)
def test_change_from_our_own_page_passes(client: Client, headers: dict[str, str]) -> None:
    answer = client.post("/items/new", data={"name": "A"}, headers=COOKIE | headers)
    assert answer.status_code == 303


def test_origin_of_the_public_address_passes_behind_a_proxy() -> None:
    settings = Settings(public_url="https://desk.example.org")
    with TestClient(sample_app(settings)) as client:
        answer = client.post(
            "/items/new",
            data={"name": "A"},
            headers=COOKIE | {"Origin": "https://desk.example.org", "Host": "127.0.0.1:8000"},
            follow_redirects=False,
        )
    assert answer.status_code == 303


def test_program_without_cookies_passes(client: Client) -> None:
    assert client.post("/items/new", data={"name": "A"}).status_code == 303


def test_reading_is_never_refused(client: Client) -> None:
    answer = client.get("/items", headers=COOKIE | {"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200


def test_api_is_exempt(client: Client) -> None:
    answer = client.post(
        "/api/echo", json={"item": "A"}, headers=COOKIE | {"Origin": "https://evil.example"}
    )
    assert answer.status_code == 201
