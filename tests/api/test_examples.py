"""The examples of the document are ones to send: with ids of what exists, none is malformed."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import timedelta
from typing import Any

from httpx import Response

from comptoir.core import clock
from comptoir.core.api.reference import document_of, operations
from tests.api.test_long_values import address, fitting
from tests.api.world import world_of

#: What the example names is not there, or its state is another one than the example says.
NOT_NOW = {404, 409, 412}
DAYS = ("day", "new_day", "first_day", "last_day", "activate_by")
#: An example before it has used the number, or the hour.
TAKEN = ("-taken", "-clash", "-away", "-in-stock")


def soon(body: Any) -> Any:
    """The body with days to come: whoever sends an example chooses their own."""
    if not isinstance(body, dict):
        return body
    day = (clock.now() + timedelta(days=7)).date().isoformat()
    return {name: day if name in DAYS else value for name, value in body.items()}


def is_taken(answer: Response) -> bool:
    return all(each["code"].endswith(TAKEN) for each in answer.json()["errors"])


def test_every_example_of_a_body_is_accepted(database_url: str) -> None:
    wrong, sent = [], 0
    with world_of(database_url) as world:
        paths = deepcopy(document_of(world.app))["paths"]
        # What is ended last leaves the others something to change.
        for operation in sorted(operations(world.app), key=lambda each: each.method == "DELETE"):
            path = re.sub(r":\w+\}", "}", operation.path)
            described = paths[path][operation.method.lower()]
            content = described.get("requestBody", {}).get("content", {})
            for example in (each["example"] for each in content.values()):
                sent += 1
                answer = world.runner.run(
                    world.client.request(
                        operation.method,
                        address(world, path),
                        json=soon(fitting(world, example)),
                        headers={"If-Match": "*"},
                    )
                )
                if not (answer.is_success or answer.status_code in NOT_NOW or is_taken(answer)):
                    wrong.append((operation.method, path, answer.text))
    assert sent > 30
    assert not wrong, "\n".join(map(str, wrong))
