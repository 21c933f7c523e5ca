"""Whom to call for a campaign."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.pagination import decode_cursor, page
from gamedesk_chassis.web import Answer, answer, create_once

from gamedesk_sales.api.resources import resources
from gamedesk_sales.commands import campaign_calls as commands
from gamedesk_sales.model.campaign_calls import Segment, WantedCalls
from gamedesk_sales.queries import campaign_calls as queries
from gamedesk_sales.tables import idempotency_keys
from gamedesk_sales.views.campaign_calls import audience_view, call_view, draw_view, figures_view


def list_campaign_calls(
    campaign_id: str,
    agent: str | None = None,
    team: str | None = None,
    state: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    wanted = WantedCalls(UUID(campaign_id), agent, team, state)
    found, next_cursor = resources().database.read(queries.list_calls, wanted, cursor, limit)
    return answer({"items": [call_view(call) for call in found], "next_cursor": next_cursor})


def get_campaign_progress(
    campaign_id: str, agent: str | None = None, team: str | None = None, limit: int = 50, cursor: str | None = None
) -> Answer:
    wanted, after = UUID(campaign_id), decode_cursor(cursor, [str])
    draw, total, agents = resources().database.read(queries.progress, wanted, agent, team)
    rest = [each for each in agents if after is None or each[0] > after[0]]
    shown, next_cursor = page(rest, limit, lambda each: [each[0]])
    return answer(
        {
            "campaign_id": wanted,
            "draw": draw_view(draw) if draw else None,
            "total": figures_view(total),
            "items": [{"agent_id": who, "team": of, **figures_view(figures)} for who, of, figures in shown],
            "next_cursor": next_cursor,
        }
    )


def draw_campaign(body: dict[str, Any]) -> Answer:
    campaign_id = UUID(body["campaign_id"])
    outcome = create_once(
        resources().database,
        idempotency_keys,
        body,
        lambda tx, caller: commands.draw_again(tx, caller, campaign_id),
    )
    return _draw(campaign_id, outcome.status)


def get_campaign_draw(campaign_id: str) -> Answer:
    return _draw(UUID(campaign_id))


def preview_campaign_audience(body: dict[str, Any]) -> Answer:
    segment = Segment.of(body["segment"], body.get("game_ids", ()))
    found = resources().database.read(queries.preview, current_principal(), segment, body.get("team"))
    return answer(audience_view(found))


def _draw(campaign_id: UUID, status: int = 200) -> Answer:
    return answer(draw_view(resources().database.read(queries.get_draw, campaign_id)), status)
