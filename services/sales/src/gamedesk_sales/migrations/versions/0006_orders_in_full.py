"""orders and touches keep who was concerned then, and of which quote and campaign they are.

Both tables are filled and written anew while they are held: sales is stopped for it (runbook, "Upgrading").
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ORDERS = ("quote_id", "campaign_id", "stand_in", "refunded_fen", "seller_team", "tier", "minor_band", "business_day")
_TOUCHES = ("campaign_id", "quote_id", "agent_team", "tier", "business_day")
_PACKS = ("campaign_id", "player_id", "valid_from")


def upgrade() -> None:
    op.add_column("orders", sa.Column("quote_id", sa.Uuid(), nullable=True))
    op.add_column("orders", sa.Column("campaign_id", sa.Uuid(), nullable=True))
    op.add_column("orders", sa.Column("stand_in", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("orders", sa.Column("refunded_fen", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.create_check_constraint("refunded_fen", "orders", "refunded_fen BETWEEN 0 AND amount_paid_fen")
    _add_who("orders", "seller_team")
    op.add_column("orders", sa.Column("minor_band", sa.String(16), server_default="none", nullable=False))
    op.add_column("touches", sa.Column("campaign_id", sa.Uuid(), nullable=True))
    op.add_column("touches", sa.Column("quote_id", sa.Uuid(), nullable=True))
    _add_who("touches", "agent_team")
    op.add_column("pack_copies", sa.Column("campaign_id", sa.Uuid(), nullable=True))
    op.add_column("pack_copies", sa.Column("player_id", sa.Uuid(), nullable=True))
    op.add_column("pack_copies", sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True))
    _fill("orders", "order_id", "seller_team", "seller_agent_id", ", minor_band = coalesce(p.minor_band, 'none')")
    _fill("touches", "touch_id", "agent_team", "agent_id")
    # Last, as it writes the whole table anew, and leaves behind what filling has made of it.
    _add_business_day("orders", "paid_at")
    _add_business_day("touches", "occurred_at")


def _add_who(table: str, team: str) -> None:
    op.add_column(table, sa.Column(team, sa.String(32), server_default="", nullable=False))
    op.add_column(table, sa.Column("tier", sa.String(16), server_default="none", nullable=False))


def _add_business_day(table: str, moment: str) -> None:
    day = sa.Computed(f"({moment} AT TIME ZONE 'Asia/Shanghai')::date", persisted=True)
    op.add_column(table, sa.Column("business_day", sa.Date(), day))


def _fill(table: str, key: str, team: str, agent: str, more: str = "") -> None:
    """Of what is there nobody knows who it was then: the team and the tier of today stand for it."""
    op.execute(
        f"UPDATE {table} SET {team} = coalesce(a.team, ''), tier = coalesce(p.tier, 'none'){more}"  # noqa: S608
        f" FROM {table} AS its LEFT JOIN agent_copies AS a ON a.agent_id = its.{agent}"
        " LEFT JOIN player_copies AS p ON p.player_id = its.player_id"
        f" WHERE its.{key} = {table}.{key}"
    )


def downgrade() -> None:
    for table, columns in (("pack_copies", _PACKS), ("touches", _TOUCHES), ("orders", _ORDERS)):
        for column in columns:
            op.drop_column(table, column)
