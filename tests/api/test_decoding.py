"""How a body is read, and what is said of one that does not fit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
import pytest
from httpx import AsyncClient
from msgspec import Meta

from comptoir.core.api.decoding import decode_body, field_error
from comptoir.core.errors import Invalid
from comptoir.core.i18n import use_language
from tests.http_client import client_of, use_token

BODY = '{"names": {"fr": "Écoles"}}'


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        await use_token(client, "settings")
        yield client


@pytest.mark.parametrize(
    ("kind", "encoding", "status"),
    [
        ("application/json", "utf-8", 201),
        ("application/json; charset=UTF-8", "utf-8", 201),
        ('application/json; charset="utf-8"', "utf-8-sig", 201),
        ("", "utf-8", 201),
        ("application/json; charset=utf-16", "utf-16", 415),
        ("application/json; charset=latin1", "latin1", 415),
        ("application/json; charset=latin1", "utf-8", 415),
        ("text/plain", "utf-8", 415),
        ("application/json", "utf-16", 400),
    ],
)
async def test_a_body_is_json_in_utf_8(
    client: AsyncClient, kind: str, encoding: str, status: int
) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = await client.post("/api/v1/groups", content=BODY.encode(encoding), headers=headers)
    assert answer.status_code == status, answer.text


class Body(msgspec.Struct):
    """A field of each kind."""

    text: Annotated[str, Meta(min_length=2, max_length=3)] = "ab"
    name: Annotated[str, Meta(min_length=1)] = "a"
    number: Annotated[int, Meta(ge=0, le=9)] = 0
    amount: float = 0.0
    yes: bool | None = None
    either: int | str = 0
    some: Annotated[tuple[int, ...], Meta(min_length=1, max_length=2)] = (0,)
    code: Annotated[str, Meta(pattern="^A")] = "A"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"text": 1}', "On attend ici un texte, entre guillemets."),
        ('{"text": "a"}', "Écrivez davantage\N{NO-BREAK SPACE}: au moins 2 caractères."),
        ('{"text": "abcd"}', "Raccourcissez\N{NO-BREAK SPACE}: 3 caractères au plus."),
        ('{"name": ""}', "Remplissez ce champ\N{NO-BREAK SPACE}: il ne peut pas être vide."),
        ('{"number": 1.5}', "On attend ici un nombre entier."),
        ('{"number": -1}', "Indiquez un nombre égal ou supérieur à 0."),
        ('{"number": 10}', "Indiquez un nombre égal ou inférieur à 9."),
        ('{"amount": "1"}', "On attend ici un nombre."),
        ('{"yes": 1}', "On attend ici true ou false."),
        ('{"either": 1.5}', "Cette valeur ne convient pas ici."),
        ('{"some": {}}', "On attend ici une liste."),
        ('{"some": []}', "Remplissez ce champ\N{NO-BREAK SPACE}: il ne peut pas être vide."),
        ('{"some": [1, 2, 3]}', "Indiquez-en 2 au plus."),
        ('{"code": "B"}', "Cette valeur ne convient pas ici."),
    ],
)
def test_what_does_not_fit_is_said_in_plain_words(body: str, said: str) -> None:
    with use_language("fr"), pytest.raises(Invalid) as refused:
        decode_body(body.encode(), Body)
    assert refused.value.errors[0].message == said


def test_a_made_up_field_is_named_whole() -> None:
    """Whatever signs it has; a program looks for it among what it sent."""
    name = "a`b\nc"
    told = field_error(f"Object contains unknown field `{name}`")
    assert (told.field, told.code) == (name, "core.unknown-field")
    told = field_error(f"Object contains unknown field `{name}` - at `$.names`")
    assert told.field == f"names.{name}"
