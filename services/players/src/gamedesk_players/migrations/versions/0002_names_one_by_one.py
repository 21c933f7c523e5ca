"""names of players one by one, for exact, prefix and infix search; indexes of the lists' filters.

What takes long is done while the product runs, in committed steps that may be done again: the new table of names beside
the old one, the grams of WeChat ids, the indexes. Then what changed meanwhile is brought in and the tables are
exchanged, in one transaction that holds them for seconds.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from gamedesk_chassis import text_search
from gamedesk_chassis.migrate import committed, index_concurrently
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BATCH = 2000
_IN_PLACE: dict[str, Any] = {"postgresql_using": "gin", "postgresql_with": {"fastupdate": False}}
_HAS_ACCOUNT = sa.text("game_account_id IS NOT NULL")
_BEFORE = "SELECT player_id, names FROM player_names WHERE player_id > :last ORDER BY player_id LIMIT :n"
_FILLED_UNTIL = "SELECT player_id FROM names_after ORDER BY player_id DESC LIMIT 1"
_KEYS = "SELECT wechat_key FROM player_wechat_ids WHERE wechat_key > :last AND grams IS NULL ORDER BY 1 LIMIT :n"
_GONE = """
DELETE FROM names_after WHERE NOT EXISTS (
  SELECT FROM player_names WHERE player_names.player_id = names_after.player_id
                             AND name_key = ANY (string_to_array(names, E'\n')))
"""
_MISSING = """
SELECT DISTINCT player_id, name_key FROM player_names, string_to_table(names, E'\n') AS name_key
WHERE name_key <> '' AND NOT EXISTS (
  SELECT FROM names_after
  WHERE names_after.player_id = player_names.player_id AND names_after.name_key = name_key.name_key)
