"""The call list of a campaign with the players' cards (R15): whom to call, who he is, what was said last time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from gamedesk_chassis.clock import now

from gamedesk_gateway.answers import not_answering
from gamedesk_gateway.sections import Caller, Part, Reader, Remembered
from gamedesk_gateway.upstream import Upstream

# Of the deadline, for the players' cards.
_SHARE_OF_CARDS = 0.35


class CallList:
    """`deadline`: seconds that a page may take."""

    def __init__(self, upstreams: Mapping[str, Upstream], memory: Remembered, deadline: float) -> None:
        self._upstreams, self._memory, self._deadline = upstreams, memory, deadline

    async def page(self, caller: Caller, query: Mapping[str, Any]) -> dict[str, Any]:
        """A page of sales' `GET /campaign-calls`, whose parameters `query` are, each call with its player's card, or
        null if players does not answer. Raises Refused, Unavailable."""
        reader = Reader(self._upstreams, self._memory, caller, self._deadline)
        target = f"/campaign-calls?{urlencode(query)}"
        calls = await reader.read("sales", target, leave=self._deadline * _SHARE_OF_CARDS)
        reader.heed_refusals(calls)
        if calls.data is None:
            raise not_answering("sales")
        cards, known = {}, Part("ok", now())
        if calls.items:
            ids = ",".join(sorted({call["player_id"] for call in calls.items}))
            known = await reader.read("players", f"/player-cards?ids={ids}")
            reader.heed_refusals()
            cards = {card["player_id"]: card for card in known.items}
        return {
            "items": [{**call, "player": cards.get(call["player_id"])} for call in calls.items],
            "next_cursor": calls.data["next_cursor"],
            "sources": {"players": known.source(), "sales": calls.source()},
        }
