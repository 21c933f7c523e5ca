"""A picture of a ticket, from an agent to his colleague and out of the world (R9)."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from tests.desk import Desk, Person

pytestmark = pytest.mark.product


def send(agent: Person, ticket_id: str, content: bytes) -> httpx.Response:
    return agent.http.post(
        f"/tickets/{ticket_id}/attachments",
        params={"purpose": "problem", "name": "充值截图.png"},
        content=content,
        headers={"Content-Type": "image/png", "Idempotency-Key": uuid4().hex},
    )


def large_png() -> bytes:
    """Noise: of almost ten MiB."""
    buffer = io.BytesIO()
    Image.frombytes("RGB", (1800, 1900), os.urandom(1800 * 1900 * 3)).save(buffer, "PNG")
    return buffer.getvalue()


def test_a_picture_passes_the_gateway_both_ways__R9(hire: Callable[..., Person]) -> None:
    agent, colleague = hire(), hire()
    player = agent.create_player()
    ticket_id = agent.post("/tickets", {"player_id": player["player_id"], "detail": "充值未到账"}).json()["ticket_id"]

    sent = send(agent, ticket_id, large_png())

    assert sent.status_code == 201, sent.text
    path = f"/attachments/{sent.json()['attachment_id']}"
    seen = colleague.get(path)
    assert (seen.status_code, seen.headers["content-type"], len(seen.content)) == (
        200,
        "image/png",
        sent.json()["bytes"],
    )
    assert seen.headers["content-security-policy"].endswith("sandbox")
    assert colleague.http.get(path, headers={"If-None-Match": seen.headers["etag"]}).status_code == 304
    assert colleague.get(f"{path}/thumbnail").headers["content-type"] == "image/webp"
    assert httpx.get(f"{agent.base_url}/api{path}", trust_env=False).status_code == 401


def test_the_pictures_of_an_erased_player_are_gone(hire: Callable[..., Person], admin: Person, desk: Desk) -> None:
    agent = hire()
    player_id = agent.create_player()["player_id"]
    ticket_id = agent.post("/tickets", {"player_id": player_id, "detail": "充值未到账"}).json()["ticket_id"]
    small = io.BytesIO()
    Image.new("RGB", (40, 30)).save(small, "PNG")
    path = f"/attachments/{send(agent, ticket_id, small.getvalue()).json()['attachment_id']}"
    assert agent.get(path).status_code == 200

    erased = admin.post(f"/players/{player_id}/erasure", {"reason": "本人要求"})

    assert erased.status_code == 200, erased.text
    desk.eventually(lambda: agent.get(path).status_code == 404)
    ticket = agent.get(f"/tickets/{ticket_id}").json()
    assert (ticket["state"], ticket["detail"], ticket["attachments"]) == ("done", "", [])
    again = agent.post("/tickets", {"player_id": player_id, "detail": "?"})
    assert again.json()["type"] == "urn:gamedesk:problem:player-erased"
