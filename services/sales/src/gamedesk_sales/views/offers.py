"""Packs as they can be offered."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_sales.model.packs import Item, PackLine
from gamedesk_sales.queries.offers import Offer


def offer_view(offer: Offer, moment: datetime) -> dict[str, Any]:
    pack = offer.pack
    why_not = "for_another" if offer.for_another else pack.why_not_sellable(moment)
    return {
        "pack_code": pack.code,
        "pack_id": pack.pack_id,
        "name": pack.name,
        "revision": pack.revision,
        "state": pack.state,
        "list_price_fen": pack.list_price_fen,
        "discount_bp": pack.discount_bp,
        "price_fen": pack.price_fen,
        "currency": pack.currency,
        "contents": [_offered_line(line, offer.items.get(UUID(line.item_id))) for line in pack.contents],
        "sellable": why_not is None,
        "why_not": why_not,
        "valid_from": pack.valid_from,
        "valid_until": pack.valid_until,
        "campaign_id": pack.campaign_id,
        "player_id": pack.player_id,
        "accounts": offer.accounts,
        "as_of": pack.updated_at,
    }


def _offered_line(line: PackLine, item: Item | None) -> dict[str, Any]:
    """With the item's name of today, and its price of today where that differs from the pack's."""
    if item is None:
        return {**asdict(line), "current_item_price_fen": None}
    changed = item.price_fen != line.unit_price_fen
    return {**asdict(line), "name": item.name, "current_item_price_fen": item.price_fen if changed else None}
