"""The home page in one answer: composed from the services at the same time, each section failing alone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from gamedesk_chassis.clock import now, parse_rfc3339

from gamedesk_gateway.sections import Caller, Part, Reader, Remembered
from gamedesk_gateway.upstream import Refused, Upstream

_BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")
_ATTENTION_SHOWN = 50
_TICKETS_BESIDE_FOLLOW_UPS = 35
# Of the deadline, for the cards of the players that the first answers name.
_SHARE_OF_CARDS = 0.35


class Home:
    """`deadline`: seconds that the whole view may take."""

    def __init__(self, upstreams: Mapping[str, Upstream], memory: Remembered, deadline: float) -> None:
        self._upstreams, self._memory, self._deadline = upstreams, memory, deadline

    def _reader(self, caller: Caller) -> Reader:
        return Reader(self._upstreams, self._memory, caller, self._deadline)

    async def player(self, caller: Caller, player_id: str) -> dict[str, Any]:
        """Everything about a player. Refused if there is no such player."""
        reader, mine = self._reader(caller), urlencode({"player_id": player_id})
        player, tickets, touches, orders = await asyncio.gather(
            reader.read("players", f"/players/{player_id}"),
            reader.read("tickets", f"/tickets?{mine}"),
            reader.read("sales", f"/touches?{mine}"),
            reader.read("sales", f"/orders?{mine}"),
        )
        self._heed_refusal(reader, caller, player)
        return {
            "player_id": player.data["player_id"] if player.data else player_id,
            "player": player.view(_last_sync(player)),
            "tickets": tickets.view(),
            "touches": touches.view(),
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
        players, attention = await asyncio.gather(
            reader.read("players", f"/players?{asked}"), self._attention(reader, caller.id)
        )
        self._heed_refusal(reader, caller, players)
        return {"attention": attention.view(), "players": players.view()}

    def _heed_refusal(self, reader: Reader, caller: Caller, part: Part) -> None:
        """Raise Refused if any service does not let the caller in, or `part` is refused."""
        if reader.not_authenticated is not None:
            self._memory.forget_caller(caller.id)
            raise Refused(reader.not_authenticated)
        if part.refusal is not None:
            raise Refused(part.refusal)

    async def _attention(self, reader: Reader, agent_id: str) -> Part:
        """Open tickets and follow-ups, what is due first first; at most 50."""
        tomorrow = now().astimezone(_BUSINESS_ZONE).date() + timedelta(days=1)
        open_tickets = {
            "responsible": agent_id,
            "state": "pending,in_progress",
            "order": "due",
            "limit": _ATTENTION_SHOWN,
        }
        due = {"agent": agent_id, "due_before": tomorrow.isoformat(), "limit": _ATTENTION_SHOWN}
        leave = self._deadline * _SHARE_OF_CARDS
        tickets, follow_ups = await asyncio.gather(
            reader.read("tickets", f"/tickets?{urlencode(open_tickets, safe=',')}", leave=leave),
            reader.read("sales", f"/follow-ups?{urlencode(due)}", leave=leave),
        )
        items = _most_urgent(
            [_ticket_entry(ticket) for ticket in _items(tickets)],
            [_follow_up_entry(touch) for touch in _items(follow_ups)],
        )
        parts = [tickets, follow_ups]
        if items:
            ids = sorted({item["player_id"] for item in items})
            cards = await reader.read("players", f"/player-cards?ids={','.join(ids)}")
            by_id = {card["player_id"]: card for card in _items(cards)}
            items = [{**item, "player": by_id.get(item["player_id"])} for item in items]
            parts.append(cards)
        return _joined(parts, {"items": items})


def _most_urgent(tickets: list[dict[str, Any]], follow_ups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is due first of both; many tickets leave room for follow-ups, which may be due only today."""
    for entries in (tickets, follow_ups):
        entries.sort(key=_urgency)
    tickets = tickets[: max(_TICKETS_BESIDE_FOLLOW_UPS, _ATTENTION_SHOWN - len(follow_ups))]
    shown = tickets + follow_ups[: _ATTENTION_SHOWN - len(tickets)]
    return sorted(shown, key=_urgency)


def _urgency(entry: dict[str, Any]) -> tuple[bool, datetime]:
    """A ticket that has no deadline now, because it waits for the player, comes after all that has one."""
    has_none = entry["kind"] == "ticket" and entry["ticket"]["clock"]["next_due_at"] is None
    return has_none, entry["due_at"]


def _joined(parts: list[Part], data: dict[str, Any]) -> Part:
    """One section of several parts: ok if all are, stale if something of it is old or missing."""
    failed = next((part for part in parts if part.status != "ok"), None)
    if failed is None:
        return Part("ok", now(), data)
    if all(part.data is None for part in parts):
        return Part("unavailable", problem=failed.problem)
    as_of = min((part.as_of for part in parts if part.as_of is not None), default=None)
    return Part("stale", as_of, data, failed.problem)


def _items(part: Part) -> list[dict[str, Any]]:
    return part.data["items"] if part.data else []


def _ticket_entry(ticket: dict[str, Any]) -> dict[str, Any]:
    due_at = parse_rfc3339(ticket["clock"]["next_due_at"] or ticket["asked_at"])
    return {"kind": "ticket", "due_at": due_at, "player_id": ticket["player_id"], "player": None, "ticket": ticket}


def _follow_up_entry(touch: dict[str, Any]) -> dict[str, Any]:
    """Due from the first minute of its business day."""
    begins = datetime.combine(date.fromisoformat(touch["follow_up_on"]), time(), _BUSINESS_ZONE)
    due_at = begins.astimezone(UTC)
    return {"kind": "follow_up", "due_at": due_at, "player_id": touch["player_id"], "player": None, "touch": touch}


def _last_sync(player: Part) -> datetime | None:
    """When his game profiles were last synced; None (so: when he was read) before the first time."""
    if player.status != "ok":
        return None
    synced = [profile["synced_at"] for profile in player.data["profiles"] if profile["synced_at"]]
    return max((parse_rfc3339(moment) for moment in synced), default=None)  # pyright: ignore[reportArgumentType]
