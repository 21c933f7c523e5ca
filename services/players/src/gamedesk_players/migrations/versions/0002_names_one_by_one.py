"""names of players one by one, for exact, prefix and infix search; indexes of the lists' filters."""

import sqlalchemy as sa
from alembic import op
from gamedesk_chassis import text_search
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BATCH = 2000
_IN_PLACE = {"postgresql_using": "gin", "postgresql_with": {"fastupdate": False}}
_HAS_ACCOUNT = sa.text("game_account_id IS NOT NULL")


def upgrade() -> None:
    _names_one_by_one()
    _grams_of_wechat_ids()
    op.create_index("ix_player_phones_prefix", "player_phones", ["phone"], postgresql_ops={"phone": "text_pattern_ops"})
    op.create_index("ix_players_owner_agent_id_tier_player_id", "players", ["owner_agent_id", "tier", "player_id"])
    op.create_index("ix_players_tier_player_id", "players", ["tier", "player_id"])
    op.create_index("ix_players_minor_band_player_id", "players", ["minor_band", "player_id"])
    op.create_index("ix_players_tags", "players", ["tags"], **_IN_PLACE)
    op.create_index(
        "ix_profiles_game_id_player_id", "profiles", ["game_id", "player_id"], postgresql_where=_HAS_ACCOUNT
    )
    op.create_index(
        "ix_profiles_game_id_server_name_player_id",
        "profiles",
        ["game_id", "server_name", "player_id"],
        postgresql_where=_HAS_ACCOUNT,
    )
    op.create_index("ix_profiles_state_player_id", "profiles", ["state", "player_id"])
    op.create_index("ix_profiles_synced_at", "profiles", ["synced_at"], postgresql_where=sa.text("state = 'ok'"))


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


def _names_one_by_one() -> None:
    op.rename_table("player_names", "names_before")
    op.drop_index("ix_player_names_grams", table_name="names_before")
    op.execute("ALTER TABLE names_before RENAME CONSTRAINT pk_player_names TO pk_names_before")
    names = op.create_table(
        "player_names",
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("grams", postgresql.ARRAY(sa.Text()), nullable=False),
    )
    assert names is not None
    rows = op.get_bind().execute(
        sa.text("SELECT DISTINCT player_id, name_key FROM names_before, string_to_table(names, E'\\n') AS name_key"
                " WHERE name_key <> ''").execution_options(stream_results=True)
    )  # fmt: skip
    for batch in rows.partitions(_BATCH):
        op.bulk_insert(
            names,
            [
                {"player_id": row.player_id, "name_key": row.name_key, "grams": text_search.infix_grams(row.name_key)}
                for row in batch
            ],
        )
    op.drop_table("names_before")
    op.create_primary_key(op.f("pk_player_names"), "player_names", ["player_id", "name_key"])
    op.create_foreign_key(op.f("fk_player_names_player_id"), "player_names", "players", ["player_id"], ["player_id"])
    op.create_index(
        "ix_player_names_name_key", "player_names", ["name_key"], postgresql_ops={"name_key": "text_pattern_ops"}
    )
    op.create_index("ix_player_names_grams", "player_names", ["grams"], **_IN_PLACE)


def _grams_of_wechat_ids() -> None:
    # Added empty and made required at the end: the service's own default is none.
    op.add_column("player_wechat_ids", sa.Column("grams", postgresql.ARRAY(sa.Text()), nullable=True))
    bind = op.get_bind()
    filled = sa.text("UPDATE player_wechat_ids SET grams = :grams WHERE wechat_key = :wechat_key")
    last = ""
    while keys := _keys_after(bind, last):
        bind.execute(filled, [{"wechat_key": k, "grams": _wechat_grams(k)} for k in keys])
        last = keys[-1]
    op.alter_column("player_wechat_ids", "grams", nullable=False)
    op.create_index("ix_player_wechat_ids_grams", "player_wechat_ids", ["grams"], **_IN_PLACE)


def _keys_after(bind: sa.Connection, last: str) -> list[str]:
    query = sa.text("SELECT wechat_key FROM player_wechat_ids WHERE wechat_key > :last ORDER BY wechat_key LIMIT :n")
    return list(bind.execute(query, {"last": last, "n": _BATCH}).scalars())


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
