"""Bad input that every operation of every service has to refuse, and what a refusal must be."""

from __future__ import annotations

import gzip
from typing import Any

from gamedesk_chassis.contract import Contract, Operation

from gamedesk_testing.contracts import resolved

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
# For the parameters of a query.
VALUES = [SECRET, "\x00", "9" * 5000, "-1", "[]"]


def has_body(contract: Contract, operation: Operation) -> bool:
    return "requestBody" in contract.document["paths"][operation.path][operation.method.lower()]


def query_parameters(contract: Contract, operation: Operation) -> list[dict[str, Any]]:
    """As the contract describes them."""
    described = contract.document["paths"][operation.path][operation.method.lower()]
    parameters = [resolved(contract.document, one) for one in described.get("parameters", [])]
    return [one for one in parameters if one["in"] == "query"]


def required_query(contract: Contract, operation: Operation) -> dict[str, str]:
    """The query parameters that the operation cannot do without."""
    return {
        one["name"]: resolved(contract.document, one["schema"]).get("enum", ["x"])[0]
        for one in query_parameters(contract, operation)
        if one.get("required")
    }


def concrete(path: str) -> str:
    """The path with ids that nobody has."""
    known_forms = {
        "agent_id": "KF99999",
        "band": "8_15",
        "category_id": "weather",
        "game_id": "xiyou",
        "letter_id": "999999",
        "list_name": "tickets",
        "pack_code": "ZZZZZ",
    }
    for parameter, value in known_forms.items():
        path = path.replace("{" + parameter + "}", value)
    while "{" in path:
        before, _, rest = path.partition("{")
        path = before + "019aa000-0000-7000-8000-000000000000" + rest.partition("}")[2]
    return path


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


def harmless(response: Any) -> None:
    """Neither our fault nor an echo, in the body or in a header; what is refused is a problem document."""
    assert response.status_code < 500
    assert PHONE not in response.text + repr(response.headers)
    if response.status_code >= 400:
        assert_problem(response)
