"""Campaigns as the catalog says them, and how far their call lists are filled."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from gamedesk_sales.model.campaign_calls import Campaign, Draw, Segment
from gamedesk_sales.tables import campaign_copies, campaign_draws, player_copies

_LISTED = player_copies.c.merged_into.is_(None), ~player_copies.c.erased
_NEW_ROUND = ("segment", "team", "state", "after", "players", "looked_at", "added", "minors", "blocked", "started_by",
              "started_at", "finished_at")  # fmt: skip


def campaign(tx: Connection, campaign_id: UUID) -> Campaign | None:
    row = tx.execute(select(campaign_copies).where(campaign_copies.c.campaign_id == campaign_id)).one_or_none()
    if row is None:
        return None
    values = {field.name: row._mapping[field.name] for field in fields(Campaign)}
    return Campaign(**{**values, "segment": Segment.of(row.segment, row.game_ids)})


def get(tx: Connection, campaign_id: UUID) -> Draw | None:
    return _first(tx, select(campaign_draws).where(campaign_draws.c.campaign_id == campaign_id))


def lock_running(tx: Connection) -> Draw | None:
    """One that is to go on, locked: that which is least far, so that a long one holds up none."""
    query = select(campaign_draws).where(campaign_draws.c.state == "running")
    query = query.order_by(campaign_draws.c.looked_at, campaign_draws.c.started_at)
    return _first(tx, query.limit(1).with_for_update(skip_locked=True))


def _first(tx: Connection, query: Select[Any]) -> Draw | None:
    row = tx.execute(query).one_or_none()
    return Draw(**{**row._mapping, "segment": Segment.of(row.segment)}) if row else None


def begin(tx: Connection, campaign: Campaign, by: str | None, moment: datetime, *, again: bool) -> None:
    """Begin to fill a list, unless that was begun for the same segment; with `again`, begin anew unless it goes on."""
    values = {
        "campaign_id": campaign.campaign_id,
        "segment": campaign.segment.plain(),
        "team": campaign.team,
        "state": "running",
        "round": 1,
        "after": None,
        "players": 0,
        "looked_at": 0,
        "added": 0,
        "minors": 0,
        "blocked": 0,
        "started_by": by,
        "started_at": moment,
        "finished_at": None,
    }
    statement = insert(campaign_draws).values(values)
    new = statement.excluded
    other = or_(campaign_draws.c.segment != new.segment, campaign_draws.c.team.is_distinct_from(new.team))
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["campaign_id"],
            set_={**{name: new[name] for name in _NEW_ROUND}, "round": campaign_draws.c.round + 1},
            where=or_(other, campaign_draws.c.state != "running") if again else other,
        )
    )


def save(tx: Connection, draw: Draw) -> None:
    names = ("state", "after", "players", "looked_at", "added", "minors", "blocked", "finished_at")
    query = update(campaign_draws).where(campaign_draws.c.campaign_id == draw.campaign_id)
    tx.execute(query.values({name: getattr(draw, name) for name in names}))


def stop(tx: Connection, campaign_id: UUID, moment: datetime) -> None:
    running = campaign_draws.c.campaign_id == campaign_id, campaign_draws.c.state == "running"
    tx.execute(update(campaign_draws).where(*running).values(state="stopped", finished_at=moment))


def count_players(tx: Connection) -> int:
    return tx.execute(select(func.count()).select_from(player_copies).where(*_LISTED)).scalar_one()


def hold_players(tx: Connection, after: UUID | None, limit: int) -> list[UUID]:
    """The next players; until the transaction ends nobody records anything of them, so what is read of them after this
    stays so."""
    query = select(player_copies.c.player_id).where(*_LISTED).order_by(player_copies.c.player_id).limit(limit)
    if after is not None:
        query = query.where(player_copies.c.player_id > after)
    return list(tx.execute(query.with_for_update(read=True, key_share=True)).scalars())
