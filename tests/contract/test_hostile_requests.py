"""Bad input to every operation: a problem document that says what, where and how; never a 500, never an echo."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from gamedesk_chassis.contract import Contract, Operation
from gamedesk_testing.api_client import ApiClient

from tests.contract.services import NAMES, contract
from tests.contract.test_http_contracts import resolved

AdminOf = Callable[[str], ApiClient]

PHONE = "13912345678"
SECRET = f"{PHONE}-do-not-echo"
BODIES: dict[str, bytes] = {
    "broken": b'{"a": ',
    "empty": b"",
    "not an object": b"[]",
    "null": b"null",
    "a text": f'"{SECRET}"'.encode(),
    "not UTF-8": b'{"a": "\xff\xfe"}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "too large a number": b'{"a": 1e999}',
    "a whole number as a fraction": b'{"a": 1.0}',
    "a number of 5,000 digits": b'{"a": ' + b"9" * 5000 + b"}",
    "2^70": b'{"a": 1180591620717411303424}',
    "the same key twice": b'{"a": 1, "a": 2}',
    "a NUL character": b'{"a": "x\\u0000y"}',
    "half a character": b'{"a": "\\ud800"}',
    "a NUL byte": b'{"a": "x\x00y"}',
    "a pair of halves in the wrong order": b'{"a": "\\udc00\\ud800"}',
    "an overlong character": b'{"a": "\xc0\xae"}',
    "half a character in bytes": b'{"a": "\xed\xa0\x80"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"a": 1}',
    "two values": b"{}{}",
    "a comment": b'{"a": 1} // b',
    "gzip": gzip.compress(b'{"a": 1}', mtime=0),
    "nested 30,000 deep": b"[" * 30_000 + b"]" * 30_000,
    "objects 10,000 deep": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "open to the end": b"[" * 60_000,
    "unknown fields": f'{{"no_such_field": "{SECRET}"}}'.encode(),
    "names that nobody knows": f'{{"{SECRET}": 1, "{PHONE}": 2, "form": {{"{PHONE}": [], "{SECRET}": []}}}}'.encode(),
    "only wrong types": b'{"player_id": 5, "phone": [], "name": {}, "detail": true}',
}


def operations(wanted: Callable[[Contract, Operation], bool]) -> list[Any]:
    return [
        pytest.param(name, operation, id=f"{name}-{operation.operation_id}")
        for name in NAMES
        for found in [contract(name)]
        for operation in found.operations
        if wanted(found, operation)
    ]


def has_body(found: Contract, operation: Operation) -> bool:
    return "requestBody" in found.document["paths"][operation.path][operation.method.lower()]


ALL = operations(lambda _found, _operation: True)
WITH_BODY = operations(has_body)
NOT_PUBLIC = operations(lambda _found, operation: operation.roles is not None)


def concrete(path: str) -> str:
    """The path with ids that nobody has."""
    known_forms = {
        "agent_id": "KF99999",
        "band": "8_15",
        "category_id": "weather",
        "game_id": "xiyou",
        "letter_id": "999999",
        "pack_code": "ZZZZZ",
    }
    for parameter, value in known_forms.items():
        path = path.replace("{" + parameter + "}", value)
    while "{" in path:
        before, _, rest = path.partition("{")
        path = before + "019aa000-0000-7000-8000-000000000000" + rest.partition("}")[2]
    return path


def required_query(name: str, operation: Operation) -> dict[str, str]:
    """The query parameters that the operation cannot do without."""
    document = contract(name).document
    described = document["paths"][operation.path][operation.method.lower()]
    parameters = [resolved(document, parameter) for parameter in described.get("parameters", [])]
    return {
        parameter["name"]: resolved(document, parameter["schema"]).get("enum", ["x"])[0]
        for parameter in parameters
        if parameter["in"] == "query" and parameter.get("required")
    }


def assert_problem(response: Any) -> dict[str, Any]:
    assert 400 <= response.status_code < 500, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["type"].startswith("urn:gamedesk:problem:")
    assert problem["status"] == response.status_code
    assert problem["title"]
    assert problem["request_id"] == response.headers["x-request-id"]
    assert PHONE not in response.text
    return problem


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
        params=required_query(name, operation),
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


def harmless(response: Any) -> None:
    """Neither our fault nor an echo, in the body or in a header; what is refused is a problem document."""
    assert response.status_code < 500
    assert PHONE not in response.text + repr(response.headers)
    if response.status_code >= 400:
        assert_problem(response)


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


VALUES = [SECRET, "\x00", "9" * 5000, "-1", "[]"]


@pytest.mark.parametrize(("name", "operation"), ALL)
def test_hostile_query_values_harm_nobody(admin_of: AdminOf, name: str, operation: Any) -> None:
    document = contract(name).document
    described = document["paths"][operation.path][operation.method.lower()]
    headers = {"Idempotency-Key": "k" * 20, "If-Match": '"1"'}
    parameters = [resolved(document, one) for one in described.get("parameters", [])]
    for number, parameter in enumerate(one for one in parameters if one["in"] == "query"):
        params = {**required_query(name, operation), parameter["name"]: VALUES[number % len(VALUES)]}
        response = admin_of(name).request(operation.method, concrete(operation.path), params=params, headers=headers)
        assert response.status_code < 500, params
        if response.status_code >= 400:
            assert_problem(response)
