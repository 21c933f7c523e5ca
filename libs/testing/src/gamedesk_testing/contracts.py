"""The published contracts, for the tests of those who keep them and of those who rely on them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs

CONTRACTS = Path(__file__).parents[4] / "contracts"


def schema_of(type: str) -> jsonschema_rs.Draft202012Validator:
    """The JSON Schema of an event's `data`."""
    schema = json.loads((CONTRACTS / "events" / f"{type}.schema.json").read_text(encoding="utf-8"))
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def examples_of(type: str) -> list[Path]:
    """The example envelopes of an event type, by name."""
    return sorted((CONTRACTS / "examples" / type).glob("*.json"))


def resolved(document: dict[str, Any], part: Any) -> Any:
    """What a part of an OpenAPI document refers to, or the part itself."""
    while isinstance(part, dict) and "$ref" in part:
        node: Any = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            node = node[step]
        part = node
    return part
