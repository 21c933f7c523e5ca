"""Parts of a composed view: each comes from one service, fails alone, and says how old it is."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson
from gamedesk_chassis.clock import now
from gamedesk_chassis.http_client import CallFailed, Reply, seconds
from gamedesk_chassis.problems import TYPE_PREFIX

from gamedesk_gateway import deadlines
from gamedesk_gateway.answers import not_answering
from gamedesk_gateway.upstream import Refused, Upstream

_REFERENCE = ("type", "title", "status")
_SHORTEST_CALL = 0.02
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_IN_TARGET = re.compile(_UUID)
_IN_BODY = re.compile(rb'"player_id" ?: ?"(' + _UUID.encode() + rb')"')


@dataclass(frozen=True)
class Caller:
    """Who asks, and the headers that tell the services so. `role` and `team` are what his token says."""

    id: str
    headers: Mapping[str, str]
    role: str = "agent"
    team: str | None = None


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

    def source(self) -> dict[str, Any]:
        """The same without the data, for a view that joins those of several parts."""
        return {"status": self.status, "as_of": self.as_of, "problem": self.problem}

    @property
    def items(self) -> list[dict[str, Any]]:
        """Those of a page; none if there is nothing to show."""
        return self.data["items"] if self.data else []


@dataclass(frozen=True)
class _Answer:
    """`names`: the caller, the ids in the request, and the players in the answer."""

    since: float
    as_of: datetime
    body: bytes
    names: frozenset[str]


class Remembered:
    """The last good answers, for a while and within bounds. The key names the caller: no one sees another's.

    What is forgotten does not come back: `put` wants the `generation` in which the answer was asked for, and does not
    keep one that names whom was forgotten since; nor anything of whom was erased, until nobody can hold it any more.
    The last `forgotten` names are known; of an answer that is older than these nobody can tell, and it is not kept.
    """

    def __init__(
        self, *, entries: int = 2000, size: int = 64 * 1024 * 1024, seconds: float = 600, forgotten: int = 20_000
    ) -> None:
        self._entries, self._bytes, self._seconds, self._most_forgotten = entries, size, seconds, forgotten
        self._answers: OrderedDict[tuple[str, ...], _Answer] = OrderedDict()
        self._erased: OrderedDict[str, float] = OrderedDict()
        self._forgotten: OrderedDict[str, int] = OrderedDict()  # name → generation, oldest first
        self._oldest_kept = 0  # the generation
        self._held = 0
        self.generation = 0

    def put(self, key: tuple[str, ...], body: bytes, generation: int) -> None:
        if generation < self._oldest_kept:
            return
        names = frozenset([key[0], *_IN_TARGET.findall(key[-1]), *(found.decode() for found in _IN_BODY.findall(body))])
        if any(self._forgotten.get(name, 0) > generation for name in names):
            return
        self._drop(key)
        if not names.isdisjoint(self._erased):
            return
        self._answers[key] = _Answer(time.monotonic(), now(), body, names)
        self._held += len(body)
        while len(self._answers) > self._entries or self._held > self._bytes:
            self._drop(next(iter(self._answers)))

    def get(self, key: tuple[str, ...]) -> tuple[datetime, bytes] | None:
        found = self._answers.get(key)
        if found is None:
            return None
        if time.monotonic() - found.since > self._seconds:
            self._drop(key)
            return None
        return found.as_of, found.body

    def forget_caller(self, caller_id: str) -> None:
        """He is not let in any more: nothing may be shown to him from memory."""
        self._forget({caller_id})

    def forget_players(self, player_ids: Collection[str]) -> None:
        """Something about these players has changed: no answer that names one must be shown as it was."""
        self._forget(player_ids)

    def forget_erased(self, player_ids: Collection[str]) -> None:
        """Forget all; and for a while keep nothing of these, whose texts the other services may not have blanked."""
        self.forget_all()
        moment = time.monotonic()
        while self._erased and moment - next(iter(self._erased.values())) > self._seconds:
            self._erased.popitem(last=False)
        for player_id in player_ids:
            self._erased[player_id] = moment
            self._erased.move_to_end(player_id)

    def forget_all(self) -> None:
        """Changes may have been missed."""
        self.generation += 1
        self._oldest_kept = self.generation
        self._forgotten.clear()
        self._answers.clear()
        self._held = 0

    def _forget(self, names: Collection[str]) -> None:
        """Drop what names one of these, and note it for the answers that are on their way."""
        self.generation += 1
        for name in names:
            self._forgotten[name] = self.generation
            self._forgotten.move_to_end(name)
        while len(self._forgotten) > self._most_forgotten:
            _, self._oldest_kept = self._forgotten.popitem(last=False)
        for key in [key for key, answer in self._answers.items() if not answer.names.isdisjoint(names)]:
            self._drop(key)

    def _drop(self, key: tuple[str, ...]) -> None:
        gone = self._answers.pop(key, None)
        self._held -= len(gone.body) if gone else 0


class Reader:
    """Reads parts for one view: all of them before the same deadline (`ends`, on the monotonic clock)."""

    def __init__(self, upstreams: Mapping[str, Upstream], memory: Remembered, caller: Caller, deadline: float) -> None:
        self._upstreams, self._memory, self._caller = upstreams, memory, caller
        self._ends = time.monotonic() + deadlines.seconds_left(deadline)
        self._not_authenticated: Reply | None = None

    def heed_refusals(self, *parts: Part) -> None:
        """Raise Refused if any service does not let the caller in, or one of these parts, without which there is no
        view, is refused."""
        if self._not_authenticated is not None:
            self._memory.forget_caller(self._caller.id)
            raise Refused(self._not_authenticated)
        for part in parts:
            if part.refusal is not None:
                raise Refused(part.refusal)

    def seconds_left(self, leave: float) -> float:
        """Until the deadline, less `leave`."""
        return self._ends - leave - time.monotonic()

    async def read(self, service: str, target: str, *, leave: float = 0.0) -> Part:
        """GET `target` from `service`, leaving `leave` seconds of the deadline for what comes after. Never raises."""
        key = (self._caller.id, service, target)
        generation = self._memory.generation
        left = max(self.seconds_left(leave), _SHORTEST_CALL)
        try:
            reply = await self._upstreams[service].call(
                "GET", target.encode(), headers=self._caller.headers, deadline=left
            )
            if reply.status == 200:
                data = reply.json()
                self._memory.put(key, reply.body, generation)
                return Part("ok", now(), data)
        except CallFailed as failed:
            return self._last(key, silent(service, failed.retry_after))
        if reply.status == 401:
            self._not_authenticated = reply
        if 400 <= reply.status < 500 and reply.status != 429:
            return Part("unavailable", problem=_reference(reply, service), refusal=reply)
        return self._last(key, silent(service, seconds(reply.headers.get("retry-after"))))

    def _last(self, key: tuple[str, ...], problem: dict[str, Any]) -> Part:
        known = self._memory.get(key)
        if known is None:
            return Part("unavailable", problem=problem)
        return Part("stale", known[0], orjson.loads(known[1]), problem)


def silent(service: str, retry_after: float | None = None) -> dict[str, Any]:
    """The problem reference of a service that does not answer, or says itself that it cannot for so many seconds."""
    error = not_answering(service, CallFailed("status", 503, retry_after))
    return {"type": TYPE_PREFIX + error.slug, "title": error.title, "status": 503, **error.extra}


def _reference(reply: Reply, service: str) -> dict[str, Any]:
    try:
        problem = reply.json()
        return {name: problem[name] for name in _REFERENCE}
    except (CallFailed, KeyError, TypeError):
        return silent(service)
