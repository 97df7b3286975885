"""The OpenAPI 3.1 document, made from the declared operations and their types.

The schemas come from msgspec, which also decodes the bodies: what the document
says of a body is what is accepted.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, get_args

import msgspec

from comptoir.core.api import errors
from comptoir.core.api.about import ABOUT, TAGS, meaning, problem_example
from comptoir.core.api.calls import LONGEST_KEY
from comptoir.core.api.examples import example_of
from comptoir.core.api.operations import JSON, PREFIX, Error, Operation
from comptoir.core.errors import FieldError
from comptoir.core.idempotency import IdempotencyKeyReused
from comptoir.core.vault import Clear
from comptoir.core.web.problems import MEDIA_TYPE, Problem, status_of

_REF = "#/components/schemas/{name}"


def document(operations: Sequence[Operation], *, version: str) -> dict[str, Any]:
    """The document of these operations."""
    schemas = _Schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        described = _operation(operation, schemas)
        path = operation.path.replace(":str}", "}").replace(":uuid}", "}")
        paths.setdefault(path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Comptoir",
            "version": version,
            "summary": "A lending desk for laptops, phones and connectivity vouchers",
            "description": ABOUT,
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "servers": [{"url": "/"}],
        "tags": [
            {"name": tag, **({"description": TAGS[tag]} if tag in TAGS else {})}
            for tag in dict.fromkeys(each.tag for each in operations)
        ],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An access token of one integration.",
                }
            },
        },
    }


def _operation(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    types = operation.types
    described: dict[str, Any] = {
        "operationId": operation.function.__name__,
        "tags": [operation.tag],
        "summary": operation.summary,
    }
    if operation.description:
        described["description"] = operation.description
    described["security"] = [{"token": [scope]} for scope in operation.sufficient]
    if parameters := _parameters(operation, schemas):
        described["parameters"] = parameters
    if "data" in types:
        body = schemas.of(types["data"])
        described["requestBody"] = {
            "required": True,
            "content": {
                JSON: {"schema": body, "example": example_of(body, schemas.components)},
            },
        }
    described["responses"] = {
        str(operation.status): _success(operation, schemas),
        **_unchanged(operation),
        **_problems(operation),
    }
    return described


def _parameters(operation: Operation, schemas: _Schemas) -> list[dict[str, Any]]:
    types = operation.types
    found = []
    for name in types:
        if f"{{{name}:" in operation.path:
            about = f"The id of the {name.removesuffix('_id')}."
            schema = {"description": about, **schemas.of(types[name])}
            found.append(_parameter("path", name, schema, required=True))
    if "query" in types:
        for field in msgspec.structs.fields(types["query"]):
            schema = schemas.of(field.type)
            if field.default not in (None, "", msgspec.NODEFAULT):
                schema = {**schema, "default": field.default}
            required = field.required
            found.append(_parameter("query", field.encode_name, schema, required=required))
    if operation.changes:
        key = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"}
        about = (
            "A key of your choice: sent again with the same body, it gives the first answer. "
            "The same means byte by byte: an order of fields of its own is another request."
        )
        found.append(_parameter("header", "Idempotency-Key", {**key, "description": about}))
    if operation.edits:
        tag = {"type": "string", "examples": ['"3-5f2a91c07b3d"']}
        about = "The ETag that came with what is changed."
        found.append(_parameter("header", "If-Match", {**tag, "description": about}, required=True))
    if operation.versioned and operation.method == "GET":
        tag = {"type": "string", "examples": ['"3-5f2a91c07b3d"']}
        about = "The ETag of the answer that you have: 304 if it would be the same."
        tag |= {"description": about}
        found.append(_parameter("header", "If-None-Match", tag, required=False))
    return found


def _parameter(
    place: str, name: str, schema: dict[str, Any], *, required: bool = False
) -> dict[str, Any]:
    schema = dict(schema)
    described = {"name": name, "in": place, "required": required}
    if about := _pop(schema, "description"):
        described["description"] = about
    return {**described, "schema": schema}


def _pop(schema: dict[str, Any], name: str) -> Any:
    """Take a value off a schema, or off the first of its choices that has it."""
    if name in schema:
        return schema.pop(name)
    for number, choice in enumerate(schema.get("anyOf", ())):
        if name in choice:
            rest = {key: value for key, value in choice.items() if key != name}
            schema["anyOf"] = [*schema["anyOf"][:number], rest, *schema["anyOf"][number + 1 :]]
            return choice[name]
    return None


def _success(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    status = HTTPStatus(operation.status)
    answer: dict[str, Any] = {"description": status.phrase}
    headers = {}
    if operation.versioned:
        headers["ETag"] = {"description": "For If-Match and If-None-Match.", "schema": _STRING}
    if operation.location:
        headers["Location"] = {"description": "The address of what was made.", "schema": _STRING}
    if headers:
        answer["headers"] = headers
    if kind := operation.file:
        answer["content"] = {kind: {"schema": {"type": "string", "contentMediaType": kind}}}
    elif status is not HTTPStatus.NO_CONTENT:
        schema = schemas.of(operation.types["return"])
        example = example_of(schema, schemas.components)
        answer["content"] = {JSON: {"schema": schema, "example": example}}
    return answer


_STRING = {"type": "string"}


def _unchanged(operation: Operation) -> dict[str, Any]:
    if not (operation.versioned and operation.method == "GET"):
        return {}
    headers = {"ETag": {"description": "As it was.", "schema": _STRING}}
    return {"304": {"description": "You have it already.", "headers": headers}}


def _problems(operation: Operation) -> dict[str, Any]:
    """The errors it may answer with, by status, each with its codes."""
    found: dict[int, list[tuple[str, str]]] = {}
    for status, error in _possible(operation):
        found.setdefault(status, []).append(meaning(error))
    return {str(status): _problem(status, found[status]) for status in sorted(found)}


def _problem(status: int, errors: list[tuple[str, str]]) -> dict[str, Any]:
    lines = [f"- `{code}`: {about}" for code, about in errors]
    content = {
        "schema": {"$ref": _REF.format(name="Problem")},
        "example": problem_example(status, *errors[0]),
    }
    return {
        "description": "\n".join([HTTPStatus(status).phrase, "", *lines]),
        "content": {MEDIA_TYPE: content},
    }


def _possible(operation: Operation) -> Iterable[tuple[int, Error]]:
    yield 401, "accounts.sign-in-needed"
    yield 401, "accounts.token-refused"
    yield 403, "accounts.scope-missing"
    if "{" in operation.path:
        yield 404, "core.not-found"
    if "data" in operation.types:
        yield 400, "core.malformed"
        yield 413, "core.too-large"
        yield 415, "core.media-type"
    if operation.types.keys() & {"data", "query"}:
        yield 422, "core.invalid"
    if operation.changes:
        yield 422, errors.IdempotencyKeyUnfit
        yield 422, IdempotencyKeyReused
    if operation.edits:
        yield 428, errors.VersionMissing
    for error in operation.errors:
        yield 409 if isinstance(error, str) else status_of(error), error


#: Answers that leave out what there is nothing to say of.
_OMITTING = {Problem.__name__, FieldError.__name__}


class _Schemas:
    """The schemas of all types that the operations name."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        bodies, views = [], [Problem]
        for operation in operations:
            for name, kind in operation.types.items():
                if name == "query":
                    bodies += [field.type for field in msgspec.structs.fields(kind)]
                elif name == "return":
                    views += [] if operation.file else [kind]
                elif name != "call":
                    bodies.append(kind)
        self.components: dict[str, Any] = {}
        self._known: list[tuple[Any, dict[str, Any]]] = []
        self._add(views, seen_in_answers=True)
        self._add(bodies, seen_in_answers=False)
        self._structs(views + bodies)

    def of(self, kind: Any) -> dict[str, Any]:
        """The schema of one of the types."""
        return next(schema for known, schema in self._known if known == kind)

    def _add(self, kinds: list[Any], *, seen_in_answers: bool) -> None:
        found, components = msgspec.json.schema_components(
            kinds, schema_hook=_anything, ref_template=_REF
        )
        self._known += zip(kinds, found, strict=True)
        for name, schema in components.items():
            if "description" in schema:
                schema["description"] = inspect.cleandoc(schema["description"]).replace("``", "`")
            if seen_in_answers and name not in _OMITTING and "properties" in schema:
                # A default says what may be left out of a body; an answer has every field.
                schema["required"] = list(schema["properties"])
            self.components.setdefault(name, schema)

    def _structs(self, kinds: list[Any]) -> None:
        """Say of each moment that it is one, which msgspec only does for ``Moment``."""
        seen: set[Any] = set()
        waiting = list(kinds)
        while waiting:
            kind = waiting.pop()
            waiting += [part for part in get_args(kind) if not isinstance(part, msgspec.Meta)]
            if not hasattr(kind, "__struct_fields__") or kind in seen:
                continue
            seen.add(kind)
            fields = msgspec.structs.fields(kind)
            waiting += [field.type for field in fields]
            schema = self.components.get(kind.__name__, {"properties": {}})
            for field in fields:
                if datetime in (field.type, *get_args(field.type)):
                    _say_moment(schema["properties"].get(field.encode_name, {}))


def _anything(kind: Any) -> dict[str, Any]:
    """The schemas of the types of ours that msgspec has none for."""
    if kind is object:
        return {"description": "Any value."}
    if kind is Clear:
        return {"type": "string"}
    raise NotImplementedError(kind)


def _say_moment(schema: dict[str, Any]) -> None:
    for choice in (schema, *schema.get("anyOf", ())):
        if choice.get("type") == "string":
            choice["format"] = "date-time"


__all__ = ["PREFIX", "document"]
