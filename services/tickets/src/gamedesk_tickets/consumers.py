"""What this service listens to: copies of players (whose owner is responsible for unassigned work) and agents."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.events import Event
from sqlalchemy import Connection

from gamedesk_tickets.repository import copies, tickets


def player_changed(tx: Connection, event: Event) -> None:
    data = event.data
    copies.copy_player(
        tx,
        UUID(data["player_id"]),
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
    tickets.follow_tier(tx, UUID(data["player_id"]))


def agent_changed(tx: Connection, event: Event) -> None:
    data = event.data
    copies.copy_agent(
        tx,
        data["agent_id"],
        {"role": data["role"], "team": data["team"], "active": data["active"]},
        event.aggregateversion,
        republication=event.republication,
    )


FROM_PLAYERS = {
    "players.player.created.v1": player_changed,
    "players.player.updated.v1": player_changed,
    "players.agent.updated.v1": agent_changed,
}
