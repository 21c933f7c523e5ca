"""What every change of a pack has in common: finding and locking it, who may, and how it is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from gamedesk_chassis.errors import NotAllowed, StaleVersion
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_catalog import events
from gamedesk_catalog.errors import DiscountNotAllowed, PackNotFound, PackRetired, UnknownCampaign
from gamedesk_catalog.model.packs import Pack, PackState
from gamedesk_catalog.pricing import Priced
from gamedesk_catalog.repository import agents, campaigns, packs


def seen(tx: Connection, id_or_code: UUID | str, expected_version: int) -> Pack:
    """The pack before it is locked: its items, which have to be locked first, follow from its version.

    Raises PackNotFound, StaleVersion.
    """
    pack = packs.get(tx, id_or_code)
    if pack is None:
        raise PackNotFound.named(id_or_code)
    if pack.version != expected_version:
        raise StaleVersion()
    return pack


def locked(tx: Connection, pack_id: UUID, expected_version: int) -> Pack:
    """Raises PackNotFound, StaleVersion, PackRetired."""
    pack = packs.lock(tx, pack_id)
    if pack is None:
        raise PackNotFound()
    if pack.version != expected_version:
        raise StaleVersion()
    if pack.state == "retired":
        raise PackRetired()
    return pack


def require_maker(tx: Connection, caller: Principal, pack: Pack) -> None:
    """Raises NotAllowed."""
    if caller.id == pack.created_by or caller.role == "admin":
        return
    if caller.role != "lead" or agents.team_of(tx, pack.created_by) != caller.team:
        raise NotAllowed("Only its maker or a lead of his team changes a pack.")


def lines_of(pack: Pack) -> tuple[tuple[UUID, int], ...]:
    return tuple((line.item_id, line.quantity) for line in pack.contents)


def check_campaign(tx: Connection, campaign_id: UUID | None, game_id: str | None) -> None:
    """A campaign that something is to be of has not ended, and is in the game. Raises UnknownCampaign."""
    if campaign_id is None:
        return
    campaign = campaigns.get(tx, campaign_id)
    if campaign is None or campaign.state == "ended" or game_id not in (None, *campaign.game_ids):
        raise UnknownCampaign("Choose a campaign of this game that has not ended.", pointer="/campaign_id")


def judge(priced: Priced) -> Literal["active", "pending_approval"]:
    """The state that these terms have for who asks. Raises DiscountNotAllowed."""
    if priced.allowed:
        return "active"
    if priced.needs_approval:
        return "pending_approval"
    raise DiscountNotAllowed("Give less discount.", pointer="/discount_bp")


def at_terms(pack: Pack, priced: Priced, state: PackState, role: str, moment: datetime) -> Pack:
    """`pack` priced anew; the rule of `role` carries it if it is active now, and otherwise none."""
    carried = state == "active"
    return replace(
        in_state(pack, state, moment),
        game_id=priced.game_id,
        contents=priced.contents,
        discount_bp=priced.discount_bp,
        list_price_fen=priced.list_price_fen,
        price_fen=priced.price_fen,
        rounding=priced.rounding,
        allowed_as=role if carried else None,
        floor_fen=priced.floor_fen if carried else None,
        review_reason=None,
        approved_by=None,
    )


def in_state(pack: Pack, state: PackState, moment: datetime) -> Pack:
    return replace(pack, state=state, state_since=pack.state_since if state == pack.state else moment)


def save(tx: Connection, pack: Pack, actor: str, moment: datetime) -> None:
    saved = replace(pack, version=pack.version + 1, updated_at=moment)
    packs.save(tx, saved)
    events.packs_updated(tx, [saved], actor)
