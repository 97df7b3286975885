"""Who may call what: every operation, by every scope, and without a token."""

from __future__ import annotations

from uuid import uuid4

import pytest
from httpx import AsyncClient

from comptoir.core.accounts.identity import SCOPES
from comptoir.core.api.operations import Operation
from comptoir.core.api.reference import operations
from tests.http_client import client_of, shared_app, use_token

CALLS = operations(shared_app())


def address(operation: Operation) -> str:
    """A path of the operation that names nothing there is."""
    path = operation.path.replace("{code:str}", "BCDFGHJK")
    while ":uuid}" in path:
        start = path.index("{")
        path = path[:start] + str(uuid4()) + path[path.index("}") + 1 :]
    return path


def expected(operation: Operation, scope: str) -> bool:
    """True if a token with this scope alone may call it."""
    reads = operation.method == "GET" and set(operation.scopes) - {"settings"}
    return scope in operation.scopes or bool(scope == "read" and reads)


@pytest.fixture
def calls() -> list[Operation]:
    assert len(CALLS) > 40
    return CALLS


async def refused(client: AsyncClient, operation: Operation) -> str:
    """The code of a refusal for want of a token or a scope, or an empty text."""
    answer = await client.request(operation.method, address(operation), content=b"!")
    assert answer.status_code < 500
    return answer.json()["code"] if answer.status_code in (401, 403) else ""


async def test_without_a_token_nothing_is_answered(
    database: object, calls: list[Operation]
) -> None:
    async with client_of() as client:
        for operation in calls:
            assert await refused(client, operation) == "accounts.sign-in-needed", operation.path


async def test_a_wrong_token_is_refused(database: object, calls: list[Operation]) -> None:
    async with client_of() as client:
        client.headers["Authorization"] = "Bearer comptoir_made-up"
        answer = await client.get("/api/v1/items")
    assert answer.json()["code"] == "accounts.token-refused"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_scope_opens_what_the_document_says(
    database: object, calls: list[Operation], scope: str
) -> None:
    async with client_of() as client:
        await use_token(client, scope)
        for operation in calls:
            code = await refused(client, operation)
            assert (code != "accounts.scope-missing") == expected(operation, scope), (
                operation.method,
                operation.path,
            )
