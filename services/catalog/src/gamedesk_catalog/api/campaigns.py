"""Campaigns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, bounded_day, create_once, expected_version

from gamedesk_catalog.api.resources import resources
from gamedesk_catalog.commands import campaigns as commands
from gamedesk_catalog.errors import UnknownGame
from gamedesk_catalog.model.campaigns import NewCampaign, Segment
from gamedesk_catalog.queries import campaigns as queries
from gamedesk_catalog.tables import idempotency_keys
from gamedesk_catalog.views.campaigns import campaign_view
from gamedesk_catalog.views.packs import pack_view


def list_campaigns(
    state: str | None = None, game_id: str | None = None, limit: int = 50, cursor: str | None = None
) -> Answer:
    found, next_cursor = resources().database.read(queries.list_campaigns, state, game_id, cursor, limit)
    return answer({"items": [campaign_view(campaign) for campaign in found], "next_cursor": next_cursor})


def create_campaign(body: dict[str, Any]) -> Answer:
    new = NewCampaign(**_fields(body))
    outcome = create_once(
        resources().database,
        idempotency_keys,
        body,
        lambda tx, caller: commands.create_campaign(tx, caller, new),
    )
    return _campaign(UUID(outcome.resource_id), outcome.status)


def get_campaign(campaign_id: str) -> Answer:
    return _campaign(UUID(campaign_id))


def edit_campaign(campaign_id: str, body: dict[str, Any]) -> Answer:
    return _changed(commands.edit_campaign, UUID(campaign_id), _fields(body))


def launch_campaign(campaign_id: str) -> Answer:
    return _changed(commands.launch_campaign, UUID(campaign_id))


def end_campaign(campaign_id: str) -> Answer:
    return _changed(commands.end_campaign, UUID(campaign_id))


def list_campaign_packs(campaign_id: str, limit: int = 50, cursor: str | None = None) -> Answer:
    found, next_cursor = resources().database.snapshot(queries.list_packs, UUID(campaign_id), cursor, limit)
    return answer({"items": [pack_view(pack) for pack in found], "next_cursor": next_cursor})


def _changed(command: Callable[..., None], campaign_id: UUID, *more: Any) -> Answer:
    caller, expected = current_principal(), expected_version()
    try:
        resources().database.transact(command, caller, campaign_id, expected, *more)
    except StaleVersion as stale:
        stale.extra["current"] = _campaign(campaign_id)[0]
        raise
    return _campaign(campaign_id)


def _campaign(campaign_id: UUID, status: int = 200) -> Answer:
    campaign = resources().database.read(queries.get_campaign, campaign_id)
    return answer(campaign_view(campaign), status, version=campaign.version)


def _fields(body: dict[str, Any]) -> dict[str, Any]:
    """The fields of a NewCampaign in a request. Raises UnknownGame."""
    fields = dict(body)
    for name in ("starts_on", "ends_on"):
        if name in fields:
            fields[name] = bounded_day(fields[name], f"/{name}")
    if "game_ids" in fields:
        fields["game_ids"] = tuple(fields["game_ids"])
        for number, game_id in enumerate(fields["game_ids"]):
            _require_game(game_id, f"/game_ids/{number}")
    if "pack_ids" in fields:
        fields["pack_ids"] = tuple(UUID(pack_id) for pack_id in fields["pack_ids"])
    if "segment" in fields:
        stated = fields["segment"]
        fields["segment"] = Segment(**{**stated, "tiers": tuple(stated.get("tiers", ()))})
        _require_game(stated.get("game_id"), "/segment/game_id")
    return fields


def _require_game(game_id: str | None, pointer: str) -> None:
    if game_id is not None and game_id not in resources().push_keys:
        raise UnknownGame("Choose a configured game.", pointer=pointer)