"""
_NAMES = sa.table(
    "names_after", sa.column("player_id", sa.Uuid), sa.column("name_key"), sa.column("grams", postgresql.ARRAY(sa.Text))
)
_FOREIGN_KEY = "fk_player_names_player_id"


def upgrade() -> None:
    _prepare_names()
    _prepare_grams_of_wechat_ids()
    _index_lists()
    _exchange_names()


def downgrade() -> None:
    for table, index in [
        ("profiles", "ix_profiles_synced_at"),
        ("profiles", "ix_profiles_state_player_id"),
        ("profiles", "ix_profiles_game_id_server_name_player_id"),
        ("profiles", "ix_profiles_game_id_player_id"),
        ("players", "ix_players_tags"),
        ("players", "ix_players_minor_band_player_id"),
        ("players", "ix_players_tier_player_id"),
        ("players", "ix_players_owner_agent_id_tier_player_id"),
        ("player_phones", "ix_player_phones_prefix"),
        ("player_wechat_ids", "ix_player_wechat_ids_grams"),
    ]:
        op.drop_index(index, table_name=table)
    op.drop_column("player_wechat_ids", "grams")
    _names_together()


def _index_lists() -> None:
    prefix = {"postgresql_ops": {"phone": "text_pattern_ops"}}
    has_account = {"postgresql_where": _HAS_ACCOUNT}
    indexes: list[tuple[str, str, list[str], dict[str, Any]]] = [
        ("ix_player_wechat_ids_grams", "player_wechat_ids", ["grams"], _IN_PLACE),
        ("ix_player_phones_prefix", "player_phones", ["phone"], prefix),
        ("ix_players_owner_agent_id_tier_player_id", "players", ["owner_agent_id", "tier", "player_id"], {}),
        ("ix_players_tier_player_id", "players", ["tier", "player_id"], {}),
        ("ix_players_minor_band_player_id", "players", ["minor_band", "player_id"], {}),
        ("ix_players_tags", "players", ["tags"], _IN_PLACE),
        ("ix_profiles_game_id_player_id", "profiles", ["game_id", "player_id"], has_account),
        (
            "ix_profiles_game_id_server_name_player_id",
            "profiles",
            ["game_id", "server_name", "player_id"],
            has_account,
        ),
        ("ix_profiles_state_player_id", "profiles", ["state", "player_id"], {}),
        ("ix_profiles_synced_at", "profiles", ["synced_at"], {"postgresql_where": sa.text("state = 'ok'")}),
    ]
    for name, table, columns, options in indexes:
        index_concurrently(name, table, columns, **options)


def _prepare_names() -> None:
    op.create_table(
        "names_after",
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("player_id", "name_key", name=op.f("pk_names_after")),
        if_not_exists=True,
    )
    with committed() as connection:
        last = connection.execute(sa.text(_FILLED_UNTIL)).scalar() or UUID(int=0)
        while page := connection.execute(sa.text(_BEFORE), {"last": last, "n": _BATCH}).all():
            _insert((row.player_id, key) for row in page for key in {*row.names.split("\n")} - {""})
            last = page[-1].player_id
        op.execute("CREATE INDEX IF NOT EXISTS ix_names_after_name_key ON names_after (name_key text_pattern_ops)")
        op.execute(
            "CREATE INDEX IF NOT EXISTS ix_names_after_grams ON names_after USING gin (grams) WITH (fastupdate = false)"
        )
        op.execute("ANALYZE names_after")
        op.execute(f"ALTER TABLE names_after DROP CONSTRAINT IF EXISTS {_FOREIGN_KEY}")
        op.create_foreign_key(
            op.f(_FOREIGN_KEY), "names_after", "players", ["player_id"], ["player_id"], postgresql_not_valid=True
        )
        op.execute(f"ALTER TABLE names_after VALIDATE CONSTRAINT {_FOREIGN_KEY}")


def _prepare_grams_of_wechat_ids() -> None:
    # Added empty and made required at the end: the service's own default is none.
    grams = sa.Column("grams", postgresql.ARRAY(sa.Text()), nullable=True)
    op.add_column("player_wechat_ids", grams, if_not_exists=True)
    with committed() as connection:
        _fill_grams(connection)


def _fill_grams(connection: sa.Connection) -> None:
    filled = sa.text("UPDATE player_wechat_ids SET grams = :grams WHERE wechat_key = :wechat_key")
    last = ""
    while keys := list(connection.execute(sa.text(_KEYS), {"last": last, "n": _BATCH}).scalars()):
        connection.execute(filled, [{"wechat_key": key, "grams": _wechat_grams(key)} for key in keys])
        last = keys[-1]


def _exchange_names() -> None:
    op.execute("LOCK TABLE player_names, player_wechat_ids IN ACCESS EXCLUSIVE MODE")
    _fill_grams(op.get_bind())
    op.alter_column("player_wechat_ids", "grams", nullable=False)
    op.execute(_GONE)
    _insert((row.player_id, row.name_key) for row in op.get_bind().execute(sa.text(_MISSING)).all())
    op.drop_table("player_names")
    op.rename_table("names_after", "player_names")
    op.execute("ALTER TABLE player_names RENAME CONSTRAINT pk_names_after TO pk_player_names")
    op.execute("ALTER INDEX ix_names_after_name_key RENAME TO ix_player_names_name_key")
    op.execute("ALTER INDEX ix_names_after_grams RENAME TO ix_player_names_grams")


def _insert(names: Iterable[tuple[Any, str]]) -> None:
    rows = [{"player_id": who, "name_key": key, "grams": text_search.infix_grams(key)} for who, key in names]
    if rows:
        op.bulk_insert(_NAMES, rows)


def _wechat_grams(wechat_key: str) -> list[str]:
    """What all ids begin with that WeChat gave out itself tells nobody apart."""
    return text_search.infix_grams(wechat_key.removeprefix("wxid_"))


def _names_together() -> None:
    op.rename_table("player_names", "names_after")
    op.drop_index("ix_player_names_grams", table_name="names_after")
    op.execute("ALTER TABLE names_after RENAME CONSTRAINT pk_player_names TO pk_names_after")
    names = op.create_table(
        "player_names",
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("grams", postgresql.ARRAY(sa.Text()), nullable=False),
    )
    assert names is not None
    rows = op.get_bind().execute(
        sa.text("SELECT player_id, array_agg(name_key) AS found FROM players"
                " LEFT JOIN names_after USING (player_id) GROUP BY player_id").execution_options(stream_results=True)
    )  # fmt: skip
    for batch in rows.partitions(_BATCH):
        op.bulk_insert(names, [_together(row.player_id, list(filter(None, row.found))) for row in batch])
    op.drop_table("names_after")
    op.create_primary_key(op.f("pk_player_names"), "player_names", ["player_id"])
    op.create_foreign_key(op.f("fk_player_names_player_id"), "player_names", "players", ["player_id"], ["player_id"])
    op.create_index("ix_player_names_grams", "player_names", ["grams"], postgresql_using="gin")


def _together(player_id: object, keys: list[str]) -> dict[str, object]:
    return {"player_id": player_id, "names": "\n".join(keys), "grams": text_search.grams(keys)}
