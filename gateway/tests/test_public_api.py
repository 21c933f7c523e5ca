"""The public API as one document, and how the gateway's own operations take bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from gamedesk_chassis.contract import METHODS
from gamedesk_gateway import public_api
from gamedesk_gateway.routes import ROUTES, service_of

from .conftest import Gateway
from .test_proxy import slug


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return json.loads(public_api.text(public_api.merged(public_api.sources())))


def test_the_published_document_is_what_the_services_say() -> None:
    command = [sys.executable, "-m", "gamedesk_gateway.public_api", "check"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_anyone_may_read_it(gateway: Gateway, document: dict[str, Any]) -> None:
    assert gateway.http.get("/api/openapi.json").json() == document


def test_every_public_path_is_there_with_its_roles_and_nothing_internal(document: dict[str, Any]) -> None:
    paths = document["paths"]
    assert not [path for path in paths if path.startswith("/api/sessions")]
    assert {path.split("/")[2] for path in paths if service_of(path)} == set(ROUTES)
    for item in paths.values():
        for method in METHODS:
            if method in item:
                assert item[method].get("x-roles") or item[method]["security"] == []


def test_every_reference_leads_somewhere_and_every_component_is_used(document: dict[str, Any]) -> None:
    used = set(public_api._refs(document))
    there = {(kind, name) for kind, members in document["components"].items() for name in members}
    assert used == {component for component in there if component[0] != "securitySchemes"}
    assert "x-from" not in json.dumps(document)
    schema = document["components"]["schemas"]["HomePlayer"]["properties"]["player"]
    assert "#/components/schemas/Player" in json.dumps(schema)


def test_operations_have_names_of_their_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for operation in public_api._operations(document)]
    assert len(names) == len(set(names))


def contract_file(folder: Path, name: str, title_length: int) -> Path:
    title = {"type": "string", "maxLength": title_length}
    wrapper = {"type": "object", "properties": {"title": {"$ref": "#/components/schemas/Title"}}}
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/Wrapper"}}}
    operation = {
        "operationId": "list_things",
        "summary": "x",
        "x-roles": ["agent"],
        "responses": {"200": {"description": "x", "content": body}},
    }
    paths = {"tickets": "/tickets", "players": "/players"}
    file = folder / f"{name}.yaml"
    document = {
        "openapi": "3.0.3",
        "info": {"title": name, "version": "1"},
        "paths": {paths[name]: {"get": operation}, "/internal": {"get": operation}},
        "components": {"schemas": {"Title": title, "Wrapper": wrapper}},
    }
    file.write_text(yaml.safe_dump(document))
    return file


def test_what_differs_between_services_gets_their_name_and_what_leads_to_it_too(tmp_path: Path) -> None:
    own = tmp_path / "gateway.yaml"
    own.write_text("openapi: 3.0.3\ninfo: {title: gateway, version: '2'}\npaths: {}\ncomponents: {}\n")
    files = {"gateway": own, **{n: contract_file(tmp_path, n, i) for i, n in enumerate(("players", "tickets"), 1)}}

    merged = public_api.merged(files)

    schemas = merged["components"]["schemas"]
    assert {"PlayersTitle", "PlayersWrapper", "TicketsTitle", "TicketsWrapper"} <= set(schemas)
    assert schemas["TicketsWrapper"]["properties"]["title"] == {"$ref": "#/components/schemas/TicketsTitle"}
    assert schemas["TicketsTitle"]["maxLength"] == 2
    assert set(merged["paths"]) == {"/api/players", "/api/tickets"}
    assert merged["paths"]["/api/players"]["get"]["operationId"] == "players_list_things"


SIGN_IN = {"agent_id": "KF001", "password": "x"}


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"{", "application/json", (400, "malformed-json")),
        (b"\xff", "application/json", (400, "malformed-json")),
        (b'{"agent_id": "KF001", "agent_id": "KF002", "password": "x"}', "application/json", (400, "malformed-json")),
        (b"[]", "application/json", (400, "validation")),
        (b"{}", "application/json", (400, "validation")),
        (json.dumps({**SIGN_IN, "more": 1}).encode(), "application/json", (400, "validation")),
        (json.dumps({**SIGN_IN, "password": "x" * 300}).encode(), "application/json", (400, "validation")),
        (json.dumps({**SIGN_IN, "transport": "pigeon"}).encode(), "application/json", (400, "validation")),
        (json.dumps(SIGN_IN).encode(), "text/plain", (415, "unsupported-media-type")),
        (b"x" * 70_000, "application/json", (413, "body-too-large")),
    ],
)
def test_a_bad_sign_in_is_refused_before_players_is_asked(
    gateway: Gateway, body: bytes, content_type: str, expected: tuple[int, str]
) -> None:
    response = gateway.http.post("/api/session", content=body, headers={"Content-Type": content_type})

    assert (response.status_code, slug(response)) == expected
    assert gateway.stubs["players"].received == []


@pytest.mark.parametrize(
    "target",
    [
        "/api/home?limit=0",
        "/api/home?limit=x",
        "/api/home?owner=him",
        "/api/home?more=1",
        "/api/home?q=" + "x" * 65,
        "/api/home?cursor=%00",
        "/api/home/players/not-an-id",
        "/api/ticket-search",
        "/api/ticket-search?q=%00",
        "/api/live?player=42",
        "/api/live?" + "&".join(["player=019aa000-0000-7000-8000-000000000001"] * 21),
    ],
)
def test_bad_parameters_are_refused_before_any_service_is_asked(
    gateway: Gateway, agent: httpx.Client, target: str
) -> None:
    response = agent.get(target)

    assert (response.status_code, slug(response)) == (400, "validation")
    assert all(stub.received == [] for stub in gateway.stubs.values())


def test_sign_in_without_players_says_so(gateway: Gateway) -> None:
    gateway.servers["players"].stop()

    response = gateway.http.post("/api/session", json=SIGN_IN)

    assert (response.status_code, response.json()["service"]) == (503, "players")
