"""what an agent searches among his own players by part is read from indexes alone.

Indexes are built beside those of before while the product runs, and exchanged in one short transaction.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from gamedesk_chassis import text_search
from gamedesk_chassis.migrate import committed, index_concurrently
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BATCH = 2000
_OF_OWNER = "ix_players_owner_agent_id_player_id"
_OF_PLAYER_BEFORE = "ix_player_wechat_ids_player_id"
_OF_PLAYER = "ix_player_wechat_ids_player_id_wechat_key"
_GRAMS = "ix_player_wechat_ids_grams"
_IN_PLACE: dict[str, Any] = {"postgresql_using": "gin", "postgresql_with": {"fastupdate": False}}
_KEYS = sa.text(
    "SELECT wechat_key FROM player_wechat_ids WHERE wechat_key > :last AND grams IS NULL ORDER BY 1 LIMIT :n"
)
_FILL = sa.text("UPDATE player_wechat_ids SET grams = :grams WHERE wechat_key = :wechat_key")


def upgrade() -> None:
    covering = {"postgresql_include": ["merged_into", "erased_at"]}
    index_concurrently(f"{_OF_OWNER}_after", "players", ["owner_agent_id", "player_id"], **covering)
    index_concurrently(_OF_PLAYER, "player_wechat_ids", ["player_id", "wechat_key"])
    _exchange_index_of_owner("after")
    op.drop_index(_OF_PLAYER_BEFORE, table_name="player_wechat_ids")
    op.drop_index(_GRAMS, table_name="player_wechat_ids")
    op.drop_column("player_wechat_ids", "grams")


def downgrade() -> None:
    grams = sa.Column("grams", postgresql.ARRAY(sa.Text()), nullable=True)
    op.add_column("player_wechat_ids", grams, if_not_exists=True)
    with committed() as connection:
        _fill_grams(connection)
    index_concurrently(_GRAMS, "player_wechat_ids", ["grams"], **_IN_PLACE)
    index_concurrently(_OF_PLAYER_BEFORE, "player_wechat_ids", ["player_id"])
    index_concurrently(f"{_OF_OWNER}_before", "players", ["owner_agent_id", "player_id"])
    _exchange_index_of_owner("before")
    op.execute("LOCK TABLE player_wechat_ids IN ACCESS EXCLUSIVE MODE")
    _fill_grams(op.get_bind())  # what was written meanwhile
    op.alter_column("player_wechat_ids", "grams", nullable=False)
    op.drop_index(_OF_PLAYER, table_name="player_wechat_ids")


def _exchange_index_of_owner(suffix: str) -> None:
    op.drop_index(_OF_OWNER, table_name="players")
    op.execute(f"ALTER INDEX {_OF_OWNER}_{suffix} RENAME TO {_OF_OWNER}")


def _fill_grams(connection: sa.Connection) -> None:
    last = ""
    while keys := list(connection.execute(_KEYS, {"last": last, "n": _BATCH}).scalars()):
        filled = [{"wechat_key": k, "grams": text_search.infix_grams(k.removeprefix("wxid_"))} for k in keys]
        connection.execute(_FILL, filled)
        last = keys[-1]
