"""Campaigns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, insert, select, union, update

from gamedesk_catalog.model.campaigns import Campaign, Segment
from gamedesk_catalog.repository.arrays import any_of
from gamedesk_catalog.tables import campaigns, discount_rules, packs


def _campaign(row: Row[Any]) -> Campaign:
    segment = Segment(**{**row.segment, "tiers": tuple(row.segment["tiers"])})
    arrays = {"game_ids": tuple(row.game_ids), "pack_ids": tuple(row.pack_ids)}
    return Campaign(**{**row._mapping, **arrays, "segment": segment})


def get(tx: Connection, campaign_id: UUID) -> Campaign | None:
    return _first(tx, select(campaigns).where(campaigns.c.campaign_id == campaign_id))


def lock(tx: Connection, campaign_id: UUID) -> Campaign | None:
    return _first(tx, select(campaigns).where(campaigns.c.campaign_id == campaign_id).with_for_update())


def share(tx: Connection, campaign_id: UUID) -> Campaign | None:
    """It stays as it is until this transaction ends: for who makes something of it. Campaigns are locked last."""
    return _first(tx, select(campaigns).where(campaigns.c.campaign_id == campaign_id).with_for_update(read=True))


def _first(tx: Connection, query: Select[Any]) -> Campaign | None:
    row = tx.execute(query).one_or_none()
    return _campaign(row) if row else None


def page_query(*, state: str | None, game_id: str | None, before: UUID | None, limit: int) -> Select[Any]:
    query = select(campaigns).order_by(campaigns.c.campaign_id.desc()).limit(limit)
    if state is not None:
        query = query.where(campaigns.c.state == state)
    if game_id is not None:
        query = query.where(campaigns.c.game_ids.contains([game_id]))
    return query if before is None else query.where(campaigns.c.campaign_id < before)


def list_page(
    tx: Connection, *, state: str | None, game_id: str | None, before: UUID | None, limit: int
) -> list[Campaign]:
    """The newest first (ids are made in the order of time)."""
    rows = tx.execute(page_query(state=state, game_id=game_id, before=before, limit=limit))
    return [_campaign(row) for row in rows]


def all_after(tx: Connection, after: UUID | None, limit: int) -> list[Campaign]:
    query = select(campaigns).order_by(campaigns.c.campaign_id).limit(limit)
    if after is not None:
        query = query.where(campaigns.c.campaign_id > after)
    return [_campaign(row) for row in tx.execute(query)]


def lock_over(tx: Connection, today: date, limit: int) -> list[Campaign]:
    """Those that run after their last day, locked; what another transaction works on is left to it."""
    over = campaigns.c.state == "running", campaigns.c.ends_on < today
    query = select(campaigns).where(*over).order_by(campaigns.c.ends_on).limit(limit)
    return [_campaign(row) for row in tx.execute(query.with_for_update(skip_locked=True))]


def insert_campaign(tx: Connection, campaign: Campaign) -> None:
    tx.execute(insert(campaigns).values(_columns(campaign)))


def save(tx: Connection, campaign: Campaign) -> None:
    query = update(campaigns).where(campaigns.c.campaign_id == campaign.campaign_id)
    tx.execute(query.values(_columns(campaign)))


def _columns(campaign: Campaign) -> dict[str, Any]:
    arrays = {name: list(getattr(campaign, name)) for name in ("game_ids", "pack_ids")}
    return {**asdict(campaign), **arrays}


def states_of_packs(tx: Connection, pack_ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """(game, state) of each pack that there is."""
    query = select(packs.c.pack_id, packs.c.game_id, packs.c.state).where(any_of(packs.c.pack_id, pack_ids))
    return {row.pack_id: (row.game_id, row.state) for row in tx.execute(query)}


def games_in_use(tx: Connection, campaign_id: UUID) -> set[str]:
    """The games of the packs that were made for a campaign, retired ones apart, and of its discount rules."""
    of_packs = select(packs.c.game_id).where(packs.c.campaign_id == campaign_id, packs.c.state != "retired")
    of_rules = select(discount_rules.c.game_id).where(
        discount_rules.c.campaign_id == campaign_id, discount_rules.c.game_id.isnot(None)
    )
    return set(tx.execute(union(of_packs, of_rules)).scalars())
