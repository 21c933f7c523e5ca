"""Both KPIs side by side (B8): how fast the desk answers (tickets), and how well it sells (sales)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from gamedesk_gateway.routes import API
from gamedesk_gateway.sections import Caller, Part, Reader, Remembered
from gamedesk_gateway.upstream import Upstream

Figures = dict[str, Any]

_NOT_FIGURES = ("key", "label")
# Tickets know nothing of these.
_OF_SALES_ALONE = ("campaign", "pack", "tier", "reason")


class KpiBoard:
    """`deadline`: seconds that a board may take."""

    def __init__(self, upstreams: Mapping[str, Upstream], memory: Remembered, deadline: float) -> None:
        self._upstreams, self._memory, self._deadline = upstreams, memory, deadline

    async def board(self, caller: Caller, group_by: str, clock: str, filters: Mapping[str, str]) -> dict[str, Any]:
        """The figures of a period (`filters`: from, to and whom they are credited to), and of each group of it.

        By what tickets know nothing of, the groups have figures of sales alone. A service that does not answer is
        missing from it, and `sources` says so. Raises Refused for a question that either service refuses.
        """
        reader = Reader(self._upstreams, self._memory, caller, self._deadline)
        of_tickets = "none" if group_by in _OF_SALES_ALONE else group_by
        response, sales = await asyncio.gather(
            reader.read("tickets", f"/kpi/response?{urlencode({**filters, 'group_by': of_tickets, 'clock': clock})}"),
            reader.read("sales", f"/sales-kpi?{urlencode({**filters, 'group_by': group_by})}"),
        )
        reader.heed_refusals(response, sales)
        of_response, of_sales = _by_key(response), _by_key(sales)
        labels = {group["key"]: group["label"] for group in sales.data["groups"]} if sales.data else {}
        keys = sorted(of_response.keys() | of_sales.keys(), key=lambda key: (key is None, key))
        return {
            "from": filters["from"],
            "to": filters["to"],
            "group_by": group_by,
            "clock": clock,
            "sources": {"response": response.source(), "sales": sales.source()},
            "total": {
                "response": response.data and response.data["total"],
                "sales": sales.data and sales.data["total"],
                "links": _links(filters, clock, "none", None),
            },
            "groups": [
                {
                    "key": key,
                    "label": labels.get(key),
                    "response": of_response.get(key),
                    "sales": of_sales.get(key),
                    "links": _links(filters, clock, group_by, key),
                }
                for key in keys
            ],
            "more": bool(sales.data and sales.data["more"]),
        }


def _by_key(part: Part) -> dict[str | None, Figures]:
    groups = part.data["groups"] if part.data else []
    return {group["key"]: {n: v for n, v in group.items() if n not in _NOT_FIGURES} for group in groups}


def _links(filters: Mapping[str, str], clock: str, group_by: str, key: str | None) -> dict[str, str | None]:
    """Where what is behind the figures is listed. Of tickets without agent or team there is no such list, nor by what
    tickets know nothing of."""
    if group_by == "day" and key is not None:
        narrowed = {**filters, "from": key, "to": key}
    else:
        narrowed = dict(filters) if key is None else {**filters, group_by: key}
    tickets = f"{API}/kpi/response/tickets?{urlencode({**narrowed, 'clock': clock})}"
    if group_by not in ("none", "agent") and key is None:
        narrowed["without"] = group_by
    of_no_tickets = group_by in _OF_SALES_ALONE or (group_by != "none" and key is None)
    return {
        "response": None if of_no_tickets else tickets,
        "sales": None if group_by == "agent" and key is None else f"{API}/sales-kpi/records?{urlencode(narrowed)}",
    }
