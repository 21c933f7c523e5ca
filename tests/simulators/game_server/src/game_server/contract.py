"""The OpenAPI files, read once: which operations there are, and what a request must look like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import orjson
import yaml
from jsonschema_rs import Draft202012Validator
from starlette.requests import Request

from game_server.problems import Problem

GAME_API = "game-server.openapi.yaml"
MANAGEMENT_API = "management.openapi.yaml"
METHODS = ("get", "put", "post", "patch", "delete")
MAX_BODY = 4 * 1024 * 1024
MAX_ERRORS = 20

Schema = dict[str, Any]


@dataclass(frozen=True)
class Input:
    """A request that passed its contract; `params` are path and query parameters, defaults filled in."""

    params: dict[str, Any]
    body: Any = None


@dataclass(frozen=True)
class Operation:
    """One operation of an OpenAPI file, its schemas compiled."""

    operation_id: str
    method: str
    path: str
    parameters: Mapping[str, Schema]
    params_validator: Draft202012Validator
    body_validator: Draft202012Validator | None
    responses: Mapping[str, Schema] = field(default_factory=dict)

    async def read(self, request: Request) -> Input:
        """The request's input. Raises Problem 400, 413 or 415."""
        params = self._params(request)
        body = await _json_body(request) if self.body_validator else None
        errors = _errors(self.params_validator, params)
        if self.body_validator:
            errors += _errors(self.body_validator, body)
        if errors:
            raise Problem(400, "validation", "The request does not fit its contract.", errors=errors)
        return Input(params, body)

    def _params(self, request: Request) -> dict[str, Any]:
        # A list stays a list when a name is given twice, so that the schema refuses it.
        query = {name: _one(request.query_params.getlist(name)) for name in request.query_params}
        path = {name: text for name, text in request.path_params.items() if name in self.parameters}
        given: dict[str, Any] = query | path
        for name, schema in self.parameters.items():
            if schema.get("type") == "integer" and isinstance(given.get(name), str):
                given[name] = _integer(given[name])
            if name not in given and "default" in schema:
                given[name] = schema["default"]
        return given


def _one(values: list[str]) -> Any:
    return values[0] if len(values) == 1 else values


def _integer(text: str) -> Any:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else text


async def _json_body(request: Request) -> Any:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise Problem(415, "unsupported-media-type", "Send application/json.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise Problem(413, "body-too-large", f"The body is larger than {MAX_BODY} bytes.")
    try:
        return orjson.loads(bytes(body))
    except orjson.JSONDecodeError:
        raise Problem(400, "malformed-json", "The body is not JSON.") from None


def _errors(validator: Draft202012Validator, value: Any) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for error in validator.iter_errors(value):
        pointer = "".join(f"/{step}" for step in error.instance_path)
        rule = error.kind.name
        found.append({"pointer": pointer[:200], "rule": rule, "message": f"breaks the rule {rule}"})
        if len(found) == MAX_ERRORS:
            break
    return found


def load(name: str) -> list[Operation]:
    """The operations of one of the package's OpenAPI files, references resolved."""
    document = _read(name)
    return [
        _operation(path, method, item)
        for path, item in _resolved(document["paths"], document).items()
        for method in METHODS
        if method in item
    ]


def webhook_body_schema(name: str) -> Schema:
    """The body's schema of a webhook in the game API's file."""
    document = _read(GAME_API)
    webhook = _resolved(document["webhooks"], document)[name]["post"]
    return webhook["requestBody"]["content"]["application/json"]["schema"]


@cache
def _read(name: str) -> dict[str, Any]:
    return yaml.safe_load(resources.files("game_server").joinpath(name).read_text(encoding="utf-8"))


def _resolved(node: Any, document: dict[str, Any]) -> Any:
    """`node` with every `$ref` replaced by what it names; the files hold no circles."""
    if isinstance(node, list):
        return [_resolved(child, document) for child in node]
    if not isinstance(node, dict):
        return node
    if "$ref" not in node:
        return {key: _resolved(child, document) for key, child in node.items()}
    file, _, pointer = node["$ref"].partition("#")
    home = _read(file) if file else document
    target: Any = home
    for step in pointer.strip("/").split("/"):
        target = target[step]
    return _resolved(target, home)


def _operation(path: str, method: str, item: dict[str, Any]) -> Operation:
    operation = item[method]
    parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
    schemas = {parameter["name"]: parameter["schema"] for parameter in parameters}
    required = [parameter["name"] for parameter in parameters if parameter.get("required")]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    return Operation(
        operation_id=operation["operationId"],
        method=method.upper(),
        path=path,
        parameters=schemas,
        params_validator=_validator(
            {"type": "object", "properties": schemas, "required": required, "additionalProperties": False}
        ),
        body_validator=_validator(body) if body else None,
        responses={
            status: next(iter(answer["content"].values()))["schema"]
            for status, answer in operation["responses"].items()
            if "content" in answer
        },
    )


def _validator(schema: Schema) -> Draft202012Validator:
    return Draft202012Validator(schema, validate_formats=True)
