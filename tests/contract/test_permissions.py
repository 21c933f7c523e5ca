"""The table of permissions is fresh, and every role gets just what it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from gamedesk_testing.api_client import ApiClient
from jsonschema_rs import Draft4Validator

from tests.contract.permissions import PAGE, page
from tests.contract.services import NAMES, contract
from tests.contract.test_hostile_requests import concrete
from tests.contract.test_http_contracts import resolved

ROLES = ("agent", "lead", "admin")
PROTECTED = [
    pytest.param(name, operation, id=f"{name}-{operation.operation_id}")
    for name in NAMES
    for operation in contract(name).operations
    if operation.roles is not None
]


def test_the_table_of_permissions_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.contract.permissions"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("name", "operation"), PROTECTED)
def test_a_role_is_refused_just_where_the_contract_says(
    apps: Callable[[str], Any], token_for: Callable[..., str], name: str, operation: Any, role: str
) -> None:
    client = ApiClient(apps(name), token_for("KF500", role, "A"))
    media_type, body = minimal_body(contract(name).document, operation)
    headers = {"Idempotency-Key": "k" * 20, "If-Match": '"1"', **({"Content-Type": media_type} if body else {})}

    response = client.request(operation.method, concrete(operation.path), headers=headers, content=body)

    refused_by_role = response.status_code == 403 and "needs the role" in response.json().get("detail", "")
    if role in operation.roles:
        assert not refused_by_role
    else:
        assert refused_by_role, f"{response.status_code}: {response.text}"


@pytest.mark.parametrize("name", NAMES)
def test_what_these_tests_send_meets_the_contract(name: str) -> None:
    document = contract(name).document
    for operation in contract(name).operations:
        media_type, body = minimal_body(document, operation)
        if media_type == "application/json":
            described = document["paths"][operation.path][operation.method.lower()]["requestBody"]
            schema = resolved(document, described)["content"][media_type]["schema"]
            Draft4Validator({**schema, "components": document["components"]}, validate_formats=True).validate(
                json.loads(body)
            )


def minimal_body(document: dict[str, Any], operation: Any) -> tuple[str, bytes]:
    """Media type and the smallest body that the contract accepts, so that the refusal can only be the role's."""
    described = document["paths"][operation.path][operation.method.lower()]
    if "requestBody" not in described:
        return "", b""
    media_type, content = next(iter(resolved(document, described["requestBody"])["content"].items()))
    if media_type != "application/json":
        return media_type, b"x"
    return media_type, json.dumps(example(document, content["schema"])).encode()


def whole(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema as one: references followed, and what `allOf` adds merged in."""
    schema = resolved(document, schema)
    parts = [whole(document, part) for part in schema.get("allOf", [])]
    parts.append({name: value for name, value in schema.items() if name != "allOf"})
    merged = {name: value for part in parts for name, value in part.items()}
    if any("properties" in part for part in parts):
        merged["properties"] = {n: value for part in parts for n, value in part.get("properties", {}).items()}
        merged["required"] = [name for part in parts for name in part.get("required", [])]
    return merged


def example(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    schema = whole(document, schema)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            needed = schema.get("required", [])
            others = [name for name in schema["properties"] if name not in needed]
            names = [*needed, *others[: max(schema.get("minProperties", 0) - len(needed), 0)]]
            return {name: example(document, schema["properties"][name]) for name in names}
        case "array":
            return [example(document, schema["items"]) for _ in range(schema.get("minItems", 0))]
        case "integer":
            return schema["minimum"]
        case "boolean":
            return True
    return text(schema)


def text(schema: dict[str, Any]) -> str:
    known = {"uuid": "019aa000-0000-7000-8000-000000000000", "date": "2026-11-22", "date-time": "2026-11-22T00:00:00Z"}
    if schema.get("format") in known:
        return known[schema["format"]]
    return "abcdefghij"[: schema.get("maxLength", 10)].ljust(schema.get("minLength", 0), "k")
