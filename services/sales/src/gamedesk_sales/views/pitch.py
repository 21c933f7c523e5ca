"""The next pitch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from gamedesk_sales.model.business_days import business_day
from gamedesk_sales.model.minor_caps import Allowance
from gamedesk_sales.model.pitch import WINDOW_DAYS, Figures, Share, Suggestion
from gamedesk_sales.model.sell_safe import SellSafe
from gamedesk_sales.queries.pitch import Pitch
from gamedesk_sales.views.contact_rules import frequency_warning
from gamedesk_sales.views.follow_ups import follow_up_view
from gamedesk_sales.views.recovery_proposals import proposal_view
from gamedesk_sales.views.touches import touch_view


def pitch_view(pitch: Pitch) -> dict[str, Any]:
    today = business_day(pitch.as_of)
    return {
        "player_id": pitch.player.player_id,
        "as_of": pitch.as_of,
        "contactable": pitch.is_contactable,
        "sell_safe": _sell_safe(pitch.sell_safe),
        "do_not_contact": {
            "in_force": pitch.block is not None,
            "since": pitch.block.blocked_at if pitch.block else None,
        },
        "warnings": [frequency_warning(pitch.frequency)] if pitch.frequency.is_full else [],
        "minor": _minor(pitch.allowance) if pitch.allowance else None,
        "last_touch": touch_view(pitch.last_touch) if pitch.last_touch else None,
        "follow_up": follow_up_view(pitch.follow_up, today) if pitch.follow_up else None,
        "recovery_proposals": [proposal_view(proposal, today) for proposal in pitch.proposals],
        "tier": pitch.player.tier,
        "suggested_tier": pitch.suggested_tier,
        "figures": _figures(pitch.figures),
        "suggestions": [_suggestion(suggestion) for suggestion in pitch.suggestions],
    }


def _sell_safe(sell_safe: SellSafe) -> dict[str, Any]:
    return {
        "ok": sell_safe.ok,
        "open_tickets": [asdict(ticket) for ticket in sell_safe.open_tickets],
        "text_zh": sell_safe.text_zh,
        "text_en": sell_safe.text_en,
    }


def _minor(allowance: Allowance) -> dict[str, Any]:
    return {
        "band": allowance.band,
        "per_order_fen": allowance.per_order_fen,
        "per_month_fen": allowance.per_month_fen,
        "spent_this_month_fen": allowance.spent_fen,
        "left_this_month_fen": allowance.left_fen,
    }


def _figures(figures: Figures) -> dict[str, Any]:
    last = figures.last_sale
    return {
        "window_days": WINDOW_DAYS,
        "contacts": figures.contacts,
        "answered": figures.answered,
        "outcomes": figures.outcomes,
        "days_untouched": figures.days_untouched,
        "orders": figures.orders,
        "spent_365_days_fen": figures.kept_fen,
        "spent_90_days_fen": figures.spent_90_days_fen,
        "average_order_fen": figures.average_fen,
        "prices": [asdict(step) for step in figures.prices],
        "day_kinds": _shares("day_kind", figures.day_kinds),
        "packs": _shares("pack_code", figures.packs),
        "campaigns": _shares("campaign_id", figures.campaigns),
        "reasons": [{"reason": reason, "count": count} for reason, count in figures.reasons],
        "last_sale": {
            "on": last.day,
            "pack_code": last.pack_code,
            "discount_bp": last.discount_bp,
            "kept_fen": last.kept_fen,
        }
        if last
        else None,
    }


def _shares(key: str, shares: Sequence[Share]) -> list[dict[str, Any]]:
    return [{key: share.key, "decided": share.decided, "won": share.won} for share in shares]


def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "kind": suggestion.kind,
        "pack_code": suggestion.pack_code,
        "text_zh": suggestion.text_zh,
        "text_en": suggestion.text_en,
        "because": dict(suggestion.because),
        "sample": suggestion.sample,
        "small_sample": suggestion.small_sample,
    }
