"""What this service publishes: aggregates as event payloads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from gamedesk_chassis import outbox
from gamedesk_chassis.digests import digest_type
from gamedesk_chassis.outbox import Change
from sqlalchemy import Connection

from gamedesk_catalog.model.campaigns import Campaign
from gamedesk_catalog.model.items import Item
from gamedesk_catalog.model.packs import Content, Pack

SOURCE = "/catalog"
DIGEST_COMPUTED = digest_type("catalog")  # said by the chassis: what copies have to look like
ITEM_UPDATED = "catalog.item.updated.v1"
PACK_UPDATED = "catalog.pack.updated.v1"
CAMPAIGN_UPDATED = "catalog.campaign.updated.v1"


def item_payload(item: Item) -> dict[str, Any]:
    return {
        "item_id": item.item_id,
        "game_id": item.game_id,
        "code": item.code,
        "name": item.name,
        "game_price_fen": item.game_price_fen,
        "override_price_fen": item.override_price_fen,
        "price_fen": item.price_fen,
        "currency": item.currency,
        "source_version": item.source_version,
        "updated_at": item.updated_at,
    }


def contents_payload(contents: Sequence[Content]) -> list[dict[str, Any]]:
    return [
        {
            "item_id": line.item_id,
            "game_id": line.game_id,
            "code": line.code,
            "name": line.name,
            "quantity": line.quantity,
            "unit_price_fen": line.unit_price_fen,
        }
        for line in contents
    ]


def pack_payload(pack: Pack) -> dict[str, Any]:
    return {
        "pack_id": pack.pack_id,
        "code": pack.code,
        "name": pack.name,
        "game_id": pack.game_id,
        "state": pack.state,
        "discount_bp": pack.discount_bp,
        "list_price_fen": pack.list_price_fen,
        "price_fen": pack.price_fen,
        "currency": pack.currency,
        "contents": contents_payload(pack.contents),
        "revision": pack.revision,
        "version": pack.version,
        "campaign_id": pack.campaign_id,
        "player_id": pack.player_id,
        "valid_from": pack.valid_from,
        "valid_until": pack.valid_until,
        "rounding": pack.rounding,
        "floor_fen": pack.floor_fen,
        "review_reason": pack.review_reason,
        "created_by": pack.created_by,
        "created_at": pack.created_at,
        "updated_at": pack.updated_at,
    }


def campaign_payload(campaign: Campaign) -> dict[str, Any]:
    return {
        "campaign_id": campaign.campaign_id,
        "name": campaign.name,
        "theme": campaign.theme,
        "starts_on": campaign.starts_on,
        "ends_on": campaign.ends_on,
        "game_ids": list(campaign.game_ids),
        "pack_ids": list(campaign.pack_ids),
        "segment": asdict(campaign.segment),
        "state": campaign.state,
        "team": campaign.team,
        "created_by": campaign.created_by,
        "launched_by": campaign.launched_by,
        "launched_at": campaign.launched_at,
        "ended_at": campaign.ended_at,
        "created_at": campaign.created_at,
        "updated_at": campaign.updated_at,
    }


def items_updated(tx: Connection, items: Sequence[Item], actor: str | None, *, republication: bool = False) -> None:
    changes = [
        Change(type=ITEM_UPDATED, aggregate_id=item.item_id, version=item.version, data=item_payload(item))
        for item in items
    ]
    outbox.append_many(tx, changes, source=SOURCE, actor=actor, republication=republication)


def packs_updated(tx: Connection, packs: Sequence[Pack], actor: str | None, *, republication: bool = False) -> None:
    changes = [
        Change(type=PACK_UPDATED, aggregate_id=pack.pack_id, version=pack.version, data=pack_payload(pack))
        for pack in packs
    ]
    outbox.append_many(tx, changes, source=SOURCE, actor=actor, republication=republication)


def campaigns_updated(
    tx: Connection, campaigns: Sequence[Campaign], actor: str | None, *, republication: bool = False
) -> None:
    changes = [
        Change(
            type=CAMPAIGN_UPDATED,
            aggregate_id=campaign.campaign_id,
            version=campaign.version,
            data=campaign_payload(campaign),
        )
        for campaign in campaigns
    ]
    outbox.append_many(tx, changes, source=SOURCE, actor=actor, republication=republication)
