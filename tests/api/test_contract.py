"""Schemathesis over the OpenAPI document: no 5xx, no answer that it does not describe.

Half of the calls name things that exist, so that they get past "not found".
"""

from __future__ import annotations

import re
from collections import Counter
from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from httpx import Response
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from comptoir.core.api.reference import document_of
from tests.api.world import AnyCase, World, world_of

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.missing_required_header,
]
#: Calls of each operation. ``CHECKS`` takes most of the time.
EXAMPLES = 10

MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.mark.long
def test_every_answer_is_one_that_the_document_describes(database_url: str) -> None:
    with world_of(database_url) as world:
        schema = schemathesis.openapi.from_dict(deepcopy(document_of(world.app)))
        # Who may call is the matter of ``test_scopes``.
        schema.config.generation.update(with_security_parameters=False)
        answered: Counter[int] = Counter()
        results: Any = schema.get_all_operations()
        for result in results:
            check_operation(world, result.ok(), answered)
    assert {200, 201, 404, 422} <= answered.keys()


def check_operation(world: World, operation: Any, answered: Counter[int]) -> None:
    """Call one operation with generated data, fitting and not."""

    @given(st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in MODES)), st.data())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def call(case: AnyCase, data: st.DataObject) -> None:
        if data.draw(st.booleans()):
            name_what_exists(world, case, data)
        response = world.send(case)
        answered[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)
        if response.status_code == 422:
            check_fields(world, operation, case, response)

    call()


def check_fields(world: World, operation: Any, case: AnyCase, response: Response) -> None:
    """Each error is at a path of what was sent, or of what should have been."""
    document = document_of(world.app)
    described = document["paths"][operation.path][operation.method]
    known = {parameter["name"] for parameter in described.get("parameters", ())}
    for content in described.get("requestBody", {}).get("content", {}).values():
        name = content["schema"]["$ref"].rpartition("/")[2]
        known |= document["components"]["schemas"][name]["properties"].keys()
    for sent in (case.body, case.query):
        known |= set(sent) if isinstance(sent, dict) else set()
    for error in response.json()["errors"]:
        # A parameter that is made up may have dots in its own name.
        root = re.split(r"[.\[]", error["field"])[0]
        assert not root or {root, error["field"]} & known, (operation.label, error)
        # A place in a list is in brackets, as in what the decoder says: hours[0].opens.
        # What is made up is named as it came: a field, a language.
        invented = error["code"].endswith((".unknown-field", ".language-unknown"))
        assert invented or not re.search(r"\.[0-9]+(?![^.\[])", error["field"]), error


def name_what_exists(world: World, case: AnyCase, data: st.DataObject) -> None:
    """Put ids and codes of the database where the call has generated ones."""
    for place in (case.path_parameters, case.body):
        if isinstance(place, dict):
            for name in place:
                if values := world.known.get(name, world.known.get(name.removesuffix("_id"))):
                    place[name] = data.draw(st.sampled_from(values))
    if case.headers and "If-Match" in case.headers:
        case.headers["If-Match"] = data.draw(st.sampled_from(['"1"', '"2"']))
