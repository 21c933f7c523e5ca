"""What a price change does to packs, joined with the open quotes that hold their old prices (B1)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from gamedesk_chassis.clock import now
from gamedesk_chassis.http_client import CallFailed

from gamedesk_gateway.answers import not_answering
from gamedesk_gateway.sections import Caller, Part, Reader, Remembered
from gamedesk_gateway.upstream import Refused, Upstream

_PACKS_AT_ONCE = 100
# Of the deadline, for the quotes of the packs that catalog names.
_SHARE_OF_QUOTES = 0.35


class PriceImpactView:
    """`deadline`: seconds that a view may take. Packs are catalog's, quotes sales': without the latter there is a view
    all the same, and `sources` says that they are missing."""

    def __init__(self, upstreams: Mapping[str, Upstream], memory: Remembered, deadline: float) -> None:
        self._upstreams, self._memory, self._deadline = upstreams, memory, deadline
        self._leave = deadline * _SHARE_OF_QUOTES

    async def recorded(self, caller: Caller, impact_id: str, limit: int, cursor: str | None) -> dict[str, Any]:
        """A change that happened, with a page of its packs. Raises Refused (no such impact), Unavailable."""
        reader = self._reader(caller)
        query = urlencode({"limit": limit} | ({"cursor": cursor} if cursor else {}))
        impact, packs = await asyncio.gather(
            reader.read("catalog", f"/price-impacts/{impact_id}", leave=self._leave),
            reader.read("catalog", f"/price-impacts/{impact_id}/packs?{query}", leave=self._leave),
        )
        reader.heed_refusals(impact, packs)
        if impact.data is None or packs.data is None:
            raise not_answering("catalog")
        items, quotes = await self._with_quotes(reader, packs.items)
        return {
            "impact": impact.data,
            "items": items,
            "next_cursor": packs.data["next_cursor"],
            "sources": {"catalog": packs.source(), "sales": quotes},
        }

    async def preview(self, caller: Caller, changes: Mapping[str, Any]) -> dict[str, Any]:
        """What new prices would do. Raises Refused, Unavailable."""
        reader = self._reader(caller)
        try:
            reply = await self._upstreams["catalog"].call(
                "POST",
                b"/price-impacts",
                headers={**caller.headers, "content-type": "application/json"},
                body=orjson.dumps(changes),
                deadline=self._deadline - self._leave,
                repeatable=True,  # it changes nothing
            )
            if 400 <= reply.status < 500:
                raise Refused(reply)
            if reply.status != 200:
                raise reply.failure()
            found = reply.json()
        except CallFailed as failed:
            raise not_answering("catalog", failed) from None
        packs, quotes = await self._with_quotes(reader, found["packs"])
        catalog = Part("ok", now()).source()
        return {**found, "packs": packs, "sources": {"catalog": catalog, "sales": quotes}}

    def _reader(self, caller: Caller) -> Reader:
        return Reader(self._upstreams, self._memory, caller, self._deadline)

    @staticmethod
    async def _with_quotes(reader: Reader, packs: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Each pack with the `quotes` that are open for it, null where nobody says, and the status of who knows."""
        ids = [pack["pack_id"] for pack in packs]
        batches = [ids[start : start + _PACKS_AT_ONCE] for start in range(0, len(ids), _PACKS_AT_ONCE)]
        parts = await asyncio.gather(
            *(reader.read("sales", f"/quote-counts?pack_ids={','.join(batch)}") for batch in batches)
        )
        reader.heed_refusals()
        by_pack = {count["pack_id"]: count for part in parts for count in part.items}
        worst = max(
            parts, key=lambda part: ("ok", "stale", "unavailable").index(part.status), default=Part("ok", now())
        )
        return [{**pack, "quotes": by_pack.get(pack["pack_id"])} for pack in packs], worst.source()
