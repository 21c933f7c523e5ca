"""Campaigns and their packs."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_catalog.errors import CampaignNotFound
from gamedesk_catalog.model.campaigns import Campaign
from gamedesk_catalog.model.packs import Pack
from gamedesk_catalog.repository import campaigns, packs


def get_campaign(tx: Connection, campaign_id: UUID) -> Campaign:
    campaign = campaigns.get(tx, campaign_id)
    if campaign is None:
        raise CampaignNotFound()
    return campaign


def list_campaigns(
    tx: Connection, state: str | None, game_id: str | None, cursor: str | None, limit: int
) -> tuple[list[Campaign], str | None]:
    before = decode_cursor(cursor, [UUID])
    found = campaigns.list_page(tx, state=state, game_id=game_id, before=before[0] if before else None, limit=limit + 1)
    return page(found, limit, lambda campaign: [campaign.campaign_id])


def list_packs(tx: Connection, campaign_id: UUID, cursor: str | None, limit: int) -> tuple[list[Pack], str | None]:
    before = decode_cursor(cursor, [UUID])
    campaign = get_campaign(tx, campaign_id)
    found = packs.list_of_campaign(tx, campaign_id, campaign.pack_ids, before[0] if before else None, limit + 1)
    return page(found, limit, lambda pack: [pack.pack_id])
