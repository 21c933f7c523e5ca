"""Items and what happened to their prices."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_catalog import events
from gamedesk_catalog.model.items import Decision, Item, PriceChange


def item_view(item: Item) -> dict[str, Any]:
    """`pending_price` is the one that waits for a lead, or else the one that waits for its time."""
    state, pending = ("held", item.held) if item.held else ("scheduled", item.scheduled)
    return {
        **events.item_payload(item),
        "differs": item.differs,
        "pending_price": {"state": state, **asdict(pending)} if pending else None,
        "version": item.version,
    }


def change_view(change: PriceChange) -> dict[str, Any]:
    return asdict(change)


def decision_view(decision: Decision) -> dict[str, Any]:
    results = [{"item_id": item_id, "fate": fate} for item_id, fate in decision.results]
    return {**asdict(decision), "results": results}
