"""The public API as one OpenAPI document: the gateway's own operations and those of the services it passes on.

python -m gamedesk_gateway.public_api write     after a change to any openapi.yaml of the repository
python -m gamedesk_gateway.public_api check     fails if what `write` would write differs
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from gamedesk_chassis import contract

from gamedesk_gateway.routes import API, SERVICES, service_of
from gamedesk_gateway.session import cookie

Document = dict[str, Any]

OWN = "gateway"
PACKAGED = Path(__file__).with_name("public_openapi.json")
_REPOSITORY = Path(__file__).parents[3]
_PUBLISHED = _REPOSITORY / "contracts" / "openapi.json"
_REF = "#/components/"
_SIGN_IN = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": cookie.NAME},
}


def sources() -> dict[str, Path]:
    """The openapi.yaml of the gateway and of each service in this repository."""
    services = {n: _REPOSITORY / "services" / n / "src" / f"gamedesk_{n}" / "openapi.yaml" for n in SERVICES}
    return {OWN: Path(__file__).with_name("openapi.yaml"), **services}


def merged(files: dict[str, Path]) -> Document:
    """One document of all of them. Paths get the prefix /api; those that no route leads to are left out.

    Components that differ between services, or lead to one that does, are named after their service.
    """
    parts = {name: _public_part(name, contract.load(file).document) for name, file in files.items()}
    names = _component_names(parts)
    _name_operations_apart(parts)
    result: Document = {
        "openapi": "3.0.3",
        "info": {
            "title": "GameDesk",
            "version": parts[OWN]["info"]["version"],
            "description": "The desk of a game studio's customer-service agents. Guide: docs/api/README.md.",
        },
        "servers": [{"url": "/"}],
        "security": [{scheme: []} for scheme in _SIGN_IN],
        "paths": {},
        "components": defaultdict(dict),
    }
    for service, part in parts.items():
        own_names = names[service]
        part = _rewritten(part, lambda ref, own=own_names: own.get(ref, ref))
        result["paths"].update(part["paths"])
        for kind, members in part["components"].items():
            for name, member in members.items():
                result["components"][kind][own_names.get((kind, name), (kind, name))[1]] = member
    _fill_in_places(result, names)
    result["components"]["securitySchemes"] = _SIGN_IN
    _drop_unused(result)
    result["components"] = {kind: members for kind, members in sorted(result["components"].items()) if members}
    return result


Component = tuple[str, str]  # kind ("schemas") and name
Names = dict[str, dict[Component, Component]]  # service → a component's name there → its name here


def _public_part(service: str, document: Document) -> Document:
    paths = {
        API + path: item
        for path, item in document["paths"].items()
        if service == OWN or service_of(API + path) == service
    }
    components = {kind: m for kind, m in document["components"].items() if kind != "securitySchemes"}
    return {"info": document["info"], "paths": deepcopy(paths), "components": deepcopy(components)}


def _component_names(parts: dict[str, Document]) -> Names:
    holders: dict[Component, dict[str, Any]] = defaultdict(dict)
    for service, part in parts.items():
        for kind, members in part["components"].items():
            for name, member in members.items():
                holders[kind, name][service] = member
    apart = {key for key, by_service in holders.items() if not _all_equal(list(by_service.values()))}
    grew = True
    while grew:  # what leads to a component that differs, differs
        grew = False
        for key, by_service in holders.items():
            if key not in apart and len(by_service) > 1 and any(apart & set(_refs(m)) for m in by_service.values()):
                apart.add(key)
                grew = True
    return {
        service: {key: (key[0], service.capitalize() + key[1]) for key in apart if service in holders[key]}
        for service in parts
    }


def _name_operations_apart(parts: dict[str, Document]) -> None:
    users: dict[str, list[str]] = defaultdict(list)
    for service, part in parts.items():
        for operation in _operations(part):
            users[operation["operationId"]].append(service)
    for service, part in parts.items():
        for operation in _operations(part):
            if len(users[operation["operationId"]]) > 1:
                operation["operationId"] = f"{service}_{operation['operationId']}"


def _operations(part: Document) -> Iterator[dict[str, Any]]:
    for item in part["paths"].values():
        yield from (item[method] for method in contract.METHODS if method in item)


def _all_equal(values: list[Any]) -> bool:
    return all(value == values[0] for value in values[1:])


def _refs(node: Any) -> Iterator[Component]:
    if isinstance(node, dict):
        ref = node.get("$ref")
        if isinstance(ref, str) and ref.startswith(_REF):
            kind, _, name = ref.removeprefix(_REF).partition("/")
            yield kind, name
        for value in node.values():
            yield from _refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from _refs(value)


def _rewritten(node: Any, rename: Callable[[Component], Component]) -> Any:
    if isinstance(node, list):
        return [_rewritten(value, rename) for value in node]
    if not isinstance(node, dict):
        return node
    ref = node.get("$ref")
    if isinstance(ref, str) and ref.startswith(_REF):
        kind, _, name = ref.removeprefix(_REF).partition("/")
        return {"$ref": _REF + "/".join(rename((kind, name)))}
    return {key: _rewritten(value, rename) for key, value in node.items()}


def _fill_in_places(document: Document, names: Names) -> None:
    """`x-from: players/Player` becomes a reference to that schema."""
    schemas = document["components"]["schemas"]

    def fill(node: Any) -> Any:
        if isinstance(node, list):
            return [fill(value) for value in node]
        if not isinstance(node, dict):
            return node
        if "x-from" not in node:
            return {key: fill(value) for key, value in node.items()}
        service, _, name = node["x-from"].partition("/")
        here = names[service].get(("schemas", name), ("schemas", name))[1]
        if here not in schemas:
            raise SystemExit(f"the gateway refers to {node['x-from']}, which does not exist")
        ref = {"$ref": f"{_REF}schemas/{here}"}
        return {"nullable": True, "allOf": [ref]} if node.get("nullable") else ref

    document["paths"] = fill(document["paths"])
    document["components"]["schemas"] = fill(schemas)


def _drop_unused(document: Document) -> None:
    components = document["components"]
    used: set[Component] = set()
    found = set(_refs(document["paths"]))
    while found - used:
        used |= found
        found = {ref for kind, name in used for ref in _refs(components[kind][name])}
    for kind in list(components):
        if kind != "securitySchemes":
            components[kind] = {name: m for name, m in sorted(components[kind].items()) if (kind, name) in used}


def text(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def main(arguments: list[str]) -> int:
    if arguments not in (["write"], ["check"]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    wanted = text(merged(sources()))
    targets = (_PUBLISHED, PACKAGED)
    if arguments == ["write"]:
        for target in targets:
            target.write_text(wanted, encoding="utf-8")
        return 0
    stale = [t for t in targets if not t.exists() or t.read_text(encoding="utf-8") != wanted]
    for target in stale:
        sys.stderr.write(f"{target.name} in {target.parent.name}/ is not what the openapi.yaml files say\n")
    if stale:
        sys.stderr.write("Run: python -m gamedesk_gateway.public_api write\n")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
