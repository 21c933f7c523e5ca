"""Packs that wait for somebody to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.pagination import decode_cursor, page
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_catalog.model.discount_rules import NewDiscountRule
from gamedesk_catalog.model.packs import Breach, Pack
from gamedesk_catalog.repository import discount_rules, pack_revisions, packs


@dataclass(frozen=True)
class Waiting:
    """A pack that waits, and what whoever asks may do about it.

    `price_fen` is what it would cost as he allows it; his limits are None if no rule gives his role any.
    """

    pack: Pack
    may_approve: bool
    because: Literal["own_work"] | Breach | None
    price_fen: int
    max_discount_bp: int | None
    floor_fen: int | None


def list_waiting(
    tx: Connection, caller: Principal, game_id: str | None, cursor: str | None, limit: int
) -> tuple[list[Waiting], str | None]:
    """Those first that have waited longest."""
    after = decode_cursor(cursor, [datetime.fromisoformat, UUID])
    found, next_cursor = page(
        packs.list_waiting(tx, game_id, after, limit + 1), limit, lambda pack: [pack.state_since, pack.pack_id]
    )
    own = pack_revisions.revised_by(tx, [pack.pack_id for pack in found], caller.id)
    rules = discount_rules.in_force(tx, now())
    waiting = [
        _for(
            pack,
            rules.of(caller.role, pack.game_id, pack.campaign_id),
            caller.id == pack.created_by or pack.pack_id in own,
        )
        for pack in found
    ]
    return waiting, next_cursor


def _for(pack: Pack, rule: NewDiscountRule | None, own: bool) -> Waiting:
    breach: Breach | None = rule.breach(pack.contents, pack.discount_bp) if rule else "discount"
    return Waiting(
        pack=pack,
        may_approve=not own and breach is None,
        because="own_work" if own else breach,
        price_fen=rule.price(pack.contents, pack.discount_bp)[1] if rule else pack.price_fen,
        max_discount_bp=rule.max_discount_bp if rule else None,
        floor_fen=rule.floor(pack.contents) if rule else None,
    )
