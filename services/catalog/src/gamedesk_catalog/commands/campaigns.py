"""Planning campaigns, launching and ending them (R15, R23)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import InvalidInput, NotAllowed, StaleVersion
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_catalog import events
from gamedesk_catalog.errors import (
    CampaignDatesWrong,
    CampaignInUse,
    CampaignNotFound,
    CampaignNotOpen,
    FixedSinceLaunch,
    UnknownPack,
)
from gamedesk_catalog.model.business_days import business_day
from gamedesk_catalog.model.campaigns import CHANGES_WHILE_RUNNING, Campaign, NewCampaign, first_twice
from gamedesk_catalog.repository import campaigns

_AT_ONCE = 100


def create_campaign(tx: Connection, caller: Principal, new: NewCampaign) -> Outcome:
    """A draft: a lead's is for his team's players, an admin's for all.

    Raises NotAllowed, InvalidInput, CampaignDatesWrong, UnknownPack.
    """
    moment = now()
    if caller.role != "admin" and caller.team is None:
        raise NotAllowed("Your team is not known for certain; sign in again.")
    campaign = Campaign(
        **vars(new),
        campaign_id=new_id(),
        state="draft",
        team=None if caller.role == "admin" else caller.team,
        created_by=caller.id,
        version=1,
        created_at=moment,
        updated_at=moment,
    )
    _check(tx, campaign, moment, set(vars(new)))
    campaigns.insert_campaign(tx, campaign)
    events.campaigns_updated(tx, [campaign], caller.id)
    return Outcome(str(campaign.campaign_id))


def edit_campaign(
    tx: Connection, caller: Principal, campaign_id: UUID, expected_version: int, changes: Mapping[str, Any]
) -> None:
    """`changes` are fields of NewCampaign; games and the first day are fixed once it was launched.

    Raises CampaignNotFound, NotAllowed, StaleVersion, CampaignNotOpen, FixedSinceLaunch, CampaignInUse, and what
    `create_campaign` raises.
    """
    campaign, moment = _locked(tx, caller, campaign_id, expected_version)
    if campaign.state == "ended":
        raise CampaignNotOpen("Make a new one.", state=campaign.state)
    fixed = [name for name in changes if name not in CHANGES_WHILE_RUNNING and changes[name] != getattr(campaign, name)]
    if campaign.state == "running" and fixed:
        raise FixedSinceLaunch("Make another campaign for that.", pointer=f"/{fixed[0]}")
    edited = replace(campaign, **changes)
    _check(tx, edited, moment, {name for name in changes if changes[name] != getattr(campaign, name)})
    _save(tx, edited, caller.id, moment)


def launch_campaign(tx: Connection, caller: Principal, campaign_id: UUID, expected_version: int) -> None:
    """Let it run; the list of whom to call is drawn from now on, also before its first day.

    Raises CampaignNotFound, NotAllowed, StaleVersion, CampaignNotOpen, CampaignDatesWrong, UnknownPack.
    """
    campaign, moment = _locked(tx, caller, campaign_id, expected_version)
    if campaign.state != "draft":
        raise CampaignNotOpen("Only a draft is launched.", state=campaign.state)
    _check(tx, campaign, moment, {"ends_on", "pack_ids"})
    _save(tx, replace(campaign, state="running", launched_by=caller.id, launched_at=moment), caller.id, moment)


def end_campaign(tx: Connection, caller: Principal, campaign_id: UUID, expected_version: int) -> None:
    """End it before its last day is over; a draft is given up. Raises CampaignNotFound, NotAllowed, StaleVersion,
    CampaignNotOpen."""
    campaign, moment = _locked(tx, caller, campaign_id, expected_version)
    if campaign.state == "ended":
        raise CampaignNotOpen("It has ended already.", state=campaign.state)
    _save(tx, replace(campaign, state="ended", ended_by=caller.id, ended_at=moment), caller.id, moment)


def end_campaigns(tx: Connection) -> bool:
    """End those whose last day in Shanghai is over, some at a time; whether there may be more."""
    moment = now()
    over = campaigns.lock_over(tx, business_day(moment), _AT_ONCE)
    for campaign in over:
        _save(tx, replace(campaign, state="ended", ended_at=moment), None, moment)
    return len(over) == _AT_ONCE


def _locked(tx: Connection, caller: Principal, campaign_id: UUID, expected_version: int) -> tuple[Campaign, datetime]:
    """Raises CampaignNotFound, NotAllowed, StaleVersion."""
    campaign = campaigns.lock(tx, campaign_id)
    if campaign is None:
        raise CampaignNotFound()
    if caller.role != "admin" and (caller.team is None or campaign.team != caller.team):
        raise NotAllowed("Only a lead of its team or an admin changes a campaign.")
    if campaign.version != expected_version:
        raise StaleVersion()
    return campaign, now()


def _check(tx: Connection, campaign: Campaign, moment: datetime, changed: set[str]) -> None:
    """What is `changed` has to be right now; what is not was right when it was stated."""
    if campaign.starts_on > campaign.ends_on:
        pointer = "/starts_on" if "starts_on" in changed else "/ends_on"
        raise CampaignDatesWrong("Begin before the end.", pointer=pointer)
    if "ends_on" in changed and campaign.ends_on < business_day(moment):
        raise CampaignDatesWrong("Choose a last day that is not over.", pointer="/ends_on")
    contradiction = campaign.segment.contradiction
    if contradiction:
        raise InvalidInput("This cannot be together with the rest.", pointer=f"/segment/{contradiction}")
    if changed & {"segment", "game_ids"} and campaign.segment.game_id not in (None, *campaign.game_ids):
        raise InvalidInput("Choose one of the campaign's games.", pointer="/segment/game_id")
    for name in ("game_ids", "pack_ids"):
        twice = first_twice(getattr(campaign, name))
        if twice is not None:
            raise InvalidInput("Name it once.", pointer=f"/{name}/{twice}")
    if changed & {"pack_ids", "game_ids"}:
        _check_packs(tx, campaign)
    if "game_ids" in changed and not campaigns.games_in_use(tx, campaign.campaign_id) <= {*campaign.game_ids}:
        raise CampaignInUse("Retire those packs and delete those rules first.", pointer="/game_ids")


def _check_packs(tx: Connection, campaign: Campaign) -> None:
    known = campaigns.states_of_packs(tx, campaign.pack_ids)
    for number, pack_id in enumerate(campaign.pack_ids):
        game_id, state = known.get(pack_id, (None, None))
        if game_id not in campaign.game_ids or state == "retired":
            raise UnknownPack("Choose a pack of its games that is not retired.", pointer=f"/pack_ids/{number}")


def _save(tx: Connection, campaign: Campaign, actor: str | None, moment: datetime) -> None:
    saved = replace(campaign, version=campaign.version + 1, updated_at=moment)
    campaigns.save(tx, saved)
    events.campaigns_updated(tx, [saved], actor)
