"""Price pushes from the game to GameDesk: signed, repeated until GameDesk has answered."""

from __future__ import annotations

import asyncio
import secrets
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import httpx
import orjson

from game_server.games import Game
from game_server.items import rfc3339
from game_server.signing import signed_headers

MAX_PRICES = 5000
LONGEST_PAUSE_S = 5.0

Spoil = Literal["signature", "timestamp", "body"]


@dataclass
class Push:
    """One push and what became of it; `event_id` is also its webhook-id, `body` the exact bytes."""

    event_id: str
    body: bytes
    prices: int
    attempts: list[dict[str, Any]] = field(default_factory=list)
    outcome: Literal["pending", "delivered", "refused", "failed"] = "pending"
    status: int | None = None
    answer: Any = None

    def as_json(self) -> dict[str, Any]:
        """The push as the management API shows it."""
        return {
            "event_id": self.event_id,
            "prices": self.prices,
            "outcome": self.outcome,
            "status": self.status,
            "answer": self.answer,
            "attempts": self.attempts,
        }


def new_push(prices: Sequence[dict[str, Any]], event_id: str | None = None) -> Push:
    """A push of up to 5,000 prices, not yet sent."""
    event_id = event_id or str(uuid.uuid4())
    return Push(event_id, orjson.dumps({"event_id": event_id, "prices": prices}), len(prices))


class Pusher:
    """Sends pushes to GameDesk at `desk_url`; a failed attempt is repeated after a growing pause."""

    def __init__(self, desk_url: str, *, attempts: int = 6, first_pause_s: float = 0.2) -> None:
        self._desk_url = desk_url.rstrip("/")
        self._attempts = attempts
        self._first_pause_s = first_pause_s
        self._client = httpx.AsyncClient(timeout=30, trust_env=False)

    async def aclose(self) -> None:
        """Close the connections to GameDesk."""
        await self._client.aclose()

    async def send(self, game: Game, push: Push, spoil: Spoil | None = None) -> None:
        """Send until GameDesk has answered or the attempts are used up; the push records what became of it.

        5xx, 429 and lost connections are repeated with the same ids and body, freshly signed; other refusals
        are final.
        """
        for attempt in range(self._attempts):
            retry_after = await self._attempt(game, push, spoil)
            if push.outcome != "failed":
                return
            if attempt < self._attempts - 1:
                pause = max(self._first_pause_s * 2**attempt, retry_after)
                await asyncio.sleep(min(pause, LONGEST_PAUSE_S))

    async def _attempt(self, game: Game, push: Push, spoil: Spoil | None) -> float:
        """One attempt; returns the seconds that GameDesk asks to wait."""
        attempt: dict[str, Any] = {"at": rfc3339(datetime.now(UTC)), "status": None, "error": None}
        push.attempts.append(attempt)
        body = push.body + b" " if spoil == "body" else push.body
        url = f"{self._desk_url}/price-pushes/{game.game_id}"
        headers = _headers(game, push, spoil)
        try:
            response = await self._client.post(url, content=body, headers=headers)
        except httpx.TransportError as problem:
            attempt["error"] = type(problem).__name__
            push.outcome, push.status, push.answer = "failed", None, None
            return 0
        attempt["status"] = push.status = response.status_code
        push.answer = _json(response)
        if response.is_success:
            push.outcome = "delivered"
        else:
            again = response.status_code >= 500 or response.status_code == 429
            push.outcome = "failed" if again else "refused"
        return _seconds(response.headers.get("retry-after", ""))


def _headers(game: Game, push: Push, spoil: Spoil | None) -> dict[str, str]:
    timestamp = int(time.time()) - (600 if spoil == "timestamp" else 0)
    keys = (secrets.token_bytes(32),) if spoil == "signature" else game.push_secrets
    return {
        "content-type": "application/json",
        "user-agent": f"game-server/{game.game_id}",
        **signed_headers(push.event_id, timestamp, push.body, keys),
    }


def _json(response: httpx.Response) -> Any:
    try:
        return orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return None


def _seconds(text: str) -> float:
    return float(text) if text.isdigit() else 0.0
