"""What was typed: a ticket's number, or the phone, WeChat id or name of a player (R6), whose tickets follow (R8)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from gamedesk_chassis.errors import Unavailable
from gamedesk_chassis.http_client import CallFailed, Reply

from gamedesk_gateway.answers import not_answering
from gamedesk_gateway.sections import Caller
from gamedesk_gateway.upstream import Refused, Upstream

# Four bare digits and more may be the end or the beginning of a phone.
_NUMBER = re.compile(r"[Tt]-?([0-9]{1,10})|#([0-9]{1,10})|([0-9]{1,3})")
_PLAYERS = 50
_TICKETS = 100

Filters = Sequence[tuple[str, str]]


class Search:
    """Names and contacts are known to players alone, so tickets are found players → ids → tickets."""

    def __init__(self, upstreams: Mapping[str, Upstream], deadline: float) -> None:
        self._upstreams, self._deadline = upstreams, deadline

    async def everything(self, caller: Caller, q: str) -> dict[str, Any]:
        """{items: the ticket of this number, then players; refine; missing: services that do not answer}.

        Raises Refused.
        """
        missing: set[str] = set()
        number = _number(q)
        tickets, players = await asyncio.gather(
            self._or_missing(missing, caller, "tickets", "/tickets", number=number) if number else _nothing(),
            self._or_missing(missing, caller, "players", "/players", q=q),
        )
        numbered = tickets["items"]
        cards: dict[str, Any] = {}
        if numbered and "players" not in missing:
            ids = _player_ids(numbered)
            answer = await self._or_missing(missing, caller, "players", "/player-cards", ids=ids)
            cards = _by_id(answer["items"])
        found = [_entry("ticket", "number", cards.get(ticket["player_id"]), ticket) for ticket in numbered]
        found += [_entry("player", card["match"], card, None) for card in players["items"]]
        return {"items": found, "refine": players.get("refine") is True, "missing": sorted(missing)}

    async def tickets(self, caller: Caller, q: str, filters: Filters) -> dict[str, Any]:
        """{items: tickets with their `player`'s card, refine: there may be more}; `filters` are those of the list of
        tickets. Raises Unavailable, Refused."""
        if number := _number(q):
            tickets = (await self._get(caller, "tickets", "/tickets", filters, number=number))["items"]
            if tickets:
                return {"items": await self._with_cards(caller, tickets, {}), "refine": False}
        # `t8888888` may be a WeChat id as well.
        found = await self._get(caller, "players", "/players", q=q)
        cards = found["items"][:_PLAYERS]
        if not cards:
            return {"items": [], "refine": False}
        ids = ",".join(card["player_id"] for card in cards)
        page = await self._get(caller, "tickets", "/tickets", filters, player_id=ids, limit=_TICKETS)
        refine = found.get("refine") is True or page["next_cursor"] is not None
        return {"items": await self._with_cards(caller, page["items"], _by_id(cards)), "refine": refine}

    async def _with_cards(
        self, caller: Caller, tickets: list[dict[str, Any]], cards: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Tickets with cards, which are fetched of players not among `cards`: of somebody merged into one found."""
        unknown = _player_ids([ticket for ticket in tickets if ticket["player_id"] not in cards])
        if unknown:
            cards |= _by_id((await self._get(caller, "players", "/player-cards", ids=unknown))["items"])
        return [{**ticket, "player": cards.get(ticket["player_id"])} for ticket in tickets]

    async def _or_missing(
        self, missing: set[str], caller: Caller, service: str, path: str, **query: Any
    ) -> dict[str, Any]:
        try:
            return await self._get(caller, service, path, **query)
        except Unavailable:
            missing.add(service)
            return await _nothing()

    async def _get(self, caller: Caller, service: str, path: str, filters: Filters = (), **query: Any) -> Any:
        target = f"{path}?{urlencode([*query.items(), *filters], safe=',')}".encode()
        try:
            reply: Reply = await self._upstreams[service].call(
                "GET", target, headers=caller.headers, deadline=self._deadline
            )
            if reply.status == 200:
                return reply.json()
        except CallFailed as failed:
            raise not_answering(service, failed) from None
        if 400 <= reply.status < 500:
            raise Refused(reply)
        raise not_answering(service, reply.failure())


def _number(q: str) -> str | None:
    """The digits of a ticket's number, if that may be meant."""
    meant = _NUMBER.fullmatch(q.strip())
    return meant[meant.lastindex or 0] if meant else None


async def _nothing() -> dict[str, Any]:
    return {"items": []}


def _player_ids(tickets: Sequence[dict[str, Any]]) -> str:
    return ",".join(sorted({ticket["player_id"] for ticket in tickets}))


def _by_id(cards: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {card["player_id"]: card for card in cards}


def _entry(kind: str, match: str, player: dict[str, Any] | None, ticket: dict[str, Any] | None) -> dict[str, Any]:
    return {"kind": kind, "match": match, "player": player, "ticket": ticket}
