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
from gamedesk_catalog.errors import DiscountNotAllowed, PackNotFound, PackRetired, UnknownCampaign, ValidUntilPassed
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
    theirs = caller.team is not None and agents.team_of(tx, pack.created_by) == caller.team
    if caller.role != "lead" or not theirs:
        raise NotAllowed("Only its maker or a lead of his team changes a pack.")


def lines_of(pack: Pack) -> tuple[tuple[UUID, int], ...]:
    return tuple((line.item_id, line.quantity) for line in pack.contents)


def require_open_campaign(tx: Connection, pack: Pack) -> None:
    """What a campaign was for is not put on sale after its end. Raises UnknownCampaign."""
    campaign = campaigns.share(tx, pack.campaign_id) if pack.campaign_id else None
    if campaign is not None and campaign.state == "ended":
        raise UnknownCampaign("Its campaign has ended: take the pack out of it first.")


def check_end(valid_until: datetime | None, moment: datetime, pointer: str | None = None) -> None:
    """Raises ValidUntilPassed."""
    if valid_until is not None and valid_until <= moment:
        raise ValidUntilPassed("Choose a time to come.", pointer=pointer)


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


def save(tx: Connection, before: Pack, after: Pack, actor: str, moment: datetime) -> None:
    """Write a locked pack. Where its contents become other ones, its items are locked already."""
    saved = replace(after, version=before.version + 1, updated_at=moment)
    packs.save(tx, saved, contents=_stored_lines(before) != _stored_lines(after))
    events.packs_updated(tx, [saved], actor)


def _stored_lines(pack: Pack) -> list[tuple[UUID, int, int]]:
    return [(line.item_id, line.quantity, line.unit_price_fen) for line in pack.contents]
