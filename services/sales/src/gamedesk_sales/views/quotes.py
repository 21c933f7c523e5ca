"""Quotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_sales.model.minor_caps import Allowance
from gamedesk_sales.model.quotes import Quote
from gamedesk_sales.repository.quotes import Count


def quote_view(quote: Quote, moment: datetime) -> dict[str, Any]:
    pack = quote.pack
    return {
        "quote_id": quote.quote_id,
        "number": quote.display_number,
        "player_id": quote.player_id,
        "agent_id": quote.agent_id,
        "stand_in": quote.stand_in,
        "profile_id": quote.profile_id,
        "pack": {**asdict(pack), "contents": [asdict(line) for line in pack.contents]},
        "amount_fen": quote.amount_fen,
        "currency": quote.currency,
        "campaign_id": quote.campaign_id,
        "note": quote.note,
        "expires_at": quote.expires_at,
        "state": quote.state_at(moment),
        "order_id": quote.order_id,
        "extended_by": quote.extended_by,
        "extended_at": quote.extended_at,
        "extend_reason": quote.extend_reason,
        "withdrawn_by": quote.withdrawn_by,
        "withdrawn_at": quote.withdrawn_at,
        "withdraw_reason": quote.withdraw_reason,
        "created_at": quote.created_at,
        "updated_at": quote.updated_at,
        "version": quote.version,
    }


def whole_quote_view(quote: Quote, allowance: Allowance | None, moment: datetime) -> dict[str, Any]:
    """With what a minor may still spend."""
    if allowance is None:
        return {**quote_view(quote, moment), "minor": None}
    minor = {
        "band": allowance.band,
        "per_order_fen": allowance.per_order_fen,
        "per_month_fen": allowance.per_month_fen,
        "spent_fen": allowance.spent_fen,
        "left_fen": allowance.left_fen,
        "breaks": allowance.broken_by(quote.amount_fen),
    }
    return {**quote_view(quote, moment), "minor": minor}


def counts_view(pack_ids: Sequence[UUID], counts: dict[UUID, Count]) -> dict[str, Any]:
    found = [counts.get(pack_id) or Count(pack_id, 0, 0, None) for pack_id in dict.fromkeys(pack_ids)]
    items = [
        {
            "pack_id": count.pack_id,
            "open_quotes": count.open,
            "amount_fen": count.amount_fen,
            "latest_expires_at": count.latest_expires_at,
        }
        for count in found
    ]
    return {"items": items}
