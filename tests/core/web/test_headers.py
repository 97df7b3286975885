"""Headers that every answer carries."""

from __future__ import annotations

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from comptoir.core.settings import Settings
from tests.core.web.sample import sample_app

Client = TestClient[Litestar]


def directives(policy: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (part.split() for part in policy.split("; "))}


@pytest.mark.parametrize(
    "path", ["/items", "/nowhere", "/api/nowhere", "/fail/unexpected", "/static/core/desk.js"]
)
def test_every_answer_has_the_content_security_policy(client: Client, path: str) -> None:
    policy = directives(client.get(path).headers["content-security-policy"])
    assert policy["default-src"] == ["'self'"]
    assert policy["script-src"] == ["'self'", "'wasm-unsafe-eval'"]
    assert policy["style-src"] == ["'self'"]
    assert policy["img-src"] == ["'self'", "data:"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]


@pytest.mark.parametrize("path", ["/items", "/nowhere", "/api/nowhere", "/fail/unexpected"])
def test_every_answer_has_the_other_guards(client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["permissions-policy"].startswith("camera=(self), microphone=()")
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert len(headers["x-request-id"]) == 32


@pytest.mark.parametrize("path", ["/items", "/fail/conflict", "/api/fail/conflict", "/nowhere"])
def test_pages_leave_no_copy_on_a_shared_pc(client: Client, path: str) -> None:
    assert client.get(path).headers["cache-control"] == "no-store"


def test_https_is_insisted_on_only_over_https(client: Client) -> None:
    assert "strict-transport-security" not in client.get("/items").headers
    with TestClient(sample_app(Settings(public_url="https://desk.example.org"))) as secure:
        header = secure.get("/items").headers["strict-transport-security"]
    assert header == "max-age=31536000"


def test_cookies_are_secure_over_https() -> None:
    with TestClient(sample_app(Settings(public_url="https://desk.example.org"))) as secure:
        answer = secure.post("/items/new", data={"name": "A"}, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-flash=")
    for flag in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
        assert flag in cookie


def test_page_is_compressed_and_the_api_is_not(client: Client) -> None:
    assert client.get("/items").headers["content-encoding"] == "gzip"
    assert "content-encoding" not in client.get("/api/fail/invalid").headers
