"""The OpenAPI document arranged for people: what the page at ``/api/docs`` shows."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from markupsafe import Markup, escape

JSON = "application/json"


class Field(msgspec.Struct, frozen=True):
    """A parameter, or a field of a body. ``kind`` links to the types it names."""

    name: str
    kind: Markup
    required: bool
    about: str
    place: str = ""


class Shape(msgspec.Struct, frozen=True):
    """What a body looks like: its type, and an example as indented JSON."""

    kind: Markup
    example: str


class Answer(msgspec.Struct, frozen=True):
    """One status that a call may answer with; ``about`` lists the codes of errors."""

    status: str
    title: str
    about: Markup
    headers: tuple[str, ...]
    shape: Shape | None


class Call(msgspec.Struct, frozen=True):
    """One call."""

    id: str
    method: str
    path: str
    summary: str
    about: Markup
    scopes: tuple[str, ...]
    parameters: tuple[Field, ...]
    body: Shape | None
    answers: tuple[Answer, ...]


class Kind(msgspec.Struct, frozen=True):
    """A named type: its fields, or the values it may have."""

    name: str
    about: Markup
    fields: tuple[Field, ...]
    values: tuple[str, ...]


class Reference(msgspec.Struct, frozen=True):
    """The whole page."""

    version: str
    about: Markup
    groups: dict[str, list[Call]]
    kinds: tuple[Kind, ...]


def read_document(document: dict[str, Any]) -> Reference:
    """Arrange a document for reading."""
    groups: dict[str, list[Call]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            groups[operation["tags"][0]].append(_call(path, method.upper(), operation))
    return Reference(
        version=document["info"]["version"],
        about=text(document["info"]["description"]),
        groups=groups,
        kinds=tuple(
            Kind(name, text(schema.get("description", "")), _fields(schema), _values(schema))
            for name, schema in sorted(document["components"]["schemas"].items())
        ),
    )


def text(source: str) -> Markup:
    """The little Markdown of our docstrings: paragraphs, lists, ``code`` and **strong**."""
    blocks = (block.strip() for block in re.split(r"\n\s*\n", source))
    return Markup("").join(_block(block) for block in blocks if block)


def _block(block: str) -> Markup:
    if block.startswith("- "):
        lines = (_inline(line.removeprefix("- ")) for line in block.split("\n"))
        return Markup("<ul>{}</ul>").format(
            Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
        )
    return Markup("<p>{}</p>").format(_inline(block))


def _inline(source: str) -> Markup:
    html = re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(source)))
    return Markup(re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", html))  # noqa: S704 – escaped


def _call(path: str, method: str, operation: dict[str, Any]) -> Call:
    return Call(
        id=operation["operationId"],
        method=method,
        path=path,
        summary=operation["summary"],
        about=text(operation.get("description", "")),
        scopes=tuple(each["token"][0] for each in operation["security"]),
        parameters=tuple(
            Field(
                name=each["name"],
                kind=_kind(each["schema"]),
                required=each["required"],
                about=_parameter_about(each),
                place=each["in"],
            )
            for each in operation.get("parameters", ())
        ),
        body=_shape(operation.get("requestBody", {})),
        answers=tuple(_answer(*each) for each in operation["responses"].items()),
    )


def _parameter_about(parameter: dict[str, Any]) -> str:
    about: str = parameter.get("description", "")
    default = parameter["schema"].get("default")
    return about if default is None else f"{about} Without it: {default}."


def _answer(status: str, answer: dict[str, Any]) -> Answer:
    title, _newline, about = answer["description"].partition("\n")
    return Answer(status, title, text(about), tuple(answer.get("headers", ())), _shape(answer))


def _shape(holder: dict[str, Any]) -> Shape | None:
    content = holder.get("content", {}).get(JSON)
    if content is None:
        return None
    example = msgspec.json.format(msgspec.json.encode(content["example"])).decode()
    return Shape(_kind(content["schema"]), example)


def _fields(schema: dict[str, Any]) -> tuple[Field, ...]:
    return tuple(
        Field(name, _kind(part), name in schema.get("required", ()), _about(part))
        for name, part in schema.get("properties", {}).items()
    )


def _about(schema: dict[str, Any]) -> str:
    choices = (schema, *schema.get("anyOf", ()))
    return next((each["description"] for each in choices if "description" in each), "")


def _values(schema: dict[str, Any]) -> tuple[str, ...]:
    return tuple(map(str, schema.get("enum", ())))


def _kind(schema: dict[str, Any]) -> Markup:
    """The type in a few words, such as ``text, or null`` or ``list of LoanLine``."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return Markup('<a href="#type-{0}">{0}</a>').format(name)
    if "anyOf" in schema:
        return Markup(", or ").join(map(_kind, schema["anyOf"]))
    if "enum" in schema:
        return Markup(" | ").join(Markup("<code>{}</code>").format(each) for each in schema["enum"])
    if schema.get("type") == "array":
        return Markup("list of {}").format(_kind(schema.get("items") or {}))
    if isinstance(schema.get("additionalProperties"), dict):
        return Markup("text to {}").format(_kind(schema["additionalProperties"]))
    words = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    plain = schema.get("format") or words.get(
        schema.get("type", ""), schema.get("type", "anything")
    )
    return escape(plain) + escape(_limits(schema))


def _limits(schema: dict[str, Any]) -> str:
    low = schema.get("minimum", schema.get("minLength"))
    high = schema.get("maximum", schema.get("maxLength"))
    if low is None and high is None:
        return ""
    return f", {'' if low is None else low}…{'' if high is None else high}"
