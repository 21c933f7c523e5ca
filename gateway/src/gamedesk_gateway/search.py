"""Tickets by phone, WeChat id or name of the player, or by their own number (R8)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from gamedesk_chassis.http_client import CallFailed, Reply

from gamedesk_gateway.answers import not_answering
from gamedesk_gateway.sections import Caller
from gamedesk_gateway.upstream import Refused, Upstream

_NUMBER = re.compile(r"[Tt]-?[0-9]{1,10}")
_PLAYERS = 50
_TICKETS = 100


class TicketSearch:
    """Names and contacts are known to players alone, so the search goes players → ids → tickets."""

    def __init__(self, upstreams: Mapping[str, Upstream], deadline: float) -> None:
        self._upstreams, self._deadline = upstreams, deadline

    async def find(self, caller: Caller, q: str) -> dict[str, Any]:
        """{items: tickets with their `player`'s card, refine: there may be more}. Raises Unavailable, Refused."""
        if _NUMBER.fullmatch(q.strip()):
            tickets = (await self._get(caller, "tickets", "/tickets", number=q.strip()))["items"]
            if tickets:
                return await self._with_cards(caller, tickets)
        # `t8888888` may be a WeChat id as well.
        found = await self._get(caller, "players", "/players", q=q)
        cards = found["items"][:_PLAYERS]
        if not cards:
            return {"items": [], "refine": False}
        ids = ",".join(card["player_id"] for card in cards)
        page = await self._get(caller, "tickets", "/tickets", player_id=ids, limit=_TICKETS)
        refine = found.get("refine") is True or page["next_cursor"] is not None
        return _joined(page["items"], cards, refine=refine)

    async def _with_cards(self, caller: Caller, tickets: list[dict[str, Any]]) -> dict[str, Any]:
        ids = ",".join(sorted({ticket["player_id"] for ticket in tickets}))
        cards = (await self._get(caller, "players", "/player-cards", ids=ids))["items"]
        return _joined(tickets, cards, refine=False)

    async def _get(self, caller: Caller, service: str, path: str, **query: Any) -> Any:
        target = f"{path}?{urlencode(query, safe=',')}".encode()
        try:
            reply: Reply = await self._upstreams[service].call(
                "GET", target, headers=caller.headers, deadline=self._deadline
            )
            if reply.status == 200:
                return reply.json()
        except CallFailed:
            raise not_answering(service) from None
        if 400 <= reply.status < 500:
            raise Refused(reply)
        raise not_answering(service)


def _joined(tickets: list[dict[str, Any]], cards: list[dict[str, Any]], *, refine: bool) -> dict[str, Any]:
    by_id = {card["player_id"]: card for card in cards}
    return {"items": [{**t, "player": by_id.get(t["player_id"])} for t in tickets], "refine": refine}
