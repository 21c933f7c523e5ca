"""The migrations of this service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from alembic import command
from gamedesk_chassis.migrate import alembic_config, migrate
from gamedesk_sales.__main__ import SERVICE
from gamedesk_sales.tables import lost_reasons, metadata
from gamedesk_testing.migrations import check_migrations
from sqlalchemy import Connection, create_engine, func, select, text

TABLES = """
INSERT INTO agent_copies (agent_id, role, team, active, version) VALUES ('KF003', 'agent', 'A', true, 1);
INSERT INTO player_copies (player_id, owner_agent_id, tier, minor_band, erased, version)
VALUES ('00000000-0000-0000-0000-000000000001', 'KF003', 'big', '8_15', false, 1);
"""
ORDER = """
INSERT INTO orders (order_id, player_id, seller_agent_id, profile_id, game_id, server, game_account_id, pack_id,
    pack_code, pack_name, pack_revision, pack_version, discount_bp, list_price_fen, contents, amount_due_fen,
    amount_paid_fen, currency, method, transaction_id, paid_at, state, verified, version, created_at, updated_at)
VALUES (CAST(:id AS uuid), :player, :agent, NULL, NULL, NULL, NULL, :pack, '7K2QX', '礼包', 1, 1, 0, 8000,
    '[{"game_id": "xiyou"}]', 8000, 8000, 'CNY', 'alipay', CAST(CAST(:id AS uuid) AS text), '2026-10-31T16:30:00Z',
    :state, true, 1, now(), now())
"""
TOUCH = """
INSERT INTO touches
    (touch_id, player_id, agent_id, outcome, situation, player_state, order_id, occurred_at, recorded_at)
VALUES (:id, :player, :agent, 'won', '', '', :id, '2026-10-31T16:30:00Z', now())
"""
KNOWN = "00000000-0000-0000-0000-000000000001"


@pytest.fixture
def steps(fresh_database: Callable[..., str]) -> Iterator[tuple[Callable[[str], None], Connection]]:
    """An empty database, and `to(revision)`, which goes there by upgrading or downgrading."""
    engine = create_engine(fresh_database("sales"))
    config = alembic_config(SERVICE.migrations)
    with engine.connect() as connection:
        config.attributes["connection"] = connection

        def to(revision: str) -> None:
            connection.commit()
            found = connection.execute(text("SELECT to_regclass('alembic_version')")).scalar_one()
            at = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() if found else ""
            connection.commit()
            (command.downgrade if revision < at else command.upgrade)(config, revision)

        yield to, connection
    engine.dispose()


def test_what_was_sold_before_keeps_who_it_was_and_is_not_delivered__upgrade(steps: Any) -> None:
    to, connection = steps
    to("0005")
    connection.execute(text(TABLES))
    sold, unknown = str(uuid4()), str(uuid4())
    for order, player, agent in ((sold, KNOWN, "KF003"), (unknown, str(uuid4()), "KF999")):
        values = {"id": order, "player": player, "agent": agent, "pack": str(uuid4()), "state": "paid"}
        connection.execute(text(ORDER), values)
        connection.execute(text(TOUCH), values)

    to("0011")

    query = "SELECT seller_team, tier, minor_band, business_day FROM orders WHERE order_id = :id"
    assert connection.execute(text(query), {"id": sold}).one() == ("A", "big", "8_15", date(2026, 11, 1))
    assert connection.execute(text(query), {"id": unknown}).one() == ("", "none", "none", date(2026, 11, 1))
    query = "SELECT agent_team, tier, business_day FROM touches WHERE order_id = :id"
    assert connection.execute(text(query), {"id": sold}).one() == ("A", "big", date(2026, 11, 1))
    query = "SELECT state, last_reason, next_attempt_at, uncertain FROM deliveries"
    assert set(connection.execute(text(query))) == {("stopped", "before deliveries", None, False)}


def test_what_is_there_stays_when_versions_go_back_and_forth__upgrade(steps: Any) -> None:
    to, connection = steps
    to("0005")
    connection.execute(text(TABLES))
    to("0011")
    orders = [str(uuid4()) for _ in range(2)]
    for order, state in zip(orders, ("cancelled", "paid"), strict=True):  # both sold from one quote
        values = {"id": order, "player": KNOWN, "agent": "KF003", "pack": str(uuid4()), "state": state}
        connection.execute(text(ORDER), values)
        connection.execute(text(TOUCH), values)
    connection.execute(text("UPDATE orders SET quote_id = :id"), {"id": str(uuid4())})

    to("0005")
    to("0011")

    found = connection.execute(text("SELECT order_id::text FROM orders ORDER BY number")).scalars().all()
    assert found == orders
    assert connection.execute(text("SELECT count(*) FROM deliveries")).scalar_one() == 2


def test_migrations_make_the_tables_there_and_back(fresh_database: Callable[..., str]) -> None:
    check_migrations(SERVICE, metadata, fresh_database("sales"))


def test_the_first_lost_reasons_are_not_made_twice(fresh_database: Callable[..., str]) -> None:
    url = fresh_database("sales")
    migrate(url, SERVICE.migrations)
    engine = create_engine(url)
    with engine.connect() as connection:
        config = alembic_config(SERVICE.migrations)
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        command.upgrade(config, "head")
        assert connection.execute(select(func.count()).select_from(lost_reasons)).scalar_one() == 7
    engine.dispose()
