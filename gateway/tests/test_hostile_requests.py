"""Bad input to what the gateway answers itself, as tests/contract sends it to every operation of the services."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gamedesk_gateway
import httpx
import orjson
import pytest
from gamedesk_chassis.contract import load
from gamedesk_testing.hostile import (
    BODIES,
    PHONE,
    SECRET,
    VALUES,
    assert_problem,
    concrete,
    harmless,
    has_body,
    query_parameters,
    required_query,
)

from .conftest import Gateway
from .servers import Answer, Received

CONTRACT = load(Path(str(gamedesk_gateway.__file__)).with_name("openapi.yaml"))
EMPTY: Answer = (200, {"items": [], "next_cursor": None})
JSON = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}


def operations(which: Callable[..., bool]) -> Any:
    chosen = [pytest.param(one, id=one.operation_id) for one in CONTRACT.operations if which(CONTRACT, one)]
    return pytest.mark.parametrize("operation", chosen)


every_operation = operations(lambda _contract, _operation: True)


@pytest.fixture(scope="module")
def kept_gateway(gateway_with: Callable[..., Gateway]) -> Gateway:
    gateway = gateway_with()
    for stub in gateway.stubs.values():
        stub.otherwise = EMPTY
    return gateway


@pytest.fixture
def admin(gateway: Gateway, token_for: Callable[..., str]) -> Any:
    with gateway.as_agent(token_for("KF001", "admin", "A")) as client:
        yield client


def send(client: httpx.Client, operation: Any, path: str = "", **options: Any) -> httpx.Response:
    """The answer; of a stream that has begun only its head."""
    path = path or concrete(operation.path)
    with client.stream(operation.method, f"/api{path}", headers=JSON, **options) as response:
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            response.read()
        return response


@operations(has_body)
def test_bad_bodies_get_a_problem_document(gateway: Gateway, admin: httpx.Client, operation: Any) -> None:
    catalog = gateway.stubs["catalog"]
    catalog.answers["/price-impacts"] = refused  # it knows the fields of that question, the gateway does not

    for what, body in BODIES.items():
        assert assert_problem(send(admin, operation, content=body)), what

    assert all(isinstance(orjson.loads(request.body), dict) for request in catalog.asked("/price-impacts"))
    catalog.received.clear()
    assert all_stubs_were_left_alone(gateway)


@every_operation
def test_unknown_query_parameters_and_malformed_ids_are_refused(
    gateway: Gateway, admin: httpx.Client, operation: Any
) -> None:
    if operation.operation_id != "export_list":  # which passes on what the list may know
        assert_problem(send(admin, operation, params={SECRET: "1", PHONE: "2"}))
    if "{" in operation.path:
        spoiled = operation.path.replace("{", "%00{", 1).partition("{")[0] + "%E7%8E%A9'--"
        assert_problem(send(admin, operation, spoiled))

    assert all_stubs_were_left_alone(gateway)


@every_operation
def test_hostile_query_values_harm_nobody(admin: httpx.Client, operation: Any) -> None:
    for parameter in query_parameters(CONTRACT, operation):
        for value in VALUES:
            params = {**required_query(CONTRACT, operation), parameter["name"]: value}
            harmless(send(admin, operation, params=params))


@operations(lambda _contract, operation: operation.roles is not None)
def test_nobody_gets_in_without_a_token(gateway: Gateway, operation: Any) -> None:
    assert assert_problem(send(gateway.http, operation))["status"] == 401
    assert all_stubs_were_left_alone(gateway)


def refused(request: Received) -> Answer:
    problem = {"type": "urn:gamedesk:problem:validation", "title": "no", "status": 400}
    said = {**problem, "request_id": request.headers["x-request-id"]}
    return 400, said, {"content-type": "application/problem+json"}


def all_stubs_were_left_alone(gateway: Gateway) -> bool:
    return not any(stub.received for stub in gateway.stubs.values())
