"""The home page in one answer: composed from the services at the same time, each section failing alone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

from gamedesk_chassis.clock import parse_rfc3339

from gamedesk_gateway.attention import Attention
from gamedesk_gateway.sections import Caller, Part, Reader, Remembered
from gamedesk_gateway.upstream import Upstream

# Of the deadline, for the cards of the players that the first answers name.
_SHARE_OF_CARDS = 0.35


class Home:
    """`deadline`: seconds that the whole view may take."""

    def __init__(self, upstreams: Mapping[str, Upstream], memory: Remembered, deadline: float) -> None:
        self._upstreams, self._memory, self._deadline = upstreams, memory, deadline
        self._attention = Attention(leave=deadline * _SHARE_OF_CARDS)

    def _reader(self, caller: Caller) -> Reader:
        return Reader(self._upstreams, self._memory, caller, self._deadline)

    async def player(self, caller: Caller, player_id: str) -> dict[str, Any]:
        """Everything about a player. Refused if there is no such player."""
        reader, mine = self._reader(caller), urlencode({"player_id": player_id})
        player, tickets, pitch, touches, quotes, orders = await asyncio.gather(
            reader.read("players", f"/players/{player_id}"),
            reader.read("tickets", f"/tickets?{mine}"),
            reader.read("sales", f"/pitches/{player_id}"),
            reader.read("sales", f"/touches?{mine}"),
            reader.read("sales", f"/quotes?{mine}"),
            reader.read("sales", f"/orders?{mine}"),
        )
        reader.heed_refusals(player)
        return {
            "player_id": player.data["player_id"] if player.data else player_id,
            "player": player.view(_last_sync(player)),
            "tickets": tickets.view(),
            "pitch": pitch.view(),
            "touches": touches.view(),
            "quotes": quotes.view(),
            "orders": orders.view(),
        }

    async def start(
        self, caller: Caller, *, q: str | None, owner: Literal["me", "all"], limit: int, cursor: str | None
    ) -> dict[str, Any]:
        """The left column: what needs the caller's attention, and a page of players. Refused for a bad cursor."""
        reader = self._reader(caller)
        query: dict[str, Any] = {
            "q": q,
            "owner": caller.id if owner == "me" else None,
            "limit": limit,
            "cursor": cursor,
        }
        asked = urlencode({name: value for name, value in query.items() if value is not None})
        players, attention, of_sales, of_packs = await asyncio.gather(
            reader.read("players", f"/players?{asked}"),
            self._attention.of_service(reader, caller),
            self._attention.of_sales(reader, caller),
            self._attention.of_packs(reader, caller),
        )
        reader.heed_refusals(players)
        return {
            "attention": attention.view(),
            "sales_attention": of_sales.view(),
            "pack_attention": of_packs.view(),
            "players": players.view(),
        }


def _last_sync(player: Part) -> datetime | None:
    """When his game profiles were last synced; None (so: when he was read) before the first time."""
    if player.status != "ok":
        return None
    synced = [profile["synced_at"] for profile in player.data["profiles"] if profile["synced_at"]]
    return max((parse_rfc3339(moment) for moment in synced), default=None)  # pyright: ignore[reportArgumentType]
