"""Whom a change reaches: who owns the player, is named in it, has the player open, or leads one of these."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from gamedesk_chassis.events import Event
from gamedesk_chassis.http_client import CallFailed

from gamedesk_gateway.live.changes import Change
from gamedesk_gateway.live.streams import Stream
from gamedesk_gateway.sections import Caller
from gamedesk_gateway.upstream import Upstream

log = structlog.get_logger(__name__)

_OWNERS_KEPT = 50_000
_BATCH = 100
_ASK_SECONDS = 0.5
_DIRECTORY_SECONDS = 3.0
_RETRY_SECONDS = 10.0


@dataclass(frozen=True)
class _Agent:
    role: str
    team: str
    active: bool


class Audience:
    """Knows agents and owners of players from players' answers, asked for on behalf of those who listen, and keeps
    that up to date from events."""

    def __init__(self, players: Upstream) -> None:
        self._players = players
        self._agents: dict[str, _Agent] = {}
        self._owners: OrderedDict[str, str] = OrderedDict()
        self._loaded, self._tried = False, float("-inf")

    def forget(self) -> None:
        """Events may have been missed: ask again."""
        self._owners.clear()
        self._loaded, self._tried = False, float("-inf")

    def heed(self, event: Event) -> frozenset[str]:
        """Learn from an event; returns the owner it took a player from, if it did."""
        if event.type.startswith("players.agent."):
            self._learn_agent(event.data)
        elif event.type.startswith("players.player."):
            player_id, owner = str(event.data["player_id"]), str(event.data["owner_agent_id"])
            before = self._owners.get(player_id)
            self._learn_owner(player_id, owner)
            return frozenset({before}) if before not in (None, owner) else frozenset()
        return frozenset()

    def _learn_agent(self, data: dict[str, Any]) -> None:
        self._agents[str(data["agent_id"])] = _Agent(data["role"], data["team"], data["active"])

    def _learn_owner(self, player_id: str, owner: str) -> None:
        self._owners[player_id] = owner
        self._owners.move_to_end(player_id)
        if len(self._owners) > _OWNERS_KEPT:
            self._owners.popitem(last=False)

    async def prepare(self, changes: Iterable[Change], caller: Caller) -> None:
        """Ask for what is needed to judge these changes and not known yet; failing that, owners miss them."""
        await self.load_agents(caller)
        wanted = {c.player_id for c in changes if c.player_id is not None and c.player_id not in self._owners}
        ids = sorted(wanted)
        for start in range(0, len(ids), _BATCH):
            try:
                target = f"/player-cards?ids={','.join(ids[start : start + _BATCH])}".encode()
                reply = await self._players.call("GET", target, headers=caller.headers, deadline=_ASK_SECONDS)
                cards = reply.json()["items"] if reply.status == 200 else []
            except CallFailed as failed:
                log.warning("owners_not_known", players=len(ids), reason=failed.reason)
                return
            for card in cards:
                self._learn_owner(card["player_id"], card["owner_agent_id"])

    async def load_agents(self, caller: Caller) -> None:
        """Ask for all agents, unless they are known or it failed a moment ago."""
        if self._loaded or time.monotonic() - self._tried < _RETRY_SECONDS:
            return
        self._tried = time.monotonic()
        cursor: str | None = ""
        try:
            while cursor is not None:
                target = b"/agents?limit=200" + (f"&cursor={cursor}".encode() if cursor else b"")
                reply = await self._players.call("GET", target, headers=caller.headers, deadline=_DIRECTORY_SECONDS)
                if reply.status != 200:
                    raise CallFailed("status", reply.status)
                page = reply.json()
                for agent in page["items"]:
                    self._learn_agent(agent)
                cursor = page["next_cursor"]
            self._loaded = True
        except CallFailed as failed:
            log.warning("agents_not_known", reason=failed.reason)

    def concerned(self, change: Change) -> frozenset[str]:
        """The agents whom a change is about: those it names, and the player's owner."""
        owner = self._owners.get(change.player_id or "")
        return change.agents | {owner} if owner else change.agents

    def told(self, stream: Stream, change: Change, concerned: frozenset[str]) -> bytes:
        """What a page hears of a change; nothing if it does not reach it. A notice is for whom it concerns alone."""
        me = self._agents.get(stream.principal.id)
        role, team = (me.role, me.team) if me else (stream.principal.role, stream.principal.team)
        is_concerned = stream.principal.id in concerned or (
            role == "lead" and any(self._team(agent) == team for agent in concerned)
        )
        reached = (
            change.for_everybody
            or role == "admin"
            or is_concerned
            or (change.player_id is not None and change.player_id in stream.players)
        )
        return (change.message if reached else b"") + (change.as_notice or b"" if is_concerned else b"")

    def _team(self, agent_id: str) -> str | None:
        agent = self._agents.get(agent_id)
        return agent.team if agent else None

    def is_deactivated(self, agent_id: str) -> bool:
        agent = self._agents.get(agent_id)
        return agent is not None and not agent.active
