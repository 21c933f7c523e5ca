"""House rules that every operation of every service keeps, read from the contracts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from gamedesk_chassis.contract import METHODS
from gamedesk_testing.contracts import resolved

from tests.contract.services import NAMES, contract


def operations() -> Iterator[Any]:
    for name in NAMES:
        document = contract(name).document
        for path, item in document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield pytest.param(document, path, item, method, id=f"{name}-{item[method]['operationId']}")


every_operation = pytest.mark.parametrize(("document", "path", "item", "method"), list(operations()))


def parameters(document: dict[str, Any], item: dict[str, Any], method: str) -> list[dict[str, Any]]:
    return [resolved(document, p) for p in [*item.get("parameters", []), *item[method].get("parameters", [])]]


def request_schemas(document: dict[str, Any], operation: dict[str, Any]) -> list[Any]:
    body = resolved(document, operation.get("requestBody"))
    return [resolved(document, content["schema"]) for content in body["content"].values()] if body else []


def unbounded(document: dict[str, Any], schema: Any, where: str) -> Iterator[str]:
    """The places of a request schema that have no upper bound, or accept unknown fields."""
    schema = resolved(document, schema)
    kind = schema.get("type")
    for part in schema.get("anyOf", ()):
        yield from unbounded(document, part, where)
    if kind == "string" and not ({"maxLength", "enum"} & schema.keys()):
        yield f"{where}: string without maxLength"
    if kind == "string" and not all(isinstance(value, str) for value in schema.get("enum", [])):
        yield f"{where}: a text that YAML reads as something else; quote it"
    if kind == "integer" and not {"minimum", "maximum"} <= schema.keys():
        yield f"{where}: integer without a range"
    if kind == "number":
        yield f"{where}: no floats"
    if kind == "array":
        if "maxItems" not in schema:
            yield f"{where}: array without maxItems"
        yield from unbounded(document, schema["items"], f"{where}[]")
    if kind == "object":
        others = schema.get("additionalProperties")
        if isinstance(others, dict) and "maxProperties" in schema:
            yield from unbounded(document, others, f"{where}/*")
        elif others is not False:
            yield f"{where}: unknown fields are accepted"
        for name, part in schema.get("properties", {}).items():
            yield from unbounded(document, part, f"{where}/{name}")


@every_operation
def test_request_bodies_are_bounded_and_closed(document: Any, path: str, item: Any, method: str) -> None:
    for schema in request_schemas(document, item[method]):
        assert not list(unbounded(document, schema, ""))


@every_operation
def test_parameters_are_bounded(document: Any, path: str, item: Any, method: str) -> None:
    for parameter in parameters(document, item, method):
        assert not list(unbounded(document, parameter["schema"], parameter["name"]))


@every_operation
def test_every_operation_says_what_it_is_for(document: Any, path: str, item: Any, method: str) -> None:
    assert item[method]["summary"]
    assert item[method]["tags"]


@every_operation
def test_edits_need_if_match_and_creations_an_idempotency_key(document: Any, path: str, item: Any, method: str) -> None:
    names = {p["name"] for p in parameters(document, item, method)}
    if method == "patch":
        assert "If-Match" in names
    if method == "post" and "201" in item[method]["responses"] and item[method].get("security") != []:
        assert "Idempotency-Key" in names


@every_operation
def test_lists_have_a_limit_and_a_cursor(document: Any, path: str, item: Any, method: str) -> None:
    answer = item[method]["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema")
    properties = resolved(document, answer).get("properties", {}) if answer else {}
    bounded = properties.get("items", {}).get("maxItems", 10**9) <= 200
    if "next_cursor" in properties and "ids" not in {p["name"] for p in parameters(document, item, method)}:
        assert {"limit", "cursor"} <= {p["name"] for p in parameters(document, item, method)}
    assert bounded or "items" not in properties
