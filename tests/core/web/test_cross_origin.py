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


PRODUCTION = Settings(
    environment="production",
    public_url="https://desk.example.org",
    secret="a secret for tests alone, 32 or more",
)


@pytest.fixture(scope="module")
def production() -> Litestar:
    return sample_app(PRODUCTION)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("desk.example.org", 200),
        ("DESK.example.org:443", 200),
        ("desk.example.org.", 200),
        ("127.0.0.1:8000", 200),
        ("localhost:8000", 200),
        ("[::1]:8000", 200),
        ("192.168.1.20", 200),
        ("desk:8000", 200),
        ("evil.example", 421),
        ("desk.example.org.evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("evil.example:8000", 421),
        ("[desk.example.org", 421),
    ],
)
def test_in_production_another_domain_name_is_not_answered(
    production: Litestar, host: str, status: int
) -> None:
    with TestClient(production) as client:
        answer = client.get("/items", headers={"Host": host})
    assert answer.status_code == status


@pytest.mark.parametrize("host", ["desk:99999", "desk:eighty", "[::1"])
def test_a_host_that_cannot_be_is_answered_nowhere(
    client: Client, production: Litestar, host: str
) -> None:
    with TestClient(production) as strict:
        for each in (client, strict):
            assert each.get("/items", headers={"Host": host}).status_code == 421


def test_while_developing_any_name_is_answered(client: Client) -> None:
    assert client.get("/items", headers={"Host": "evil.example"}).status_code == 200


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
