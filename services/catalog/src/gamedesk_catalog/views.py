"""Domain objects as the JSON of the contract."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_catalog import events
from gamedesk_catalog.model import CURRENCY, DiscountRule, Item, Pack, PriceChange, Pull
from gamedesk_catalog.pricing import Priced


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


def pull_view(pull: Pull) -> dict[str, Any]:
    return asdict(pull)


def pack_view(pack: Pack) -> dict[str, Any]:
    return {**events.pack_payload(pack), "created_by": pack.created_by, "approved_by": pack.approved_by}


def preview_view(priced: Priced) -> dict[str, Any]:
    return {**asdict(priced), "contents": events.contents_payload(priced.contents), "currency": CURRENCY}


def rule_view(rule: DiscountRule) -> dict[str, Any]:
    return asdict(rule)
