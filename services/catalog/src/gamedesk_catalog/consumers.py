"""What this service listens to: who may act here (players.agent.updated.v1)."""

from __future__ import annotations

from gamedesk_chassis.copies import upsert_if_newer
from gamedesk_chassis.digests import Copied, compared
from gamedesk_chassis.events import Event
from sqlalchemy import Connection

from gamedesk_catalog.tables import agent_copies


def agent_updated(tx: Connection, event: Event) -> None:
    agent = event.data
    upsert_if_newer(
        tx,
        agent_copies,
        {"agent_id": agent["agent_id"]},
        {"role": agent["role"], "team": agent["team"], "active": agent["active"]},
        event.aggregateversion,
        allow_equal=event.republication,
    )


FROM_PLAYERS = {
    "players.agent.updated.v1": agent_updated,
    **compared("players", "catalog-players", [Copied("agent", agent_copies)]),
}
LISTENERS = {"catalog-players": FROM_PLAYERS}
