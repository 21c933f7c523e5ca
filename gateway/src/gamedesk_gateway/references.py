"""A request may name something that the service has not heard of yet, because the event is still on its way.

The service answers 409 `reference-not-yet-known` and stores nothing. The owner of what was named decides: unknown
there too → 422 at once; known → the same request is repeated until the service knows, or patience ends.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson
from gamedesk_chassis.errors import RuleViolation, Unavailable
from gamedesk_chassis.http_client import CallFailed, Reply
from gamedesk_chassis.problems import TYPE_PREFIX

from gamedesk_gateway.answers import not_answering
from gamedesk_gateway.upstream import Upstream

_SLUG = TYPE_PREFIX + "reference-not-yet-known"
_OWNERS = {
    "agent": ("players", "/agents/"),
    "campaign": ("catalog", "/campaigns/"),
    "pack": ("catalog", "/packs/"),
    "player": ("players", "/players/"),
    "profile": ("players", "/profiles/"),
}
_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 0.2
_ASK_SECONDS = 2.0


class UnknownReference(RuleViolation):
    slug = "unknown-reference"
    title = "What this refers to does not exist"


class NotArrivedYet(Unavailable):
    slug = "reference-not-yet-known"
    title = "What this refers to is still on its way; send the same request again in a moment"


@dataclass(frozen=True)
class Reference:
    kind: str
    id: str
    pointer: str | None


def named_in(reply: Reply) -> Reference | None:
    """What the service said it does not know yet; None for every other answer."""
    if reply.status != 409:
        return None
    try:
        problem: Any = reply.json()
        if problem["type"] != _SLUG or problem["reference"]["kind"] not in _OWNERS:
            return None
        errors = problem.get("errors") or [{}]
        return Reference(problem["reference"]["kind"], str(problem["reference"]["id"]), errors[0].get("pointer"))
    except (CallFailed, KeyError, TypeError, AttributeError, orjson.JSONDecodeError):
        return None


class References:
    """Resolves such answers. `patience`: for how many seconds a request is repeated."""

    def __init__(self, upstreams: Mapping[str, Upstream], patience: float = 2.0) -> None:
        self._upstreams, self._patience = upstreams, patience

    async def resolve(
        self, reference: Reference, service: str, headers: Mapping[str, str], repeat: Callable[[], Awaitable[Reply]]
    ) -> Reply:
        """The first answer that does not name an unknown reference.

        `service` is who does not know it yet, and has done nothing; `headers` identify the caller to the owner;
        `repeat` sends the same request again. Raises UnknownReference, NotArrivedYet, or Unavailable if the owner
        cannot be asked.
        """
        ends = time.monotonic() + self._patience
        checked: set[tuple[str, str]] = set()
        pause = _FIRST_PAUSE
        while True:
            if (reference.kind, reference.id) not in checked:
                await self._must_exist(reference, headers)
                checked.add((reference.kind, reference.id))
            if time.monotonic() + pause > ends:
                unknown = {"kind": reference.kind, "id": reference.id}
                raise NotArrivedYet(reference=unknown, service=service, outcome="not-done")
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            reply = await repeat()
            again = named_in(reply)
            if again is None:
                return reply
            reference = again

    async def _must_exist(self, reference: Reference, headers: Mapping[str, str]) -> None:
        owner, path = _OWNERS[reference.kind]
        target = f"{path}{quote(reference.id, safe='')}".encode()
        try:
            reply = await self._upstreams[owner].call("GET", target, headers=headers, deadline=_ASK_SECONDS)
        except CallFailed as failed:
            raise not_answering(owner, failed, is_change=True, begun=False) from None
        if reply.status in (400, 404):
            named = {"kind": reference.kind, "id": reference.id}
            raise UnknownReference(f"There is no such {reference.kind}.", pointer=reference.pointer, reference=named)
        if reply.status != 200:
            raise not_answering(owner, reply.failure(), is_change=True, begun=False)
