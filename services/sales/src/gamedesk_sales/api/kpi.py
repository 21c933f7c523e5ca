"""The KPI of sales (B8)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.web import Answer, answer

from gamedesk_sales.api.fields import required_day
from gamedesk_sales.api.resources import resources
from gamedesk_sales.model.kpi import Asked, FigureName, Grouping, Missing, period
from gamedesk_sales.model.packs import normal_code
from gamedesk_sales.queries import kpi as queries
from gamedesk_sales.views.kpi import counted_record_view, report_view


def get_sales_kpi(group_by: Grouping = "none", **filters: Any) -> Answer:
    asked, moment = _asked(**filters), now()
    return answer(report_view(asked, resources().database.snapshot(queries.sales_report, asked, group_by), moment))


def list_sales_kpi_records(figure: FigureName, limit: int = 50, cursor: str | None = None, **filters: Any) -> Answer:
    asked = _asked(**filters)
    found, next_cursor, reasons = resources().database.read(queries.counted_records, asked, figure, cursor, limit)
    items = [counted_record_view(record, reasons) for record in found]
    return answer({"items": items, "next_cursor": next_cursor})


def _asked(
    to: str,
    agent: str | None = None,
    team: str | None = None,
    campaign: str | None = None,
    pack: str | None = None,
    tier: str | None = None,
    reason: str | None = None,
    without: Missing | None = None,
    **others: Any,
) -> Asked:
    """`from` is a word of the language, so it cannot be named as an argument; the framework adds others of its own."""
    first = required_day(others["from"], "/query/from")
    return Asked(
        period(first, required_day(to, "/query/to")),
        agent,
        team,
        UUID(campaign) if campaign else None,
        normal_code(pack) if pack else None,
        tier,
        UUID(reason) if reason else None,
        without,
    )
