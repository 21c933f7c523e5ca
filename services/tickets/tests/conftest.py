"""The tickets service on a real database that knows four agents and two players: one of KF003, one of KF004."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import pytest
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.events import Event
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.migrate import migrate
from gamedesk_testing.api_client import ApiClient
from gamedesk_tickets.__main__ import SERVICE
from gamedesk_tickets.app import create_app
from gamedesk_tickets.commands import entries as entry_commands
from gamedesk_tickets.commands import tickets as ticket_commands
from gamedesk_tickets.consumers import FROM_PLAYERS
from gamedesk_tickets.settings import Settings
from gamedesk_tickets.storage import Storage
from gamedesk_tickets.views import tickets as ticket_views
from sqlalchemy import text

from .clocked_desk import At, Desk, shanghai

AGENTS = [("KF001", "admin", "A"), ("KF002", "lead", "A"), ("KF003", "agent", "A"), ("KF004", "agent", "B")]
PLAYER_OF_KF003 = "019aa000-0000-7000-8000-000000000003"
PLAYER_OF_KF004 = "019aa000-0000-7000-8000-000000000004"


def hear(database: Database, type: str, subject: str, version: int, **data: Any) -> None:
    """The service takes in an event of players."""
    event = Event(
        id=new_id(),
        source="/players",
        type=type,
        subject=subject,
        time=datetime.now(UTC),
        aggregateversion=version,
        data=data,
    )
    database.transact(FROM_PLAYERS[type], event)


def hear_of_player(database: Database, player_id: str, owner: str, version: int = 1, tier: str = "none") -> None:
    data = {"player_id": player_id, "tier": tier, "minor_band": "none", "merged_into": None, "erased": False}
    hear(database, "players.player.updated.v1", player_id, version, owner_agent_id=owner, **data)


def hear_of_agent(
    database: Database, agent_id: str, role: str, team: str, version: int = 1, active: bool = True
) -> None:
    data = {"agent_id": agent_id, "role": role, "team": team, "active": active}
    hear(database, "players.agent.updated.v1", agent_id, version, **data)


def migrate_tickets(url: str) -> None:
    migrate(url, SERVICE.migrations)
    database = Database(url, pool_size=1)
    for agent_id, role, team in AGENTS:
        hear_of_agent(database, agent_id, role, team)
    hear_of_player(database, PLAYER_OF_KF003, "KF003")
    hear_of_player(database, PLAYER_OF_KF004, "KF004")
    database.dispose()


@pytest.fixture
def settings(fresh_database: Callable[..., str], keys: Any, tmp_path: Path) -> Settings:
    return Settings(
        database_url=fresh_database("tickets", migrate_tickets),
        jwks_file=keys.jwks_file,
        attachments_url=f"file://{tmp_path}/pictures",
        web_threads=4,
        validate_responses=True,
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_url, pool_size=4)
    yield database
    database.dispose()


@pytest.fixture
def anonymous(settings: Settings) -> ApiClient:
    return ApiClient(create_app(settings))


@pytest.fixture
def as_agent(anonymous: ApiClient, token_for: Callable[..., str]) -> Callable[[str], ApiClient]:
    """`as_agent("KF003")`: a client signed in as one of the four."""
    roles = {agent_id: (role, team) for agent_id, role, team in AGENTS}
    return lambda agent_id: anonymous.signed_in(token_for(agent_id, *roles[agent_id]))


@pytest.fixture
def agent(as_agent: Callable[[str], ApiClient]) -> ApiClient:
    """KF003, who owns PLAYER_OF_KF003."""
    return as_agent("KF003")


class NewTicket(Protocol):
    def __call__(self, client: ApiClient | None = None, **fields: Any) -> dict[str, Any]: ...


@pytest.fixture
def new_ticket(agent: ApiClient) -> NewTicket:
    """`new_ticket(client=KF003, **fields)`: a ticket of PLAYER_OF_KF003, unless `player_id` is given."""

    def create(client: ApiClient | None = None, **fields: Any) -> dict[str, Any]:
        body = {"player_id": PLAYER_OF_KF003, "detail": "充值未到账", "despite_open_ticket": True, **fields}
        response = (client or agent).post("/tickets", body)
        assert response.status_code == 201, response.text
        return response.json()

    return create


class Timeline(Protocol):
    def __call__(self, ticket: dict[str, Any]) -> list[dict[str, Any]]: ...


@pytest.fixture
def timeline(agent: ApiClient) -> Timeline:
    """`timeline(ticket)`: all its entries."""
    return lambda ticket: agent.get(f"/tickets/{ticket['ticket_id']}/entries", limit=200).json()["items"]


@pytest.fixture
def published(database: Database) -> Callable[[], list[Any]]:
    """`published()`: the outbox in order, rows with aggregate_id, version, payload, actor."""

    def rows() -> list[Any]:
        with database.begin() as tx:
            return list(tx.execute(text("SELECT * FROM outbox ORDER BY id")).all())

    return rows


@pytest.fixture
def unknown_id() -> str:
    return str(UUID(int=7, version=4))


@pytest.fixture
def kept_pictures(settings: Settings) -> Callable[[], set[UUID]]:
    """`kept_pictures()`: the ids in the store."""
    store = Storage(settings)
    return lambda: set().union(*store.older_than(now() + timedelta(minutes=1)))


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """`at("10:30")`: the service takes it to be that time."""

    def set_clock(moment: str) -> None:
        for module in (ticket_commands, entry_commands, ticket_views):
            monkeypatch.setattr(module, "now", lambda: shanghai(moment))

    return set_clock


@pytest.fixture
def desk(agent: ApiClient, new_ticket: NewTicket, at: At) -> Desk:
    return Desk(agent, new_ticket, at)
