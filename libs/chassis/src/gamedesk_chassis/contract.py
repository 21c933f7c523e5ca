"""A service's HTTP contract: its openapi.yaml with what all services share merged in, and linted."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

DEFAULT_BODY_LIMIT = 64 * 1024
METHODS = ("get", "post", "put", "patch", "delete")
ROLES = {"agent", "lead", "admin"}
_SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ContractError(Exception):
    """The openapi.yaml breaks a rule of the house; the message names operation and rule."""


@dataclass(frozen=True)
class Operation:
    """What the chassis enforces of one operation."""

    operation_id: str
    method: str
    path: str
    pattern: re.Pattern[str]
    roles: frozenset[str] | None  # None: public
    body_limit: int


@dataclass(frozen=True)
class Contract:
    document: dict[str, Any]
    operations: tuple[Operation, ...]

    def find(self, method: str, path: str) -> Operation | None:
        return next((o for o in self.operations if o.method == method and o.pattern.fullmatch(path)), None)


def load(path: Path) -> Contract:
    """Read, merge and lint an openapi.yaml. Every operation states `x-roles`, or `security: []` for public.

    A large contract has its operations in files beside it, `openapi/<topic>.yaml`, each with `paths` and `components`.
    """
    document = _parsed(path.read_text(encoding="utf-8"))
    for part in sorted(path.with_suffix("").glob("*.yaml")):
        _add(document, _parsed(part.read_text(encoding="utf-8")), part.name)
    common = _parsed(resources.files("gamedesk_chassis").joinpath("openapi_common.yaml").read_text("utf-8"))
    for kind, members in common["components"].items():
        document.setdefault("components", {}).setdefault(kind, {}).update(deepcopy(members))
    document["security"] = common["security"]
    return of_document(document)


def _parsed(text: str) -> dict[str, Any]:
    # As safe_load, by libyaml, which PyYAML's wheels bring along: a tenth of the time.
    return yaml.load(text, Loader=_SAFE_LOADER)  # noqa: S506


def _add(document: dict[str, Any], part: dict[str, Any], name: str) -> None:
    """Add a topic's paths and components; what is there already is no part's to change."""
    _add_members(document["paths"], part["paths"], name)
    for kind, members in part.get("components", {}).items():
        _add_members(document.setdefault("components", {}).setdefault(kind, {}), members, name)


def _add_members(whole: dict[str, Any], part: dict[str, Any], name: str) -> None:
    twice = whole.keys() & part.keys()
    if twice:
        raise ContractError(f"{name}: {', '.join(sorted(twice))} stands elsewhere too")
    whole.update(part)


def of_document(document: dict[str, Any]) -> Contract:
    """The contract of a complete document; lints it, and adds the problem answers that an operation leaves out."""
    operations = [
        _operation(route, method, operation)
        for route, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]
    return Contract(document, tuple(operations))


def _operation(route: str, method: str, operation: dict[str, Any]) -> Operation:
    name = operation.get("operationId")
    if not name:
        raise ContractError(f"{method} {route}: no operationId")
    public = operation.get("security") == []
    roles = operation.get("x-roles")
    if public == bool(roles):
        raise ContractError(f"{name}: needs either x-roles or `security: []`")
    if roles and not set(roles) <= ROLES:
        raise ContractError(f"{name}: unknown role in x-roles")
    problem = {"description": "A problem document", "content": {"application/problem+json": {
        "schema": {"$ref": "#/components/schemas/Problem"}}}}  # fmt: skip
    operation["responses"].setdefault("4XX", problem)
    operation["responses"].setdefault("5XX", deepcopy(problem))
    return Operation(
        operation_id=name,
        method=method.upper(),
        path=route,
        pattern=re.compile(re.sub(r"\{\w+\}", "[^/]+", route)),
        roles=None if public else frozenset(roles or ()),
        body_limit=int(operation.get("x-body-limit", DEFAULT_BODY_LIMIT)),
    )
