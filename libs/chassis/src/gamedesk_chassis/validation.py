"""Request and response validation for Connexion, each schema compiled once (Connexion rebuilds them per request).

The validators are registered through Connexion's `validator_map`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncGenerator, Iterable
from typing import Any

import jsonschema_rs
import structlog
from connexion.exceptions import NonConformingResponseBody
from connexion.lifecycle import ConnexionRequest
from connexion.validators import AbstractRequestBodyValidator, AbstractResponseBodyValidator
from starlette.types import Scope

from gamedesk_chassis import json_body
from gamedesk_chassis.problems import InvalidRequest

log = structlog.get_logger(__name__)

_MAX_ERRORS = 20
_MAX_NAMES = 10
# id(schema) → (schema, as JSON Schema, compiled). It is kept, so that its id is never given to another object.
_compiled: dict[int, tuple[Any, dict[str, Any], jsonschema_rs.Draft202012Validator]] = {}

_MESSAGES = {
    "required": "is required",
    "additionalProperties": "has a field that is not known; known are {known}",
    "type": "must be of type {types}",
    "maxLength": "must have at most {limit} characters",
    "minLength": "must have at least {limit} characters",
    "maxItems": "must have at most {limit} entries",
    "minItems": "must have at least {limit} entries",
    "minProperties": "must have at least {limit} fields",
    "maximum": "must be at most {limit}",
    "minimum": "must be at least {limit}",
    "exclusiveMinimum": "must be more than {limit}",
    "pattern": "does not have the right form ({pattern})",
    "format": "is not a valid {format}",
    "enum": "must be one of {options}",
    "uniqueItems": "must not name the same thing twice",
}


def to_json_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """An OpenAPI 3.0 schema as JSON Schema 2020-12: `nullable` becomes a type, the rest stays.

    Connexion puts the document's `components` into the schema, which may contain this very schema again: of them,
    only the schemas are kept, and only at the top.
    """
    converted = _converted(schema)
    components = schema.get("components", {}).get("schemas", {})
    return {**converted, "components": {"schemas": {name: _converted(part) for name, part in components.items()}}}


def _converted(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_converted(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    result = {k: _converted(v) for k, v in schema.items() if k not in ("nullable", "example", "components")}
    if schema.get("nullable") is True:
        if isinstance(schema.get("type"), str):
            result["type"] = [schema["type"], "null"]
        elif "type" not in schema:
            return {"anyOf": [result, {"type": "null"}]}
        if "enum" in result and None not in result["enum"]:
            result["enum"] = [*result["enum"], None]
    return result


def compiled(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    return _prepared(schema)[1]


def _prepared(schema: dict[str, Any]) -> tuple[dict[str, Any], jsonschema_rs.Draft202012Validator]:
    entry = _compiled.get(id(schema))
    if entry is None:
        converted = to_json_schema(schema)
        validator = jsonschema_rs.Draft202012Validator(converted, validate_formats=True)
        entry = _compiled[id(schema)] = (schema, converted, validator)
    return entry[1:]


def describe(error: jsonschema_rs.ValidationError, schema: dict[str, Any], *, under: str = "") -> dict[str, str]:
    """One violation of a converted schema as {pointer, rule, message}, without the value that broke the rule, and
    without names that the schema does not know: a phone may stand there too."""
    facts = error.kind.as_dict() if hasattr(error.kind, "as_dict") else {}
    rule = str(error.kind.name)
    pointer = under + "".join(f"/{_escape(part)}" for part in _known_part(error))
    if rule == "required":
        pointer += f"/{_escape(facts.get('property', ''))}"
    elif rule == "additionalProperties":
        for part in error.schema_path[:-1]:
            schema = schema[part]  # type: ignore[index]
        facts = {"known": _some(schema.get("properties", {}))}
    template = _MESSAGES.get(rule, "breaks the rule «{rule}»")
    values = {"rule": rule, **{k: _text(v) for k, v in facts.items()}}
    message = re.sub(r"\{(\w+)\}", lambda m: values.get(m.group(1), m.group(1)), template)
    return {"pointer": pointer, "rule": rule, "message": message}


def _known_part(error: jsonschema_rs.ValidationError) -> list[str | int]:
    """The path to the violation, up to a name that the caller made up: an entry of a map."""
    steps, length = iter(error.evaluation_path[:-1]), 0
    for step in steps:
        if step in ("additionalProperties", "patternProperties"):
            return error.instance_path[:length]
        length += step in ("properties", "items", "prefixItems")
        if step in ("properties", "prefixItems", "anyOf", "oneOf", "allOf"):
            next(steps)  # a name or a number, which may look like a keyword
    return error.instance_path


def _some(names: Iterable[str]) -> str:
    """Names for a sentence, not more than one wants to read."""
    ordered = sorted(names)
    return ", ".join(ordered[:_MAX_NAMES] + ["…"] * (len(ordered) > _MAX_NAMES)) or "none"


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _escape(part: Any) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def check(schema: dict[str, Any], value: Any, *, under: str = "") -> None:
    """Raise InvalidRequest naming up to 20 violations of `schema` by `value`."""
    converted, validator = _prepared(schema)
    if validator.is_valid(value):
        return
    errors = itertools.islice(validator.iter_errors(value), _MAX_ERRORS)
    found = [describe(error, converted, under=under) for error in errors]
    raise InvalidRequest("See `errors` for each field and its rule.", errors=found)


class BodyValidator(AbstractRequestBodyValidator):
    """Strict JSON parsing, then the compiled schema."""

    async def _parse(self, stream: AsyncGenerator[bytes, None], scope: Scope) -> Any:
        raw = b"".join([chunk async for chunk in stream])
        return json_body.loads(raw) if raw else None

    def _validate(self, body: Any) -> None:
        if body is None and not self._required:
            return
        check(self._schema, body)


class RawBodyValidator(AbstractRequestBodyValidator):
    """Bytes that are no JSON (a picture, a spreadsheet): there must be some; what they are, the handler finds out."""


class _BodyValidators(dict[str, type[AbstractRequestBodyValidator]]):
    """By media type. Connexion would let one without a validator pass even without a body."""

    def __missing__(self, _media_type: str) -> type[AbstractRequestBodyValidator]:
        return RawBodyValidator


class ResponseValidator(AbstractResponseBodyValidator):
    """For tests: an answer that breaks the contract becomes a 500 and a log line that names the rule."""

    def _parse(self, stream: Any) -> Any:
        raw = b"".join(stream)
        return json_body.loads(raw) if raw else None

    def _validate(self, body: Any) -> None:
        try:
            check(self._schema, body)
        except InvalidRequest as problem:
            log.error("response_breaks_contract", path=self._scope.get("path"), errors=problem.errors)
            raise NonConformingResponseBody(detail="The answer does not conform to the contract") from None


class ParameterValidator:
    """Path, query and header parameters. A parameter may name the problem that its absence is:
    `x-missing: {status: 428, slug: if-match-required, title: …}`.

    A query parameter of type object stands for further parameters of any name; to check them is the handler's task.
    """

    def __init__(
        self, parameters: list[dict[str, Any]], uri_parser: Any, strict_validation: bool = False, **_: Any
    ) -> None:
        self.parameters, self.uri_parser, self.strict = parameters, uri_parser, strict_validation

    def validate(self, scope: Scope) -> None:
        request = ConnexionRequest(scope, uri_parser=self.uri_parser)
        places = {"query": request.query_params, "path": request.path_params, "header": request.headers}
        if self.strict:
            self._refuse_unknown(request.query_params.keys())
        for parameter in self.parameters:
            place = parameter["in"]
            name = parameter["name"]
            value = places[place].get(name)
            if value is not None:
                self._refuse_control_characters(value, f"/{place}/{name}")
                check(parameter["schema"], value, under=f"/{place}/{name}")
            elif parameter.get("required"):
                self._missing(parameter)

    def _refuse_unknown(self, names: Any) -> None:
        query = [p for p in self.parameters if p["in"] == "query"]
        if any(p["schema"].get("type") == "object" for p in query):
            return
        known = {p["name"] for p in query}
        if not set(names) <= known:
            message = f"has a parameter that is not known; known are {_some(known)}"
            raise InvalidRequest(
                f"Known query parameters: {', '.join(sorted(known)) or 'none'}.",
                errors=[{"pointer": "/query", "rule": "unknown", "message": message}],
            )

    @staticmethod
    def _refuse_control_characters(value: Any, pointer: str) -> None:
        if isinstance(value, str) and ("\x00" in value or any(0xD800 <= ord(c) <= 0xDFFF for c in value)):
            fault = {
                "pointer": pointer,
                "rule": "characters",
                "message": "holds a character that is not text",
            }
            raise InvalidRequest(errors=[fault])

    @staticmethod
    def _missing(parameter: dict[str, Any]) -> None:
        fault = {
            "pointer": f"/{parameter['in']}/{parameter['name']}",
            "rule": "required",
            "message": "is required",
        }
        raise InvalidRequest(errors=[fault], **parameter.get("x-missing", {}))


VALIDATORS: dict[str, Any] = {
    "parameter": ParameterValidator,
    "body": _BodyValidators({"application/json": BodyValidator}),
    "response": {"application/json": ResponseValidator},
}
