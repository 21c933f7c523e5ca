"""Revisions keep who approved them; impacts are found by pack, and packs that were given back by their maker."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from gamedesk_chassis.migrate import committed, index_concurrently

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_REJECTED = {"postgresql_where": sa.text("rejected_by IS NOT NULL")}
_INDEXES: list[tuple[str, str, list[str], dict[str, Any]]] = [
    ("ix_price_impact_packs_pack_id_impact_id", "price_impact_packs", ["pack_id", "impact_id"], {}),
    ("ix_packs_rejected", "packs", ["created_by", "pack_id"], _REJECTED),
]
# Who approved what is sold now is still known.
_APPROVED = """
    UPDATE pack_revisions r SET approved_by = p.approved_by, approved_at = p.state_since
    FROM packs p WHERE p.pack_id = r.pack_id AND p.revision = r.revision AND p.approved_by IS NOT NULL
      AND r.approved_by IS NULL AND r.pack_id IN (
        SELECT pack_id FROM packs JOIN pack_revisions USING (pack_id, revision)
        WHERE packs.approved_by IS NOT NULL AND pack_revisions.approved_by IS NULL LIMIT 500)
"""


def upgrade() -> None:
    op.add_column("pack_revisions", sa.Column("approved_by", sa.String(32)), if_not_exists=True)
    op.add_column("pack_revisions", sa.Column("approved_at", sa.DateTime(timezone=True)), if_not_exists=True)
    with committed() as connection:
        while connection.exec_driver_sql(_APPROVED).rowcount:
            pass
    for name, table, columns, options in _INDEXES:
        index_concurrently(name, table, columns, **options)


def downgrade() -> None:
    for name, table, _, _ in _INDEXES:
        op.drop_index(name, table_name=table, if_exists=True)
    for column in ("approved_at", "approved_by"):
        op.drop_column("pack_revisions", column)
