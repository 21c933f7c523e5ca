"""what an agent searches among his own players by part is read from indexes alone."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from gamedesk_chassis import text_search
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_OF_OWNER = "ix_players_owner_agent_id_player_id"
_FILL = sa.text("UPDATE player_wechat_ids SET grams = :grams WHERE wechat_key = :wechat_key")


def upgrade() -> None:
    _replace(_OF_OWNER, "players", ["owner_agent_id", "player_id"], postgresql_include=["merged_into", "erased_at"])
    op.drop_index("ix_player_wechat_ids_player_id", table_name="player_wechat_ids")
    op.create_index("ix_player_wechat_ids_player_id_wechat_key", "player_wechat_ids", ["player_id", "wechat_key"])
    op.drop_index("ix_player_wechat_ids_grams", table_name="player_wechat_ids")
    op.drop_column("player_wechat_ids", "grams")


def downgrade() -> None:
    op.add_column("player_wechat_ids", sa.Column("grams", postgresql.ARRAY(sa.Text()), nullable=True))
    keys = op.get_bind().execute(sa.text("SELECT wechat_key FROM player_wechat_ids")).scalars().all()
    if keys:
        filled = [{"wechat_key": k, "grams": text_search.infix_grams(k.removeprefix("wxid_"))} for k in keys]
        op.get_bind().execute(_FILL, filled)
    op.alter_column("player_wechat_ids", "grams", nullable=False)
    in_place = {"postgresql_using": "gin", "postgresql_with": {"fastupdate": False}}
    op.create_index("ix_player_wechat_ids_grams", "player_wechat_ids", ["grams"], **in_place)
    op.drop_index("ix_player_wechat_ids_player_id_wechat_key", table_name="player_wechat_ids")
    op.create_index("ix_player_wechat_ids_player_id", "player_wechat_ids", ["player_id"])
    _replace(_OF_OWNER, "players", ["owner_agent_id", "player_id"])


def _replace(index: str, table: str, columns: Sequence[str], **options: Any) -> None:
    op.drop_index(index, table_name=table)
    op.create_index(index, table, list(columns), **options)
