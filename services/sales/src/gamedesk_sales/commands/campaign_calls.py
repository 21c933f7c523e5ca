"""Whom to call for a campaign: the list is drawn from its segment, and follows what is said and sold (R15)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import NotAllowed, ReferenceNotYetKnown
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_sales.errors import CampaignNotRunning
from gamedesk_sales.model.business_days import business_day
from gamedesk_sales.model.campaign_calls import Campaign, state_of
from gamedesk_sales.model.players import Player
from gamedesk_sales.model.touches import Touch
from gamedesk_sales.repository import campaign_calls as calls
from gamedesk_sales.repository import campaign_draws as draws
from gamedesk_sales.repository import campaign_segments as segments
from gamedesk_sales.repository import contact_blocks

_AT_ONCE = 1000


def follow_campaign(tx: Connection, campaign_id: UUID) -> None:
    """The copy of a campaign has changed: one that runs has its list drawn once for each segment, one that has ended is
    drawn no further."""
    campaign = draws.campaign(tx, campaign_id)
    if campaign is None:
        return
    if campaign.state == "running":
        draws.begin(tx, campaign, None, now(), again=False)
    else:
        draws.stop(tx, campaign_id, now())


def known_campaign(tx: Connection, campaign_id: UUID) -> Campaign:
    """One that a request names. Raises ReferenceNotYetKnown."""
    campaign = draws.campaign(tx, campaign_id)
    if campaign is None:
        raise ReferenceNotYetKnown(pointer="/campaign_id", reference={"kind": "campaign", "id": str(campaign_id)})
    return campaign


def draw_again(tx: Connection, caller: Principal, campaign_id: UUID) -> Outcome:
    """Add who has come to be of the segment since; nobody is taken off. A draw that goes on just goes on.

    Raises ReferenceNotYetKnown, NotAllowed, CampaignNotRunning.
    """
    campaign = known_campaign(tx, campaign_id)
    if caller.role != "admin" and (caller.team is None or campaign.team != caller.team):
        raise NotAllowed("Only a lead of its team or an admin draws its list.")
    if campaign.state != "running":
        raise CampaignNotRunning("Launch it first.", pointer="/campaign_id", state=campaign.state)
    draws.begin(tx, campaign, caller.id, now(), again=True)
    return Outcome(str(campaign_id), status=202)


def draw_some(tx: Connection) -> bool:
    """Look at some more players for a list that is being drawn; whether there may be more to do."""
    draw = draws.lock_running(tx)
    if draw is None:
        return False
    moment = now()
    if draw.after is None:
        draw = replace(draw, players=draws.count_players(tx))
    held = draws.hold_players(tx, draw.after, _AT_ONCE)
    found = segments.candidates(tx, draw.segment, draw.team, business_day(moment), held)
    wanted = [one for one in found if not one.minor and not one.blocked]
    minors = sum(one.minor for one in found)
    over = len(held) < _AT_ONCE
    draw = replace(
        draw,
        after=held[-1] if held else draw.after,
        looked_at=draw.looked_at + len(held),
        added=draw.added + calls.add_drawn(tx, draw.campaign_id, wanted, moment),
        minors=draw.minors + minors,
        blocked=draw.blocked + len(found) - len(wanted) - minors,
        state="done" if over else "running",
        finished_at=moment if over else None,
    )
    draws.save(tx, draw)
    return True


def follow_touch(tx: Connection, player: Player, touch: Touch) -> None:
    """A contact moves the person on the list of its campaign, whether somebody drew him or not; a wish not to be
    contacted moves him on all lists. Call with the player locked."""
    if touch.campaign_id is not None:
        values = _standing(tx, touch.campaign_id, player.ids)
        if not calls.save_standing(tx, touch.campaign_id, player.ids, values, touch.recorded_at):
            calls.insert_undrawn(tx, touch.campaign_id, player, values, touch.recorded_at)
    if touch.outcome == "do_not_contact":
        follow_block(tx, player.ids, touch.recorded_at)


def follow_block(tx: Connection, player_ids: Sequence[UUID], moment: datetime) -> None:
    """Somebody asked not to be contacted, or may be again: where he stands for the campaigns that run."""
    for campaign_id in calls.campaigns_of(tx, player_ids, running=True):
        follow_sale(tx, campaign_id, player_ids, moment)


def follow_merge(tx: Connection, players: Iterable[Player], moment: datetime) -> None:
    """Records have come to be one person's, or two persons' again: where each stands for every campaign that one of
    them is on the list of. Call with the players locked."""
    persons = {player.player_id: player for player in players}.values()
    campaigns = calls.campaigns_of(tx, [id for person in persons for id in person.ids], running=False)
    for campaign_id in campaigns:
        for person in persons:
            values = _standing(tx, campaign_id, person.ids)
            if not calls.save_standing(tx, campaign_id, person.ids, values, moment) and values["touches"]:
                calls.insert_undrawn(tx, campaign_id, person, values, moment)


def follow_sale(tx: Connection, campaign_id: UUID, player_ids: Sequence[UUID], moment: datetime) -> None:
    """An order for a campaign was cancelled: the person stands where he stood without it."""
    calls.save_standing(tx, campaign_id, player_ids, _standing(tx, campaign_id, player_ids), moment)


def _standing(tx: Connection, campaign_id: UUID, player_ids: Sequence[UUID]) -> dict[str, Any]:
    said = calls.touches_for(tx, campaign_id, player_ids)
    blocked = contact_blocks.in_force(tx, player_ids) is not None
    return {"state": state_of(said, blocked), "touches": len(said)}
