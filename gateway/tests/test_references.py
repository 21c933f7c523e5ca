"""A request may name what a service has not heard of yet: the owner decides, and the caller waits or is told."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from gamedesk_gateway.references import _OWNERS

from .conftest import HURRIED, PLAYER_ID, Gateway, in_a_hurry
from .servers import Received
from .test_proxy import slug

KEY = {"Idempotency-Key": "key-12345678"}
BODY = {"player_id": PLAYER_ID, "detail": "充值未到账"}


def not_yet_known(kind: str, identifier: str, pointer: str = "/player_id") -> tuple[int, dict[str, Any]]:
    problem = {
        "type": "urn:gamedesk:problem:reference-not-yet-known",
        "title": "not yet",
        "status": 409,
        "errors": [{"pointer": pointer, "rule": "reference-not-yet-known", "message": "not yet"}],
        "reference": {"kind": kind, "id": identifier},
    }
    return 409, problem


def test_every_kind_that_a_service_may_name_has_an_owner_to_ask() -> None:
    services = Path(__file__).parents[2] / "services"
    text = "\n".join(file.read_text("utf-8") for file in services.glob("*/src/**/*.py"))

    kinds = set(re.findall(r"""reference\s*=\s*\{\s*"kind":\s*"(\w+)\"""", text))

    assert len(re.findall(r"raise ReferenceNotYetKnown", text)) <= len(
        re.findall(r"""reference\s*=\s*\{\s*"kind":\s*\"""", text)
    ), "each is found"
    assert kinds == set(_OWNERS)


def test_an_agent_who_does_not_exist_is_refused_at_once(gateway: Gateway, agent: httpx.Client) -> None:
    gateway.stubs["tickets"].answers["/tickets"] = not_yet_known("agent", "KF999", "/assignee_agent_id")

    response = agent.post("/api/tickets", json=BODY, headers=KEY)

    assert (response.status_code, slug(response)) == (422, "unknown-reference")
    assert gateway.stubs["players"].asked("/agents/KF999")


def test_unknown_to_its_owner_too_is_refused_at_once(gateway: Gateway, agent: httpx.Client) -> None:
    gateway.stubs["tickets"].answers["/tickets"] = not_yet_known("player", PLAYER_ID)

    response = agent.post("/api/tickets", json=BODY, headers=KEY)

    assert (response.status_code, slug(response)) == (422, "unknown-reference")
    assert response.json()["errors"][0]["pointer"] == "/player_id"
    assert response.json()["reference"] == {"kind": "player", "id": PLAYER_ID}
    assert len(gateway.stubs["tickets"].received) == 1
    [asked] = gateway.stubs["players"].received
    assert asked.headers["authorization"] == agent.headers["authorization"], "asked as the caller"


def test_known_to_its_owner_the_same_request_is_repeated_until_the_event_arrives(
    gateway: Gateway, agent: httpx.Client
) -> None:
    stub = gateway.stubs["tickets"]

    def after_three(_request: Received) -> Any:
        return not_yet_known("player", PLAYER_ID) if len(stub.received) < 4 else (201, {"ticket_id": "t"})

    stub.answers["/tickets"] = after_three
    gateway.stubs["players"].answers[f"/players/{PLAYER_ID}"] = (200, {})

    response = agent.post("/api/tickets", json=BODY, headers=KEY)

    assert (response.status_code, response.json()) == (201, {"ticket_id": "t"})
    assert len({request.body for request in stub.received}) == 1
    assert [request.headers["idempotency-key"] for request in stub.received] == ["key-12345678"] * 4
    assert len(gateway.stubs["players"].received) == 1, "the owner is asked once"


@in_a_hurry
def test_an_event_that_does_not_arrive_in_time_is_a_503(gateway: Gateway, agent: httpx.Client) -> None:
    gateway.stubs["sales"].answers["/touches"] = not_yet_known("pack", "K7M2X", "/pack_code")
    gateway.stubs["catalog"].answers["/packs/K7M2X"] = (200, {})

    started = time.monotonic()
    response = agent.post("/api/touches", json={}, headers=KEY)

    assert HURRIED["reference_patience"] / 2 < time.monotonic() - started < 10 * HURRIED["reference_patience"]
    assert (response.status_code, slug(response)) == (503, "reference-not-yet-known")
    assert (response.json()["service"], response.json()["outcome"]) == ("sales", "not-done")
    assert int(response.headers["retry-after"]) > 0


def test_an_owner_who_does_not_answer_is_a_503(gateway: Gateway, agent: httpx.Client) -> None:
    gateway.stubs["tickets"].answers["/tickets"] = not_yet_known("player", PLAYER_ID)
    gateway.servers["players"].stop()

    response = agent.post("/api/tickets", json=BODY, headers=KEY)

    assert (response.status_code, response.json()["service"]) == (503, "players")
    assert response.json()["outcome"] == "not-done", "the service stored nothing"


@pytest.mark.parametrize(
    "answer",
    [
        (409, {"type": "urn:gamedesk:problem:player-exists", "title": "x", "status": 409}),
        (409, {"type": "urn:gamedesk:problem:reference-not-yet-known", "reference": {"kind": "moon", "id": "1"}}),
        (409, {"type": "urn:gamedesk:problem:reference-not-yet-known"}),
        (409, ["what?"]),
        (409, b"not JSON"),
    ],
)
def test_other_conflicts_are_the_callers(gateway: Gateway, agent: httpx.Client, answer: Any) -> None:
    gateway.stubs["tickets"].answers["/tickets"] = answer

    assert agent.post("/api/tickets", json=BODY, headers=KEY).status_code == 409
    assert gateway.stubs["players"].received == []


def test_two_references_are_resolved_one_after_the_other(gateway: Gateway, agent: httpx.Client) -> None:
    stub = gateway.stubs["sales"]
    answers = [not_yet_known("player", PLAYER_ID), not_yet_known("pack", "K7M2X", "/pack_code"), (201, {"ok": True})]
    stub.answers["/touches"] = lambda _request: answers[len(stub.received) - 1]
    gateway.stubs["players"].answers[f"/players/{PLAYER_ID}"] = (200, {})

    refused = agent.post("/api/touches", json={}, headers=KEY)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/pack_code")

    stub.received.clear()
    gateway.stubs["catalog"].answers["/packs/K7M2X"] = (200, {})
    assert agent.post("/api/touches", json={}, headers=KEY).status_code == 201
