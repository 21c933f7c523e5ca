"""The call lists of campaigns, how far they are, and how many a segment has."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import InvalidInput, NotAllowed
from gamedesk_chassis.pagination import decode_cursor, page
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_sales.errors import DrawNotFound
from gamedesk_sales.model.business_days import business_day
from gamedesk_sales.model.campaign_calls import Audience, Call, Draw, Figures, Segment, WantedCalls
from gamedesk_sales.repository import campaign_calls, campaign_draws, campaign_segments

MOST_LOOKED_AT = 50_000


def list_calls(tx: Connection, wanted: WantedCalls, cursor: str | None, limit: int) -> tuple[list[Call], str | None]:
    after = decode_cursor(cursor, [int, UUID])
    found = campaign_calls.list_page(tx, wanted, (after[0], after[1]) if after else None, limit + 1)
    return page(found, limit, lambda call: [call.rank, call.row_player_id])


def get_draw(tx: Connection, campaign_id: UUID) -> Draw:
    draw = campaign_draws.get(tx, campaign_id)
    if draw is None:
        raise DrawNotFound("It is drawn within seconds of the launch.")
    return draw


def progress(
    tx: Connection, campaign_id: UUID, agent_id: str | None, team: str | None
) -> tuple[Draw | None, Figures, list[tuple[str, str | None, Figures]]]:
    """The draw, the sum, and (agent, his team, figures) by agent: as many as there are agents."""
    by_agent = campaign_calls.figures_by_agent(tx, campaign_id)
    teams = campaign_calls.teams_of(tx, list(by_agent))
    agents = [
        (who, teams.get(who), figures)
        for who, figures in sorted(by_agent.items())
        if agent_id in (None, who) and (team is None or teams.get(who) == team)
    ]
    total = Figures()
    for _, _, figures in agents:
        total = total.plus(figures)
    return campaign_draws.get(tx, campaign_id), total, agents


def preview(tx: Connection, caller: Principal, segment: Segment, team: str | None) -> Audience:
    """How many a segment has of the players of a team: a lead's own; of all teams for an admin who names none.

    Raises InvalidInput, NotAllowed.
    """
    if caller.role != "admin" and caller.team is None:  # None is no team here, and never all of them
        raise NotAllowed("Your team has just changed. Sign in again.")
    if segment.contradiction:
        raise InvalidInput("This cannot be together with the rest.", pointer=f"/segment/{segment.contradiction}")
    of_team = team if caller.role == "admin" else caller.team
    return campaign_segments.audience(tx, segment, of_team, business_day(now()), MOST_LOOKED_AT)
