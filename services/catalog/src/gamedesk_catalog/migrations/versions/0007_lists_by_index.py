"""Lists of items and packs are served by indexes; they are built while the tables are used."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from gamedesk_chassis.migrate import index_concurrently

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WAITING = "state IN ('pending_approval', 'review')"
_INDEXES: list[tuple[str, str, list[Any], dict[str, Any]]] = [
    ("ix_pending_prices_state_item_id", "pending_prices", ["state", "item_id"], {}),
    ("ix_items_overridden", "items", ["game_id", "code"], {"where": "override_price_fen IS NOT NULL"}),
    ("ix_items_game_id_updated_at", "items", ["game_id", "updated_at", "item_id"], {}),
    ("ix_packs_campaign_id_pack_id", "packs", ["campaign_id", "pack_id"], {"where": "campaign_id IS NOT NULL"}),
    ("ix_packs_player_id_pack_id", "packs", ["player_id", "pack_id"], {"where": "player_id IS NOT NULL"}),
    ("ix_packs_name_key_pack_id", "packs", ["name_key", "pack_id"], {}),
    ("ix_packs_price_fen_pack_id", "packs", ["price_fen", "pack_id"], {}),
    ("ix_packs_valid", "packs", [sa.text("tstzrange(valid_from, valid_until)")], {"using": "gist"}),
    ("ix_packs_waiting", "packs", ["state_since", "pack_id"], {"where": _WAITING}),
]


def upgrade() -> None:
    for name, table, columns, options in _INDEXES:
        index_concurrently(name, table, columns, **{f"postgresql_{key}": _sql(key, options[key]) for key in options})


def _sql(key: str, value: str) -> Any:
    return sa.text(value) if key == "where" else value


def downgrade() -> None:
    for name, table, _, _ in _INDEXES:
        op.drop_index(name, table_name=table, if_exists=True)
