"""The three faces of an error, and the one table of statuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from structlog.testing import capture_logs

Client = TestClient[Litestar]

FAMILIES = [
    ("not-found", 404, "sample.nothing-there"),
    ("conflict", 409, "sample.item-on-loan"),
    ("invalid", 422, "core.invalid"),
    ("too-often", 429, "sample.too-often"),
    ("changed", 412, "sample.changed"),
    ("unexpected", 500, "core.unexpected"),
    ("unavailable", 503, "core.unavailable"),
    ("teapot", 418, "core.malformed"),
]
HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(("kind", "status", "code"), FAMILIES)
def test_program_gets_problem_json(client: Client, kind: str, status: int, code: str) -> None:
    answer = client.get(f"/api/fail/{kind}")
    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["code"] == code
    assert problem["type"] == f"urn:comptoir:problem:{code}"
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"].endswith(answer.headers["x-request-id"])


@pytest.mark.parametrize(("kind", "status", "code"), FAMILIES)
def test_browser_gets_a_page(client: Client, kind: str, status: int, code: str) -> None:
    answer = client.get(f"/fail/{kind}")
    assert answer.status_code == status
    assert answer.text.startswith("<!doctype html>")
    assert "<h1>" in answer.text


@pytest.mark.parametrize(("kind", "status", "code"), FAMILIES)
def test_htmx_gets_a_fragment(client: Client, kind: str, status: int, code: str) -> None:
    answer = client.get(f"/fail/{kind}", headers=HTMX)
    assert answer.status_code == status
    assert answer.headers["hx-retarget"] == "#flash"
    assert "<html" not in answer.text
    assert 'role="alert"' in answer.text


def test_fields_and_details_are_in_the_problem(client: Client) -> None:
    [error] = client.get("/api/fail/invalid").json()["errors"]
    assert (error["field"], error["code"]) == ("name", "sample.name-missing")
    assert client.get("/api/fail/conflict").json()["details"] == {"due": "2026-11-24"}


def test_too_many_requests_says_when_to_come_back(client: Client) -> None:
    assert client.get("/api/fail/too-often").headers["retry-after"] == "30"
    assert client.get("/fail/too-often").headers["retry-after"] == "30"


def test_program_without_a_token_gets_401(client: Client) -> None:
    answer = client.get("/api/fail/unauthenticated")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "sample.signed-out"


def test_person_signs_in_and_comes_back(client: Client) -> None:
    answer = client.get("/fail/unauthenticated?a=1&b=2")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/fail/unauthenticated%3Fa%3D1%26b%3D2"


def test_htmx_goes_to_sign_in_and_back_to_its_page(client: Client) -> None:
    current = {"HX-Current-URL": "http://testserver.local/desk?visit=7"}
    answer = client.get("/fail/unauthenticated", headers=HTMX | current)
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/sign-in?next=/desk%3Fvisit%3D7"


def test_unknown_address_is_not_found_in_all_faces(client: Client) -> None:
    assert client.get("/nowhere").status_code == 404
    assert client.get("/api/nowhere").json()["code"] == "core.not-found"
    assert client.get("/nowhere", headers=HTMX).headers["hx-retarget"] == "#flash"


def test_wrong_method_names_the_right_ones(client: Client) -> None:
    answer = client.delete("/api/echo")
    assert (answer.status_code, answer.json()["code"]) == (405, "core.method-not-allowed")
    assert "POST" in answer.headers["allow"]


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"item": "A"'])
def test_malformed_json_is_400(client: Client, body: bytes) -> None:
    answer = client.post("/api/echo", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "core.malformed")


@pytest.mark.parametrize(
    ("body", "field"),
    [({"item": 5}, "item"), ({"item": "A", "count": "x"}, "count"), ({}, ""), ([], ""), (None, "")],
)
def test_json_that_does_not_fit_is_422(client: Client, body: Any, field: str) -> None:
    answer = client.post("/api/echo", json=body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "core.invalid")
    assert field in [error["field"] for error in problem["errors"]] or not field


def test_unknown_field_is_refused(client: Client) -> None:
    answer = client.post("/api/echo", json={"item": "A", "surprise": 1})
    assert (answer.status_code, answer.json()["code"]) == (422, "core.invalid")


def test_oversized_body_is_413(client: Client) -> None:
    answer = client.post("/api/echo", json={"item": "A" * 1_000_001})
    assert (answer.status_code, answer.json()["code"]) == (413, "core.too-large")


def test_oversized_body_without_length_is_413(client: Client) -> None:
    def chunks() -> Any:
        yield b'{"item": "'
        for _ in range(20):
            yield b"A" * 100_000
        yield b'"}'

    headers = {"Content-Type": "application/json"}
    answer = client.post("/api/echo", content=chunks(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "core.too-large")


def test_unexpected_error_is_logged_without_its_values(client: Client) -> None:
    with capture_logs() as logs:
        answer = client.get("/fail/unexpected")
    [entry] = [line for line in logs if line["event"] == "unexpected"]
    assert entry["error"] == "builtins.RuntimeError"
    assert entry["request_id"] == answer.headers["x-request-id"]
    assert any("sample.py" in frame for frame in entry["where"])
    assert "Dupont" not in json.dumps(logs, default=str) + answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["x-request-id"][-12:] in answer.text


def test_broken_error_page_still_says_something(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = client.app.state.web_shell
    monkeypatch.setitem(shell.environment.globals, "static", None)
    shell.environment.cache.clear()
    with capture_logs() as logs:
        answer = client.get("/fail/conflict")
    assert answer.status_code == 500
    assert answer.text.startswith("Something went wrong")
    assert "error-page-failed" in [line["event"] for line in logs]


def test_access_log_names_the_route_and_not_the_address(client: Client) -> None:
    with capture_logs() as logs:
        client.get("/api/fail/conflict?name=Dupont")
    [entry] = [line for line in logs if line["event"] == "request"]
    assert entry["route"] == "/api/fail/{kind}"
    assert (entry["status"], entry["code"]) == (409, "sample.item-on-loan")
    assert "Dupont" not in json.dumps(entry)


def test_static_files_are_not_in_the_access_log(client: Client) -> None:
    with capture_logs() as logs:
        client.get("/static/core/desk.js")
    assert logs == []
