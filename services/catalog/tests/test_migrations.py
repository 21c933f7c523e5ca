"""The migrations of this service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alembic import command
from gamedesk_catalog.__main__ import SERVICE
from gamedesk_catalog.repository import discount_rules, pack_revisions, packs
from gamedesk_catalog.tables import metadata
from gamedesk_chassis.migrate import alembic_config, index_concurrently, migrate
from gamedesk_testing.migrations import check_migrations, differences
from sqlalchemy import Connection, create_engine, text

# Twelve hundred packs of two items each, a general rule of the product's first release and one for a game.
BEFORE = """
INSERT INTO items (item_id, game_id, code, name, code_key, name_key, name_grams, game_price_fen, currency,
                   source_version, version, created_at, updated_at)
SELECT md5('i' || n)::uuid, 'xiyou', 'X-' || n, '道具' || n, 'x-' || n, '道具' || n, '{道}', 100 * n, 'CNY', 1, 1,
       now(), now()
FROM generate_series(1, 3) n;
INSERT INTO pending_prices (item_id, state, price_fen, source_version, effective_at, received_at)
SELECT item_id, 'scheduled', 150, 2, now(), now() FROM items WHERE code = 'X-1';
INSERT INTO packs (pack_id, code, name, name_key, name_grams, game_id, state, discount_bp, list_price_fen, price_fen,
                   currency, allowed_as, revision, version, created_by, revised_by, created_at, updated_at)
SELECT md5('p' || n)::uuid, lpad(to_hex(n), 5, 'z'), '礼包' || n, '礼包' || n, '{礼}', 'xiyou',
       CASE WHEN n % 10 = 0 THEN 'review' ELSE 'active' END, 1000, 400, 360, 'CNY', 'agent', 1 + n % 3, 7, 'KF003',
       'KF004', '2026-01-01Z', timestamptz '2026-02-01Z' + n * interval '1 minute'
FROM generate_series(1, 1200) n;
INSERT INTO pack_contents (pack_id, item_id, position, quantity, unit_price_fen)
SELECT pack_id, md5('i' || n)::uuid, 2 - n, 1 + n, 100 * n FROM packs, generate_series(1, 2) n;
INSERT INTO discount_rules (rule_id, role, game_id, max_discount_bp, lowest_price_fen)
VALUES (md5('r')::uuid, 'agent', 'xiyou', 2000, 100);
"""
# What the code of before does not know of.
SINCE = """
INSERT INTO discount_rules (rule_id, role, game_id, max_discount_bp, lowest_price_fen, starts_on)
VALUES (md5('s')::uuid, 'agent', 'xiyou', 1000, 100, '2026-01-01');
INSERT INTO discount_rules (rule_id, role, game_id, max_discount_bp, lowest_price_fen, campaign_id)
VALUES (md5('t')::uuid, 'agent', 'xiyou', 5000, 100, md5('c')::uuid);
"""
FOUND_BEFORE = (
    "SELECT code, state, version, updated_at FROM packs ORDER BY code",
    "SELECT role, game_id, max_discount_bp, lowest_price_fen FROM discount_rules ORDER BY 1, 2 NULLS FIRST",
    "SELECT * FROM pack_contents ORDER BY pack_id, position",
)


def go(connection: Connection, direction: Callable[..., None], revision: str) -> None:
    config = alembic_config(SERVICE.migrations)
    config.attributes["connection"] = connection
    direction(config, revision)


def found(connection: Connection) -> list[list[tuple[Any, ...]]]:
    rows = [[tuple(row) for row in connection.execute(text(query))] for query in FOUND_BEFORE]
    connection.commit()
    return rows


def test_migrations_make_the_tables_there_and_back(fresh_database: Callable[..., str]) -> None:
    check_migrations(SERVICE, metadata, fresh_database("catalog"))


def test_packs_and_rules_of_before_come_along_and_go_back__R23(fresh_database: Callable[..., str]) -> None:
    url = fresh_database("catalog")
    engine = create_engine(url)
    with engine.connect() as connection:
        go(connection, command.upgrade, "0002")
        connection.execute(text(BEFORE))
        connection.commit()
        before = found(connection)

        go(connection, command.upgrade, "head")

        assert found(connection) == before
        page = packs.all_after(connection, None, 2000)
        assert len(page) == 1200
        for pack in page:
            assert (pack.state_since, pack.rounding, pack.campaign_id) == (pack.updated_at, "fen", None)
            (revision,) = pack_revisions.list_page(connection, pack.pack_id, None, 10)
            assert (revision.revision, revision.made_by, revision.made_at) == (pack.revision, "KF004", pack.updated_at)
            assert [(line["code"], line["quantity"]) for line in revision.contents] == [("X-2", 3), ("X-1", 2)]
        rules = discount_rules.list_rules(connection)
        assert [(r.game_id, r.version, r.rounding, r.created_by, r.dated) for r in rules] == [
            *[(None, 1, "fen", None, False)] * 3,
            ("xiyou", 1, "fen", None, False),
        ]
        connection.execute(text(SINCE))
        connection.commit()
        go(connection, command.downgrade, "0002")
        assert found(connection) == before
        go(connection, command.upgrade, "head")
    engine.dispose()
    assert differences(url, metadata) == []


@pytest.mark.parametrize("index", ["ix_items_overridden", "ix_packs_valid"])
def test_a_migration_that_was_killed_while_it_built_an_index_goes_on(
    fresh_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch, index: str
) -> None:
    """What came before is committed, in a revision that is not marked as done."""
    url = fresh_database("catalog")
    engine = create_engine(url)

    def killed(name: str, *rest: Any, **options: Any) -> None:
        if name == index:
            raise KeyboardInterrupt
        index_concurrently(name, *rest, **options)

    with engine.connect() as connection:
        go(connection, command.upgrade, "0002")
        connection.execute(text(BEFORE))
        connection.commit()
    with monkeypatch.context() as dying:
        dying.setattr("gamedesk_chassis.migrate.index_concurrently", killed)
        with pytest.raises(KeyboardInterrupt):
            migrate(url, SERVICE.migrations)

    migrate(url, SERVICE.migrations)

    assert differences(url, metadata) == []
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM pack_revisions")).scalar_one() == 1200
    engine.dispose()
