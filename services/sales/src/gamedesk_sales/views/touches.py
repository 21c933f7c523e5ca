"""Contacts with players."""

from __future__ import annotations

from typing import Any

from gamedesk_sales.model.touches import Touch


def touch_view(touch: Touch) -> dict[str, Any]:
    return {
        "touch_id": touch.touch_id,
        "player_id": touch.player_id,
        "agent_id": touch.agent_id,
        "outcome": touch.outcome,
        "reason_id": touch.reason_id,
        "reason": touch.reason,
        "situation": touch.situation,
        "player_state": touch.player_state,
        "pack_code": touch.pack_code,
        "offered_price_fen": touch.offered_price_fen,
        "order_id": touch.order_id,
        "campaign_id": touch.campaign_id,
        "quote_id": touch.quote_id,
        "follow_up_on": touch.follow_up_on,
        "occurred_at": touch.occurred_at,
        "recorded_at": touch.recorded_at,
    }
