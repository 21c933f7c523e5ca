"""What this service listens to: copies of players (whose owner is responsible for unassigned work), of their game
profiles, and of agents. Who was erased is erased here too. And orders: what is not delivered in time has a ticket."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.clock import parse_rfc3339
from gamedesk_chassis.digests import Copied, compared
from gamedesk_chassis.events import Event
from sqlalchemy import Connection

from gamedesk_tickets import tables
from gamedesk_tickets.commands.delivery_tickets import follow_delivery
from gamedesk_tickets.commands.erasures import erase_player
from gamedesk_tickets.model.deliveries import OverdueDelivery
from gamedesk_tickets.repository import copies, tickets


def player_changed(tx: Connection, event: Event) -> None:
    data = event.data
    player_id = UUID(data["player_id"])
    news = copies.copy_player(
        tx,
        player_id,
        {
            "owner_agent_id": data["owner_agent_id"],
            "tier": data["tier"],
            "minor_band": data["minor_band"],
            "merged_into": UUID(data["merged_into"]) if data["merged_into"] else None,
            "erased": data["erased"],
        },
        event.aggregateversion,
        republication=event.republication,
    )
    if news:
        tickets.follow_tier(tx, player_id)
    if data["erased"]:  # whatever brings it: a backup that was put back says it again by a republication
        erase_player(tx, player_id, event.actor)


def profile_synced(tx: Connection, event: Event) -> None:
    data = event.data
    player_id = UUID(data["player_id"])
    erased = copies.is_erased(tx, player_id)  # an event from before may come after
    copies.copy_profile(
        tx,
        UUID(data["profile_id"]),
        {"player_id": player_id, "game_id": data["game_id"], "server": None if erased else data["server"]},
        event.aggregateversion,
        republication=event.republication,
    )


def agent_changed(tx: Connection, event: Event) -> None:
    data = event.data
    copies.copy_agent(
        tx,
        data["agent_id"],
        {"role": data["role"], "team": data["team"], "active": data["active"]},
        event.aggregateversion,
        republication=event.republication,
    )


def order_updated(tx: Connection, event: Event) -> None:
    """Only what was ever overdue is of interest, and nothing is copied: a republication does nothing here."""
    data = event.data
    overdue_since = parse_rfc3339(data.get("delivery_overdue_since"))
    paid_at = parse_rfc3339(data["paid_at"])
    if overdue_since is None or paid_at is None or event.republication:
        return
    delivery = OverdueDelivery(
        order_id=UUID(data["order_id"]),
        number=data["number"],
        player_id=UUID(data["player_id"]),
        game_id=data["game_id"],
        pack_code=data["pack_code"],
        paid_at=paid_at,
        overdue_since=overdue_since,
        state=data["delivery_state"],
    )
    follow_delivery(tx, delivery, event.aggregateversion)


FROM_PLAYERS = {
    "players.player.created.v1": player_changed,
    "players.player.updated.v1": player_changed,
    "players.player.merged.v1": player_changed,
    "players.player.erased.v1": player_changed,
    "players.profile.synced.v1": profile_synced,
    "players.agent.updated.v1": agent_changed,
    **compared(
        "players",
        "tickets-players",
        [
            Copied("player", tables.player_copies),
            Copied("profile", tables.profile_copies),
            Copied("agent", tables.agent_copies),
        ],
    ),
}
FROM_SALES = {"sales.order.updated.v1": order_updated}
LISTENERS = {"tickets-players": FROM_PLAYERS, "tickets-sales": FROM_SALES}
