"""An example of each schema, from what its fields say of themselves."""

from __future__ import annotations

from typing import Any

_FORMATS = {
    "uuid": "019a1f6e-7c00-7000-8000-000000000001",
    "date": "2026-11-24",
    "date-time": "2026-11-24T14:00:00Z",
}


def example_of(schema: dict[str, Any], components: dict[str, Any]) -> Any:
    """A value that fits the schema, for people to look at."""
    if "examples" in schema:
        return schema["examples"][0]
    if schema.get("default") not in (None, "", [], {}):
        return schema["default"]
    if "$ref" in schema:
        return example_of(components[schema["$ref"].rpartition("/")[2]], components)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], components)
    return _of_type(schema, components)


def _of_type(schema: dict[str, Any], components: dict[str, Any]) -> Any:
    match schema.get("type"):
        case "object" if "properties" in schema:
            return {
                name: example_of(part, components) for name, part in schema["properties"].items()
            }
        case "object":
            return {"fr": "Ordinateur portable"} if schema.get("additionalProperties") else {}
        case "array":
            return [example_of(schema["items"], components)] if schema.get("items") else []
        case "string":
            return _FORMATS.get(schema.get("format", ""), "…")
        case "integer":
            return schema.get("minimum", 1)
        case "boolean":
            return True
    return None
