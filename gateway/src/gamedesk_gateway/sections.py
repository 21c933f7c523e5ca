"""Parts of a composed view: each comes from one service, fails alone, and says how old it is."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson
from gamedesk_chassis.clock import now
from gamedesk_chassis.http_client import CallFailed, Reply
from gamedesk_chassis.problems import TYPE_PREFIX

from gamedesk_gateway.answers import not_answering
from gamedesk_gateway.upstream import Upstream

_REFERENCE = ("type", "title", "status")
_SHORTEST_CALL = 0.02
_PLAYER_LISTS = ("/players?", "/player-cards?")


@dataclass(frozen=True)
class Caller:
    """Who asks, and the headers that tell the services so."""

    id: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Part:
    """What one service said, or the last it said, or why it says nothing.

    `refusal` is its answer when that was a refusal of the request (400 to 499): the view's to judge.
    """

    status: Literal["ok", "stale", "unavailable"]
    as_of: datetime | None = None
    data: Any = None
    problem: dict[str, Any] | None = None
    refusal: Reply | None = None

    def view(self, as_of: datetime | None = None) -> dict[str, Any]:
        """The section as the API shows it; `as_of` replaces the time of the answer."""
        return {"status": self.status, "as_of": as_of or self.as_of, "data": self.data, "problem": self.problem}


class Remembered:
    """The last good answers, for a while and within bounds. The key names the caller: no one sees another's."""

    def __init__(self, *, entries: int = 2000, size: int = 64 * 1024 * 1024, seconds: float = 600) -> None:
        self._entries, self._bytes, self._seconds = entries, size, seconds
        self._answers: OrderedDict[tuple[str, ...], tuple[float, datetime, bytes]] = OrderedDict()
        self._held = 0

    def put(self, key: tuple[str, ...], body: bytes) -> None:
        self._drop(key)
        self._answers[key] = (time.monotonic(), now(), body)
        self._held += len(body)
        while len(self._answers) > self._entries or self._held > self._bytes:
            self._drop(next(iter(self._answers)))

    def get(self, key: tuple[str, ...]) -> tuple[datetime, bytes] | None:
        found = self._answers.get(key)
        if found is None:
            return None
        if time.monotonic() - found[0] > self._seconds:
            self._drop(key)
            return None
        return found[1], found[2]

    def forget_caller(self, caller_id: str) -> None:
        """He is not let in any more: nothing may be shown to him from memory."""
        self._forget(lambda key: key[0] == caller_id)

    def forget_players(self, player_ids: Collection[str]) -> None:
        """Whoever asked for these players, or for a list that may hold them, must not be shown what they were."""
        self._forget(lambda key: key[2].startswith(_PLAYER_LISTS) or any(i in key[2] for i in player_ids))

    def _forget(self, goes: Callable[[tuple[str, ...]], bool]) -> None:
        for key in [key for key in self._answers if goes(key)]:
            self._drop(key)

    def _drop(self, key: tuple[str, ...]) -> None:
        gone = self._answers.pop(key, None)
        self._held -= len(gone[2]) if gone else 0


class Reader:
    """Reads parts for one view: all of them before the same deadline (`ends`, on the monotonic clock).

    `not_authenticated`: the answer of a service that does not know the caller; the view's to give.
    """

    def __init__(self, upstreams: Mapping[str, Upstream], memory: Remembered, caller: Caller, deadline: float) -> None:
        self._upstreams, self._memory, self._caller = upstreams, memory, caller
        self._ends = time.monotonic() + deadline
        self.not_authenticated: Reply | None = None

    async def read(self, service: str, target: str, *, leave: float = 0.0) -> Part:
        """GET `target` from `service`, leaving `leave` seconds of the deadline for what comes after. Never raises."""
        key = (self._caller.id, service, target)
        left = max(self._ends - leave - time.monotonic(), _SHORTEST_CALL)
        try:
            reply = await self._upstreams[service].call(
                "GET", target.encode(), headers=self._caller.headers, deadline=left
            )
            if reply.status == 200:
                data = reply.json()
                self._memory.put(key, reply.body)
                return Part("ok", now(), data)
        except CallFailed:
            return self._last(key, service)
        if reply.status == 401:
            self.not_authenticated = reply
        if 400 <= reply.status < 500 and reply.status != 429:
            return Part("unavailable", problem=_reference(reply, service), refusal=reply)
        return self._last(key, service)

    def _last(self, key: tuple[str, ...], service: str) -> Part:
        problem = silent(service)
        known = self._memory.get(key)
        if known is None:
            return Part("unavailable", problem=problem)
        return Part("stale", known[0], orjson.loads(known[1]), problem)


def silent(service: str) -> dict[str, Any]:
    """The problem reference of a service that does not answer."""
    error = not_answering(service)
    return {"type": TYPE_PREFIX + error.slug, "title": error.title, "status": 503, "service": service}


def _reference(reply: Reply, service: str) -> dict[str, Any]:
    try:
        problem = reply.json()
        return {name: problem[name] for name in _REFERENCE}
    except (CallFailed, KeyError, TypeError):
        return silent(service)
