"""A text or a number that no column holds is refused by its field."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from comptoir.core.api.reference import document_of
from comptoir.core.web.forms import id_or_none
from tests.api.world import World, world_of

LONG = "ÿ" * 5000
NUMBERS = (-(10**9), 2**31, 2**63, 10**30)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of all texts and numbers in a body."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from places(part, (*path, name))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from places(part, (*path, number))
    elif not isinstance(value, bool):
        yield path


def changed(body: Any, path: tuple[str | int, ...], value: object) -> Any:
    """The body with another value at a path."""
    body = deepcopy(body)
    holder = body
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return body


def fitting(world: World, body: Any) -> Any:
    """An example with ids and codes of what exists."""
    if not isinstance(body, dict) or "puk" in body:  # what a voucher holds is no code of ours
        return body
    return {name: _fitting(world, name, part) for name, part in body.items()}


def _fitting(world: World, name: str, part: Any) -> Any:
    if name == "kind" and id_or_none(str(part)):  # elsewhere a word says which kind
        name = "voucher_kind"
    return world.known[name][0] if name in world.known else fitting(world, part)


def address(world: World, path: str) -> str:
    for name, values in world.known.items():
        path = path.replace(f"{{{name}_id}}", str(values[0])).replace(f"{{{name}}}", str(values[0]))
    return path


def test_nothing_that_is_too_long_or_too_large_leads_to_an_error_of_ours(database_url: str) -> None:
    wrong, sent = [], 0
    with world_of(database_url) as world:
        document = deepcopy(document_of(world.app))
        for path, methods in document["paths"].items():
            for method, described in methods.items():
                content = described.get("requestBody", {}).get("content", {})
                for example in (each["example"] for each in content.values()):
                    body = fitting(world, example)
                    for place in places(body):
                        for value in (LONG, *NUMBERS):
                            answer = world.runner.run(
                                world.client.request(
                                    method,
                                    address(world, path),
                                    json=changed(body, place, value),
                                    headers={"If-Match": '"1"'},
                                )
                            )
                            sent += 1
                            if answer.status_code >= 500:
                                wrong.append((method, path, place, str(value)[:12]))
    assert sent > 300
    assert wrong == []
