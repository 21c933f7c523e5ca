"""The published event contracts, for the tests of those who publish and of those who listen."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs

CONTRACTS = Path(__file__).parents[4] / "contracts"


def schema_of(type: str) -> jsonschema_rs.Draft202012Validator:
    """The JSON Schema of an event's `data`."""
    schema = json.loads((CONTRACTS / "events" / f"{type}.schema.json").read_text(encoding="utf-8"))
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def examples_of(type: str) -> list[Path]:
    """The example envelopes of an event type, by name."""
    return sorted((CONTRACTS / "examples" / type).glob("*.json"))
