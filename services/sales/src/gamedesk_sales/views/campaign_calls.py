"""The call lists of campaigns, how far they are, and how many a segment has."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_sales.model.campaign_calls import TIERS, Audience, Call, Draw, Figures
from gamedesk_sales.views.touches import touch_view


def call_view(call: Call) -> dict[str, Any]:
    names = ("campaign_id", "player_id", "owner_agent_id", "tier", "tier_then", "state", "drawn_at", "touches",
             "updated_at")  # fmt: skip
    last = touch_view(call.last_touch) if call.last_touch else None
    return {**{name: getattr(call, name) for name in names}, "last_touch": last}


def draw_view(draw: Draw) -> dict[str, Any]:
    names = ("campaign_id", "state", "round", "players", "looked_at", "added", "minors", "blocked", "started_by",
             "started_at", "finished_at")  # fmt: skip
    return {name: getattr(draw, name) for name in names}


def figures_view(figures: Figures) -> dict[str, Any]:
    return {**asdict(figures), "reached": figures.reached}


def audience_view(audience: Audience) -> dict[str, Any]:
    by_tier = [{"tier": tier, "players": audience.by_tier.get(tier, 0)} for tier in TIERS]
    return {
        "players": sum(audience.by_tier.values()),
        "by_tier": by_tier,
        "minors": audience.minors,
        "blocked": audience.blocked,
        "looked_at": audience.looked_at,
        "complete": audience.complete,
    }
