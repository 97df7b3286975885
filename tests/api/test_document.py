"""The OpenAPI document and the page that shows it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import jsonschema_rs
import msgspec
import pytest
import schemathesis

import comptoir
from comptoir.core.accounts.api import Scope
from comptoir.core.accounts.identity import SCOPES
from comptoir.core.api.reading import text
from comptoir.core.api.reference import document_of, operations
from comptoir.core.errors import TooManyRequests
from tests.http_client import client_of, shared_app

DOCUMENT: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(document_of(shared_app())))
DESCRIBED = [
    (f"{method} {path}", operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def test_the_document_is_valid() -> None:
    schemathesis.openapi.from_dict(DOCUMENT).validate()
    assert DOCUMENT["openapi"] == "3.1.0"
    assert len(DESCRIBED) == len(operations(shared_app())) > 60


def test_every_operation_has_a_name_of_its_own_a_summary_and_a_scope() -> None:
    names = [operation["operationId"] for _, operation in DESCRIBED]
    assert len(names) == len(set(names))
    for name, operation in DESCRIBED:
        assert operation["summary"], name
        assert operation["security"], name
        assert {"401", "403"} <= operation["responses"].keys(), name


def test_every_parameter_tag_and_code_is_explained() -> None:
    assert all(tag["description"] for tag in DOCUMENT["tags"])
    for name, operation in DESCRIBED:
        for parameter in operation.get("parameters", ()):
            assert parameter.get("description"), (name, parameter["name"])
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                _title, _blank, *lines = answer["description"].split("\n")
                assert lines, (name, status)
                for line in lines:
                    assert re.fullmatch(r"- `[a-z.-]+`: .+[.?!]", line), (name, line)
                    assert "``" not in line, (name, line)
                    assert "%(" not in line, (name, line)


def test_what_is_taken_where_nothing_is_said_is_in_the_document() -> None:
    listed = DOCUMENT["paths"]["/api/v1/loans"]["get"]["parameters"]
    defaults = {each["name"]: each["schema"].get("default") for each in listed}
    assert (defaults["limit"], defaults["state"], defaults["site"]) == (50, "open", None)


def test_a_call_names_each_scope_that_is_enough() -> None:
    scopes = {
        name: [scope for each in operation["security"] for scope in each["token"]]
        for name, operation in DESCRIBED
    }
    assert scopes["get /api/v1/items"] == ["read", "desk", "inventory"]
    assert scopes["put /api/v1/items/{code}"] == ["inventory"]
    assert scopes["get /api/v1/users"] == ["settings"]


def test_the_scopes_that_a_token_may_have_are_those_there_are() -> None:
    assert set(get_args(Scope)) == set(SCOPES)


@pytest.mark.parametrize(("name", "operation"), DESCRIBED)
def test_each_example_fits_its_schema(name: str, operation: dict[str, Any]) -> None:
    holders = [operation.get("requestBody", {}), *operation["responses"].values()]
    for holder in holders:
        for content in holder.get("content", {}).values():
            if "example" in content:
                schema = {**content["schema"], "components": DOCUMENT["components"]}
                jsonschema_rs.validator_for(schema).validate(content["example"])


async def test_the_document_and_its_page_are_for_everybody(database: object) -> None:
    async with client_of() as client:
        assert (await client.get("/api/v1/openapi.json")).json() == DOCUMENT
        page = await client.get("/api/docs")
    assert page.status_code == 200
    for _, operation in DESCRIBED:
        assert f'id="{operation["operationId"]}"' in page.text
    assert "<style" not in page.text
    assert " style=" not in page.text
    assert "https://" not in re.sub(r"https://(desk|www)\.example\.org", "", page.text)


def test_what_answers_with_nothing_says_so() -> None:
    for operation in operations(shared_app()):
        nothing = operation.types["return"] is type(None)
        assert nothing == (operation.status == 204), (operation.method, operation.path)


def test_each_limit_is_in_the_guide_for_operators() -> None:
    guide = (Path(comptoir.__file__).parents[1] / "docs/operator/api.md").read_text("utf-8")
    limits = {
        error.code
        for operation in operations(shared_app())
        for error in operation.errors
        if isinstance(error, type) and issubclass(error, TooManyRequests)
    }
    assert len(limits) >= 3
    assert {code for code in limits if code not in guide} == set()


def test_what_a_docstring_says_cannot_become_markup() -> None:
    assert text("a <b> `c<d>` **e**") == (
        "<p>a &lt;b&gt; <code>c&lt;d&gt;</code> <strong>e</strong></p>"
    )
