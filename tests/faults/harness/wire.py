"""How a client speaks to the gateways: total deadlines, new connections after trouble, one answer or none."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

# Seconds for one request, from its first byte to the answer's last: the gateway's own 10 s are over before.
DEADLINE = 12.0
LONGEST_PAUSE = 2.0


class NoAnswer(Exception):
    """The request may have had its effect, or not. The text says what was seen."""


@dataclass(frozen=True)
class Answer:
    """`content`: of a JSON body, an empty object for every other."""

    status: int
    headers: Mapping[str, str]
    content: dict[str, Any]

    @property
    def slug(self) -> str:
        """The problem's name, empty when it is none."""
        return str(self.content.get("type", "")).removeprefix("urn:gamedesk:problem:")

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_refusal(self) -> bool:
        """Whether it says for certain that nothing was done."""
        certain = 400 <= self.status < 500 and self.status not in (401, 408, 429)
        return certain and bool(self.slug) and self.slug not in ("request-in-flight", "reference-not-yet-known")

    @property
    def is_not_done(self) -> bool:
        """Whether it says of trouble that nothing was done."""
        return self.status >= 500 and self.content.get("outcome") == "not-done"

    @property
    def may_be_done(self) -> bool:
        return (self.status >= 500 and not self.is_not_done) or self.slug == "request-in-flight"

    @property
    def pause(self) -> float:
        """Seconds that it asks to wait before the next try."""
        text = self.headers.get("retry-after", "")
        return min(LONGEST_PAUSE, float(text)) if text.isdecimal() else 0.3


@dataclass
class Traffic:
    """What all clients together have sent; `unanswered` of it got no answer."""

    requests: int = 0
    unanswered: int = 0


class Wire:
    """Requests to the gateways in turn, over connections that are given up after any trouble."""

    def __init__(self, gateways: Sequence[str], traffic: Traffic) -> None:
        self._gateways = list(gateways)
        self._traffic = traffic
        self._turn = traffic.requests
        self._client: httpx.AsyncClient | None = None

    async def send(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        deadline: float = DEADLINE,
    ) -> Answer:
        """One attempt at one gateway, the other one at the next. Raises NoAnswer."""
        base = self._gateways[self._turn % len(self._gateways)]
        self._turn += 1
        self._traffic.requests += 1
        try:
            async with asyncio.timeout(deadline):
                if self._client is None:
                    self._client = httpx.AsyncClient(timeout=deadline, trust_env=False)
                sent = {"Origin": base, "Content-Type": "application/json", **(headers or {})}
                answer = await self._client.request(method, f"{base}/api{path}", content=body, headers=sent)
                self._client.cookies.clear()  # the session is its owner's business, at both gateways
        except (TimeoutError, httpx.HTTPError) as error:
            self._traffic.unanswered += 1
            await self.close()
            raise NoAnswer(type(error).__name__) from None
        return Answer(answer.status_code, answer.headers, _content(answer))

    async def close(self) -> None:
        """Give up the connections; a cancelled call may have spoilt them."""
        client, self._client = self._client, None
        if client is not None:
            try:
                async with asyncio.timeout(1):
                    await client.aclose()
            except (TimeoutError, httpx.HTTPError):
                pass


def _content(answer: httpx.Response) -> dict[str, Any]:
    try:
        content = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    except ValueError:
        content = {}
    return content if isinstance(content, dict) else {}


def encode(body: Any) -> bytes | None:
    """A body as it is sent: the same bytes each time, so that a repetition is one."""
    return None if body is None else json.dumps(body, ensure_ascii=False).encode()
