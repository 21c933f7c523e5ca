"""The sales service on a real database, with copies that came by event, as they do in production.

KF001 is admin, KF002 lead and KF003 agent of team A, KF004 agent and KF005 lead of team B.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID, uuid4

import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.events import Event
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.migrate import migrate
from gamedesk_chassis.processor import Delivery, Processor, Verdict
from gamedesk_sales.__main__ import SERVICE
from gamedesk_sales.app import create_app
from gamedesk_sales.model.business_days import business_day, midnight
from gamedesk_sales.settings import Settings
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

from .campaign_lists import campaign, drawn, somebody  # noqa: F401 - fixtures

AGENTS = [
    ("KF001", "admin", "A"),
    ("KF002", "lead", "A"),
    ("KF003", "agent", "A"),
    ("KF004", "agent", "B"),
    ("KF005", "lead", "B"),
]
CREATED_AT = "2026-11-01T00:00:00Z"


def migrate_sales(url: str) -> None:
    migrate(url, SERVICE.migrations)
    database = Database(url, pool_size=1)
    for agent_id, role, team in AGENTS:
        data = {"agent_id": agent_id, "role": role, "team": team, "active": True}
        assert deliver(database, event("players.agent.updated.v1", agent_id, data)) == Verdict.DONE
    database.dispose()


def event(type: str, subject: str, data: dict[str, Any], version: int = 1, *, republication: bool = False) -> Event:
    return Event(
        id=new_id(),
        source=f"/{type.split('.')[0]}",
        type=type,
        subject=subject,
        time=datetime.now(UTC),
        aggregateversion=version,
        data=data,
        republication=republication,
    )


def deliver(database: Database, received: Event) -> Verdict:
    """Through inbox and consumer, as the worker does."""
    durable = f"sales-{received.type.split('.')[0]}"
    processor = Processor(database, durable, SERVICE.listeners[durable])
    return processor.process([Delivery(received.type, received.to_bytes())])[0]


@pytest.fixture(scope="session")
def games_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """No games; who needs one puts that of `simulated_games` in its place."""
    file = tmp_path_factory.mktemp("games") / "games.yaml"
    file.write_text("games: []\n", encoding="utf-8")
    return file


@pytest.fixture
def settings(fresh_database: Callable[..., str], keys: Any, games_file: Path) -> Settings:
    return Settings(
        database_url=fresh_database("sales", migrate_sales),
        jwks_file=keys.jwks_file,
        games_file=games_file,
        web_threads=4,
        validate_responses=True,
    )


@pytest.fixture
def database(settings: Settings) -> Any:
    database = Database(settings.database_url, pool_size=4)
    yield database
    database.dispose()


@pytest.fixture
def anonymous(settings: Settings) -> ApiClient:
    return ApiClient(create_app(settings))


@pytest.fixture
def as_agent(anonymous: ApiClient, token_for: Callable[..., str]) -> Callable[[str], ApiClient]:
    """`as_agent("KF003")`: a client signed in as one of the five."""
    roles = {agent_id: (role, team) for agent_id, role, team in AGENTS}
    return lambda agent_id: anonymous.signed_in(token_for(agent_id, *roles[agent_id]))


class Feed(Protocol):
    def __call__(
        self, type: str, subject: str, data: dict[str, Any], version: int = 1, *, republication: bool = False
    ) -> None: ...


@pytest.fixture
def feed(database: Database) -> Feed:
    """`feed(type, subject, data, version)`: an event arrives and is applied; a dead letter fails the test."""

    def arrive(type: str, subject: str, data: dict[str, Any], version: int = 1, *, republication: bool = False) -> None:
        assert deliver(database, event(type, subject, data, version, republication=republication)) == Verdict.DONE
        with database.begin() as tx:
            assert tx.execute(text("SELECT error FROM dead_letter")).scalars().all() == []

    return arrive


@pytest.fixture
def known_player(feed: Feed) -> Callable[..., str]:
    """`known_player(owner="KF003", minor_band="8_15")`: the id of a player whom sales has heard of."""

    def create(owner: str = "KF003", player_id: str | None = None, version: int = 1, **fields: Any) -> str:
        player_id = player_id or str(new_id())
        data = {
            "player_id": player_id,
            "owner_agent_id": owner,
            "tier": "big",
            "minor_band": "none",
            "merged_into": None,
            "erased": False,
            "created_at": CREATED_AT,
            "updated_at": CREATED_AT,
            **fields,
        }
        feed("players.player.created.v1" if version == 1 else "players.player.updated.v1", player_id, data, version)
        return player_id

    return create


@pytest.fixture
def player(known_player: Callable[..., str]) -> str:
    """A player of KF003."""
    return known_player()


@pytest.fixture
def known_profile(feed: Feed) -> Callable[..., str]:
    """`known_profile(player_id, game_id="xiyou", state="ok")`: the id of a profile."""

    def create(player_id: str, game_id: str = "xiyou", state: str = "ok", version: int = 1, **fields: Any) -> str:
        profile_id = fields.pop("profile_id", None) or str(new_id())
        data = {
            "profile_id": profile_id,
            "player_id": player_id,
            "game_id": game_id,
            "server": "一区 花果山",
            "game_account_id": f"{game_id}-{profile_id[-6:]}",
            "state": state,
            "synced_at": CREATED_AT,
            **fields,
        }
        feed("players.profile.synced.v1", profile_id, data, version)
        return profile_id

    return create


@pytest.fixture
def known_ticket(feed: Feed) -> Callable[..., str]:
    """`known_ticket(player_id, category="payment", state="pending")`: the id of a ticket."""

    def create(player_id: str, category: str = "payment", state: str = "pending", **fields: Any) -> str:
        version, ticket_id = fields.pop("version", 1), fields.pop("ticket_id", None) or str(new_id())
        republication = fields.pop("republication", False)
        moment = datetime.now(UTC).isoformat()
        data = {
            "ticket_id": ticket_id,
            "number": "T-000123",
            "player_id": player_id,
            "state": state,
            "category": category,
            "asked_at": CREATED_AT,
            "done_at": moment if state == "done" else None,
            "cycle": 1,
            **fields,
        }
        feed("tickets.ticket.updated.v1", ticket_id, data, version, republication=republication)
        return ticket_id

    return create


@pytest.fixture
def known_pack(feed: Feed) -> Callable[..., dict[str, Any]]:
    """`known_pack(**fields)`: the data of a pack of two items, ¥100 less 20 %, unless `fields` say otherwise."""

    def create(version: int = 1, **fields: Any) -> dict[str, Any]:
        data = {
            "pack_id": str(new_id()),
            "code": "7K2QX",
            "name": "周末礼包",
            "state": "active",
            "discount_bp": 2000,
            "list_price_fen": 10_000,
            "price_fen": 8_000,
            "currency": "CNY",
            "contents": [pack_line("昊天令", 1, 4_000), pack_line("九转还魂丹", 3, 2_000)],
            "revision": 1,
            "version": version,
            "valid_until": None,
            "created_by": "KF001",
            "created_at": CREATED_AT,
            "updated_at": CREATED_AT,
            **fields,
        }
        feed("catalog.pack.updated.v1", data["pack_id"], data, version)
        return data

    return create


def pack_line(name: str, quantity: int, unit_price_fen: int, game_id: str = "xiyou") -> dict[str, Any]:
    item_id = str(new_id())
    return {
        "item_id": item_id,
        "game_id": game_id,
        "code": f"item_{item_id[-6:]}",
        "name": name,
        "quantity": quantity,
        "unit_price_fen": unit_price_fen,
    }


@pytest.fixture
def pack(known_pack: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """An active pack."""
    return known_pack()


@pytest.fixture
def known_campaign(feed: Feed) -> Callable[..., str]:
    """`known_campaign(campaign_id=None, **fields)`: the id of a campaign that runs, for all players."""

    def create(campaign_id: str | None = None, version: int = 1, **fields: Any) -> str:
        campaign_id = campaign_id or str(new_id())
        plain = {"name": "双十一", "state": "running", "team": None, "starts_on": "2026-11-01", "ends_on": "2999-01-01"}
        for_whom = {"game_ids": ["xiyou"], "segment": {"tiers": []}}
        data = {"campaign_id": campaign_id, **plain, **for_whom, **fields}
        feed("catalog.campaign.updated.v1", campaign_id, data, version)
        return campaign_id

    return create


def _a_minute_ago() -> datetime:
    """And not yesterday, as it would be in the first minute of a day in Shanghai."""
    moment = datetime.now(UTC)
    return max(moment - timedelta(minutes=1), midnight(business_day(moment)).astimezone(UTC))


@pytest.fixture
def order_body(player: str, pack: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    """`order_body(**fields)`: what sells `pack` to `player`, paid a minute ago; a field given as None is left out."""

    def body(**fields: Any) -> dict[str, Any]:
        usual = {
            "player_id": player,
            "pack_code": pack["code"],
            "pack_revision": pack["revision"],
            "method": "wechat_pay",
            "transaction_id": f"42000{uuid4().int % 10**20}",
            "amount_paid_fen": pack["price_fen"],
            "paid_at": _a_minute_ago().isoformat(),
        }
        return {name: value for name, value in {**usual, **fields}.items() if value is not None}

    return body


@pytest.fixture
def reasons(as_agent: Callable[[str], ApiClient]) -> dict[str, dict[str, Any]]:
    """The lost reasons by name."""
    return {reason["name"]: reason for reason in as_agent("KF003").get("/lost-reasons").json()["items"]}


@pytest.fixture
def published(database: Database) -> Callable[[], list[Any]]:
    """`published()`: the outbox in order, rows with type, aggregate_id, version, payload, actor."""

    def rows() -> list[Any]:
        with database.begin() as tx:
            return list(tx.execute(text("SELECT * FROM outbox ORDER BY id")).all())

    return rows


@pytest.fixture
def unknown_id() -> str:
    return str(UUID(int=7, version=4))


@pytest.fixture
def quote_body(player: str, pack: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    """`quote_body(**fields)`: what promises `pack` to `player` at its price of now; None is left out."""

    def body(**fields: Any) -> dict[str, Any]:
        usual = {
            "player_id": player,
            "pack_code": pack["code"],
            "pack_revision": pack["revision"],
            "price_fen": pack["price_fen"],
        }
        return {name: value for name, value in {**usual, **fields}.items() if value is not None}

    return body


@pytest.fixture
def promise(
    as_agent: Callable[[str], ApiClient], quote_body: Callable[..., dict[str, Any]]
) -> Callable[..., dict[str, Any]]:
    """`promise(agent="KF003", **fields)`: a quote that was made."""

    def make(agent: str = "KF003", **fields: Any) -> dict[str, Any]:
        response = as_agent(agent).post("/quotes", quote_body(**fields))
        assert response.status_code == 201, response.text
        return response.json()

    return make


@pytest.fixture
def sale_of(order_body: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """`sale_of(quote, **fields)`: what sells from a quote."""

    def body(quote: dict[str, Any], **fields: Any) -> dict[str, Any]:
        return order_body(quote_id=quote["quote_id"], pack_code=None, pack_revision=None, **fields)

    return body


@pytest.fixture
def end_at(database: Database) -> Callable[..., None]:
    """`end_at(quote, minutes=-1)`: as if it had been promised until then."""

    def end(quote: dict[str, Any], **span: float) -> None:
        moment = datetime.now(UTC) + timedelta(**span)
        with database.begin() as tx:
            values = {"moment": moment, "id": quote["quote_id"]}
            tx.execute(text("UPDATE quotes SET expires_at = :moment WHERE quote_id = :id"), values)

    return end
