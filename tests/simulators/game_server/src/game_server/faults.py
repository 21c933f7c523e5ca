"""The ways in which a game's API can fail its callers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from game_server.connections import abort
from game_server.problems import Problem

Handler = Callable[[], Awaitable[Response]]
Mode = Literal["none", "down", "slow", "lost", "wrong", "error"]
DRIP_EVERY_S = 0.1


@dataclass
class Fault:
    """A fault in force; the fields are those of `set_faults` in management.openapi.yaml."""

    mode: Mode = "none"
    rate: float = 1
    operations: tuple[str, ...] = ()
    delay_ms: int = 3000
    drip: bool = False
    wrong: Literal["syntax", "schema", "meaning", "html"] = "syntax"
    error_status: int | None = None
    retry_after_s: int = 1
    _due: float = 0

    def hits(self, operation: str) -> bool:
        """Whether this request is one of the share that is hit; evenly spread, never by chance."""
        if self.mode == "none" or (self.operations and operation not in self.operations):
            return False
        self._due += self.rate
        if self._due < 1 - 1e-9:
            return False
        self._due -= 1
        return True

    def as_json(self) -> dict[str, Any]:
        """The fault as the management API shows it."""
        return {
            "mode": self.mode,
            "rate": self.rate,
            "operations": list(self.operations),
            "delay_ms": self.delay_ms,
            "drip": self.drip,
            "wrong": self.wrong,
            "error_status": self.error_status,
            "retry_after_s": self.retry_after_s,
        }

    async def answer(self, serve: Handler) -> Response:
        """The answer of a request that is hit; `serve` does what was asked, and may not be called at all."""
        if self.mode == "down" and self.error_status is None:
            return Hangup()
        if self.mode in ("down", "error"):
            return self._refusal()
        response = await serve()
        if self.mode == "lost":
            return Hangup()
        if self.mode == "wrong":
            return _garbled(response, self.wrong)
        if self.drip:
            return _dripping(response, self.delay_ms / 1000)
        await asyncio.sleep(self.delay_ms / 1000)
        return response

    def _refusal(self) -> Response:
        return Problem(
            self.error_status or 500,
            "simulated-fault",
            "The simulator was told to answer so.",
            headers={"retry-after": str(self.retry_after_s)},
        ).response()


class Hangup(Response):
    """Closes the connection without an answer."""

    def __init__(self) -> None:
        super().__init__(status_code=503)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not abort(scope.get("client")):
            await super().__call__(scope, receive, send)
            return
        while (await receive())["type"] != "http.disconnect":
            pass


def _dripping(response: Response, seconds: float) -> Response:
    body = bytes(response.body)
    pieces = min(len(body), max(2, round(seconds / DRIP_EVERY_S)))

    async def drip() -> AsyncIterator[bytes]:
        for place in range(pieces):
            await asyncio.sleep(seconds / pieces)
            yield body[place * len(body) // pieces : (place + 1) * len(body) // pieces]

    return StreamingResponse(drip(), response.status_code, dict(response.headers))


def _garbled(response: Response, how: str) -> Response:
    """An answer that the caller must not believe; refusals are left as they are."""
    if response.status_code >= 300:
        return response
    if how == "html":
        page = "<!doctype html><title>502 Bad Gateway</title><h1>维护中</h1>"
        return Response(page, response.status_code, media_type="text/html")
    body = bytes(response.body)
    if how == "syntax":
        body = body[: len(body) * 2 // 3]
    else:
        body = orjson.dumps((_misshapen if how == "schema" else _senseless)(orjson.loads(body)))
    return Response(body, response.status_code, media_type="application/json")


def _misshapen(answer: dict[str, Any]) -> Any:
    """Fields missing, null or of the wrong type."""
    for name in ("profiles", "items", "contents"):
        if rows := answer.get(name):
            row = dict(rows[0])
            first, *others = row
            answer[name] = [{**{name: ["?"] for name in others}, first: None}, "?"]
            return answer
    return [answer]


def _senseless(answer: dict[str, Any]) -> dict[str, Any]:
    """Fits the schema and cannot be true."""
    if "profiles" in answer:  # one account, two servers
        elsewhere = {"id": "s999", "name": "999区"}
        twins = [{**row, "server": elsewhere, "nickname": "冒名"} for row in answer["profiles"]]
        return {"profiles": answer["profiles"] + twins}
    if "items" in answer:  # one item, one version, two prices; and a page that never ends
        twins = [{**row, "price_fen": row["price_fen"] + 1} for row in answer["items"][:1]]
        return {"items": answer["items"] + twins, "next_cursor": "MA"}
    return {**answer, "order_id": "another-order"}
