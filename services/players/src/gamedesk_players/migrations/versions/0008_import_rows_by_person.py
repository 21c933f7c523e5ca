"""rows of imports are found by phone and WeChat id; imports take turns."""

import re

import sqlalchemy as sa
from alembic import op
from gamedesk_chassis import text_search
from gamedesk_chassis.migrate import committed, index_concurrently
from gamedesk_players import phone

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BATCH = 2000
_KEYS = {"phone_key": 16, "wechat_key": 32}


def upgrade() -> None:
    for name, length in _KEYS.items():
        column = sa.Column(name, sa.String(length=length), nullable=True)
        op.add_column("player_import_rows", column, if_not_exists=True)
    # What the version before adds after this stays without keys: an erasure looks at the phone in its cell, for the
    # seven days that rows are kept.
    with committed() as connection:
        _fill_keys(connection)
    for name in _KEYS:
        index = f"ix_player_import_rows_{name}"
        index_concurrently(index, "player_import_rows", [name], postgresql_where=sa.text(f"{name} IS NOT NULL"))
    op.create_index(
        "ix_player_imports_named", "player_imports", ["created_at"], postgresql_where=sa.text("file_name <> ''")
    )
    _order_by("updated_at")


def downgrade() -> None:
    _order_by("import_id")
    op.drop_index("ix_player_imports_named", table_name="player_imports")
    for name in _KEYS:
        op.drop_index(f"ix_player_import_rows_{name}", table_name="player_import_rows")
        op.drop_column("player_import_rows", name)


def _order_by(column: str) -> None:
    op.drop_index("ix_player_imports_under_way", table_name="player_imports")
    under_way = sa.text("state IN ('checking', 'running')")
    op.create_index("ix_player_imports_under_way", "player_imports", [column], postgresql_where=under_way)


def _fill_keys(bind: sa.Connection) -> None:
    page = sa.text(
        "SELECT import_id, row, values FROM player_import_rows"
        " WHERE (import_id, row) > (:import_id, :row) ORDER BY import_id, row LIMIT :n"
    )
    filled = sa.text(
        "UPDATE player_import_rows SET phone_key = :phone_key, wechat_key = :wechat_key"
        " WHERE import_id = :import_id AND row = :row"
    )
    last = {"import_id": "00000000-0000-0000-0000-000000000000", "row": 0}
    while rows := bind.execute(page, {**last, "n": _BATCH}).all():
        bind.execute(filled, [{"import_id": r.import_id, "row": r.row, **_keys(r.values)} for r in rows])
        last = {"import_id": rows[-1].import_id, "row": rows[-1].row}


def _keys(values: dict[str, str]) -> dict[str, str | None]:
    wechat_key = text_search.key(values.get("wechat_id", ""))
    return {
        "phone_key": phone.parse(re.sub(r"\.0+$", "", values.get("phone", ""))),
        "wechat_key": wechat_key if 0 < len(wechat_key) <= 32 else None,
    }
