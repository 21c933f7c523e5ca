"""Bad input to every operation: a problem document that says what, where and how; never a 500, never an echo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from gamedesk_chassis.contract import Contract, Operation
from gamedesk_testing.api_client import ApiClient
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

from tests.contract.services import NAMES, contract

AdminOf = Callable[[str], ApiClient]


def operations(wanted: Callable[[Contract, Operation], bool]) -> list[Any]:
    return [
        pytest.param(name, operation, id=f"{name}-{operation.operation_id}")
        for name in NAMES
        for found in [contract(name)]
        for operation in found.operations
        if wanted(found, operation)
    ]


ALL = operations(lambda _found, _operation: True)
WITH_BODY = operations(has_body)
NOT_PUBLIC = operations(lambda _found, operation: operation.roles is not None)


@pytest.mark.parametrize(("name", "operation"), WITH_BODY)
def test_bad_bodies_get_a_problem_document(admin_of: AdminOf, name: str, operation: Any) -> None:
    client = admin_of(name)
    for what, body in BODIES.items():
        headers = {"Content-Type": "application/json", "Idempotency-Key": "k" * 20, "If-Match": '"1"'}
        response = client.request(operation.method, concrete(operation.path), content=body, headers=headers)
        assert assert_problem(response), what


@pytest.mark.parametrize(("name", "operation"), WITH_BODY)
def test_a_body_that_is_too_large_or_no_json_is_refused(admin_of: AdminOf, name: str, operation: Any) -> None:
    client, path = admin_of(name), concrete(operation.path)
    headers = {"Idempotency-Key": "k" * 20, "If-Match": '"1"'}
    large = b'{"a": "' + b"x" * operation.body_limit + b'"}'

    too_large = client.request(
        operation.method, path, content=large, headers={**headers, "Content-Type": "application/json"}
    )
    form = client.request(
        operation.method,
        path,
        content=b"a=1",
        params=required_query(contract(name), operation),
        headers={**headers, "Content-Type": "application/x-www-form-urlencoded"},
    )
    untyped = client.request(operation.method, path, content=b'{"a": 1}', headers=headers)

    assert assert_problem(too_large)["status"] == 413
    # a signed operation looks at the signature first, over whatever bytes there are
    assert assert_problem(form)["status"] == (401 if operation.operation_id == "push_prices" else 415)
    assert assert_problem(untyped)["status"] == 415


@pytest.mark.parametrize(("name", "operation"), ALL)
def test_unknown_query_parameters_and_malformed_ids_are_refused(admin_of: AdminOf, name: str, operation: Any) -> None:
    headers = {"Idempotency-Key": "k" * 20, "If-Match": '"1"', "Content-Type": "application/json"}
    client = admin_of(name)

    unknown = client.request(
        operation.method, concrete(operation.path), params={SECRET: "1", PHONE: "2"}, headers=headers
    )
    assert_problem(unknown)
    if "{" in operation.path:
        spoiled = operation.path.replace("{", "%00{", 1).partition("{")[0] + "%E7%8E%A9'--"
        assert_problem(client.request(operation.method, spoiled, headers=headers))


@pytest.mark.parametrize(("name", "operation"), NOT_PUBLIC)
def test_nobody_gets_in_without_a_token(admin_of: AdminOf, name: str, operation: Any) -> None:
    response = admin_of(name).signed_in(None).request(operation.method, concrete(operation.path))
    assert assert_problem(response)["status"] == 401


@pytest.mark.parametrize("name", NAMES)
def test_unknown_paths_and_methods_get_a_problem_document(admin_of: AdminOf, name: str) -> None:
    assert assert_problem(admin_of(name).get("/no/such/path"))["status"] == 404
    path = contract(name).operations[0].path
    assert assert_problem(admin_of(name).request("DELETE", path))["status"] == 405


LISTS = {"players": "/players", "tickets": "/tickets", "sales": "/touches", "catalog": "/items"}


@pytest.mark.parametrize("cursor", ["AAAA", "W10", "x" * 400, "bnVsbA"])
@pytest.mark.parametrize(("name", "path"), LISTS.items())
def test_a_cursor_from_elsewhere_is_refused(admin_of: AdminOf, name: str, path: str, cursor: str) -> None:
    assert assert_problem(admin_of(name).get(path, cursor=cursor))["status"] == 400


MEDIA_TYPES = [
    "application/json; charset=utf-16",
    "application/json; charset=utf-7",
    f"application/json; charset={SECRET}",
    "application/json, text/plain",
    "application/jsonx",
    f"text/{SECRET}",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    SECRET,
    "/",
    ";",
]
HEADERS: dict[str, list[str]] = {
    "Idempotency-Key": [
        SECRET + "\xe9",
        SECRET * 40,
        f"{SECRET} {SECRET}",
        "",
        "\t",
        f"'; drop table outbox -- {SECRET}",
    ],
    "If-Match": [SECRET, f'W/"{SECRET}"', "*", '"1", "2"', '"99999999999999999999"', '"-1"', '"\xb9"', "1", ""],
    "If-None-Match": [SECRET, SECRET * 40, '"\xe9"'],
    "Authorization": [
        SECRET,
        f"Bearer {SECRET}",
        f"Bearer a.b.{SECRET}",
        f"Basic {SECRET}",
        "Bearer",
        "Bearer \xe9",
        "",
    ],
    "traceparent": [SECRET, SECRET * 40, "00-" + "0" * 32 + "-" + "0" * 16 + "-00", "\xe9" * 55],
    "X-Request-Id": [SECRET, SECRET * 9, f"a b {SECRET}", "\xe9" * 10],
    "Accept": [SECRET, "text/html", "*/*;q=" + SECRET, "\xe9"],
    "Accept-Encoding": [SECRET, "gzip;q=" + SECRET],
    "Content-Encoding": ["gzip", "br", SECRET],
    "Cookie": [SECRET, f"gamedesk={SECRET}", "a=" + SECRET * 100, "\xe9"],
    "X-Forwarded-For": [SECRET, "1.1.1.1, \xe9"],
    "X-Client-Address": [SECRET, f"1.1.1.1 {SECRET}", "\xe9"],
    "Range": ["bytes=0-1", SECRET],
    "Expect": [SECRET],
}
CREATES = {"players": "/players", "tickets": "/tickets", "sales": "/touches", "catalog": "/packs"}


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("name", NAMES)
def test_hostile_headers_harm_nobody(admin_of: AdminOf, name: str, header: str) -> None:
    client = admin_of(name)
    for value in HEADERS[header]:
        usual = {"Idempotency-Key": "k" * 20, "If-Match": '"1"', "Content-Type": "application/json"}
        bent: Any = {key: one.encode("latin-1") for key, one in {**usual, header: value}.items()}
        for method, path, body in (("GET", LISTS[name], b""), ("POST", CREATES[name], b'{"detail": "x"}')):
            harmless(client.request(method, path, headers=bent, content=body))


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
@pytest.mark.parametrize("name", NAMES)
def test_hostile_media_types_are_refused(admin_of: AdminOf, name: str, media_type: str) -> None:
    headers = {"Idempotency-Key": "k" * 20, "Content-Type": media_type}
    body = '{"detail": "x"}'.encode("utf-16" if "utf-16" in media_type else "utf-8")
    response = admin_of(name).request("POST", CREATES[name], headers=headers, content=body)
    assert assert_problem(response)["status"] in (400, 415)


@pytest.mark.parametrize(("name", "operation"), ALL)
def test_hostile_query_values_harm_nobody(admin_of: AdminOf, name: str, operation: Any) -> None:
    headers = {"Idempotency-Key": "k" * 20, "If-Match": '"1"'}
    required = required_query(contract(name), operation)
    for number, parameter in enumerate(query_parameters(contract(name), operation)):
        params = {**required, parameter["name"]: VALUES[number % len(VALUES)]}
        response = admin_of(name).request(operation.method, concrete(operation.path), params=params, headers=headers)
        assert response.status_code < 500, params
        if response.status_code >= 400:
            assert_problem(response)
