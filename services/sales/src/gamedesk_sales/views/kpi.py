"""Figures of sales, and the records behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from gamedesk_sales.model.kpi import Asked, CountedRecord, Figures, Report


def report_view(asked: Asked, report: Report, moment: datetime) -> dict[str, Any]:
    return {
        "from": asked.period.first,
        "to": asked.period.last,
        "as_of": moment,
        "total": figures_view(report.total),
        "groups": [{"key": group.key, "label": group.label, **figures_view(group.figures)} for group in report.groups],
        "more": report.more,
    }


def figures_view(figures: Figures) -> dict[str, Any]:
    return {
        **asdict(figures),
        "touch_to_deal_bp": figures.touch_to_deal_bp,
        "won_back_bp": figures.won_back_bp,
        "net_fen": figures.net_fen,
        "average_order_fen": figures.average_order_fen,
    }


def counted_record_view(record: CountedRecord, reasons: Mapping[str, str]) -> dict[str, Any]:
    return {
        "kind": record.kind,
        "record_id": record.record_id,
        "order_id": record.order_id,
        "number": record.shown_number,
        "player_id": record.player_id,
        "agent_id": record.agent,
        "team": record.team,
        "tier": record.tier,
        "campaign_id": record.campaign,
        "pack_code": record.pack,
        "reason_id": record.reason,
        "reason": reasons.get(str(record.reason)),
        "happened_at": record.moment,
        "outcome": record.outcome,
        "state": record.state,
        "amount_fen": record.amount_fen,
        "verified": record.verified,
    }
