"""What events of players change besides their copies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from gamedesk_chassis import inbox
from gamedesk_chassis.database import Database
from gamedesk_chassis.ids import new_id
from gamedesk_testing.api_client import ApiClient
from gamedesk_tickets.repository import tickets
from sqlalchemy import text

from .conftest import PLAYER_OF_KF003, PLAYER_OF_KF004, NewTicket, hear_of_player
from .test_merged_and_erased_players import erase


def test_tickets_follow_the_tier_of_the_newest_event(
    agent: ApiClient, new_ticket: NewTicket, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = {new_ticket()["ticket_id"] for _ in range(2)}
    new_ticket(player_id=PLAYER_OF_KF004)

    hear_of_player(database, PLAYER_OF_KF003, "KF003", version=3, tier="whale")
    followed: list[Any] = []
    monkeypatch.setattr(tickets, "follow_tier", lambda tx, player_id: followed.append(player_id))
    hear_of_player(database, PLAYER_OF_KF003, "KF003", version=2, tier="big")

    whales = agent.get("/tickets", tier="whale").json()["items"]
    assert {ticket["ticket_id"] for ticket in whales} == mine
    assert followed == [], "an older event changes nothing, and locks nothing"


def test_letters_that_name_an_erased_player_do_not_stay__erasure(database: Database) -> None:
    def bury(tx: Any, player_id: str) -> UUID:
        event_id = new_id()
        payload = f'{{"data": {{"player_id": "{player_id}", "game_account_id": "a1"}}}}'.encode()
        inbox.bury(tx, "tickets-players", event_id, "players.profile.synced.v1", payload, "KeyError")
        return event_id

    with database.begin() as tx:
        bury(tx, PLAYER_OF_KF003)
        others = bury(tx, PLAYER_OF_KF004)

    erase(database)

    with database.begin() as tx:
        assert tx.execute(text("SELECT event_id FROM dead_letter")).scalars().all() == [others]
