"""What a problem document says of a field: names that the contract knows, never names that somebody made up."""

from __future__ import annotations

from typing import Any

import pytest
from gamedesk_chassis.problems import InvalidRequest
from gamedesk_chassis.validation import ParameterValidator, check

PHONE = "13912345678"
THING = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"size": {"type": "integer"}, "colour": {"type": "string"}},
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "thing": {"$ref": "#/components/schemas/Thing"},
        "things": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
        "either": {"oneOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "null"}]},
        "answers": {"type": "object", "additionalProperties": {"anyOf": [{"type": "integer"}, {"type": "boolean"}]}},
        "shelves": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Thing"}},
        "properties": {"type": "object", "properties": {"items": {"type": "string"}}},
    },
    "components": {"schemas": {"Thing": THING}},
}


def fault(value: Any) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as refused:
        check(SCHEMA, value)
    [found] = refused.value.errors
    assert PHONE not in str(refused.value.errors)
    return found


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ({PHONE: 1}, ""),
        ({PHONE: 1, f"~{PHONE}/": 2}, ""),
        ({"thing": {PHONE: 1}}, "/thing"),
        ({"things": [{}, {PHONE: 1}]}, "/things/1"),
        ({"answers": {PHONE: "x"}}, "/answers"),
        ({"answers": {f"x{PHONE}": "x"}}, "/answers"),
        ({"shelves": {PHONE: {"size": "x"}}}, "/shelves"),
        ({"shelves": {PHONE: {PHONE: 1}}}, "/shelves"),
    ],
)
def test_a_made_up_name_is_not_repeated_but_what_holds_it_is_named(value: Any, pointer: str) -> None:
    assert fault(value)["pointer"] == pointer


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ({"thing": {"size": "x"}}, "/thing/size"),
        ({"things": [{}, {"colour": 1}]}, "/things/1/colour"),
        ({"properties": {"items": 1}}, "/properties/items"),
        ({"either": 5}, "/either"),
    ],
)
def test_a_known_field_is_named(value: Any, pointer: str) -> None:
    assert fault(value)["pointer"] == pointer


def test_an_unknown_field_is_answered_with_the_known_ones() -> None:
    assert fault({"thing": {"weight": 1}}) == {
        "pointer": "/thing",
        "rule": "additionalProperties",
        "message": "has a field that is not known; known are colour, size",
    }


def test_of_many_known_fields_only_some_are_told() -> None:
    wide = {"type": "object", "additionalProperties": False, "properties": {f"f{n:02}": {} for n in range(40)}}
    with pytest.raises(InvalidRequest) as refused:
        check(wide, {PHONE: 1})
    assert refused.value.errors[0]["message"].endswith("known are f00, f01, f02, f03, f04, f05, f06, f07, f08, f09, …")


def test_an_unknown_query_parameter_is_answered_with_the_known_ones() -> None:
    known = [{"in": "query", "name": name, "schema": {"type": "string"}} for name in ("q", "limit")]
    with pytest.raises(InvalidRequest) as refused:
        ParameterValidator(known, None, strict_validation=True)._refuse_unknown({"q", PHONE})
    assert refused.value.errors == [
        {"pointer": "/query", "rule": "unknown", "message": "has a parameter that is not known; known are limit, q"}
    ]
