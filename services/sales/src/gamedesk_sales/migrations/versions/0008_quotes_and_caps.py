"""Quotes, stand-ins, and the caps of minors."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OPEN = sa.text("state = 'open'")
_SOLD = sa.text("state <> 'cancelled'")

# Per order and per month, in fen; what the law asks of games.
_CAPS = {"under_8": (0, 0), "8_15": (5_000, 20_000), "16_17": (10_000, 40_000)}


def upgrade() -> None:
    rejected = sa.Column("payment_rejected", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    op.add_column("orders", rejected)
    # A cancelled order gives its quote free, as it does its payment.
    op.create_index("uq_orders_quote_id", "orders", ["quote_id"], unique=True, postgresql_where=_SOLD)
    # The confirmation list: not who cancelled before anybody looked at the account.
    op.create_index(
        "ix_orders_to_confirm", "orders", ["order_id"], postgresql_where=sa.text("NOT verified AND state = 'paid'")
    )
    _create_quotes()
    _create_stand_ins()
    _create_minor_caps()


def _time(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _create_quotes() -> None:
    op.create_table(
        "quotes",
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.String(32), nullable=False),
        sa.Column("stand_in", sa.Boolean(), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=True),
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("pack_code", sa.String(16), nullable=False),
        sa.Column("pack_name", sa.Text(), nullable=False),
        sa.Column("pack_revision", sa.Integer(), nullable=False),
        sa.Column("pack_version", sa.Integer(), nullable=False),
        sa.Column("discount_bp", sa.Integer(), nullable=False),
        sa.Column("list_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("contents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(500), nullable=False),
        _time("expires_at"),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("extended_by", sa.String(32), nullable=True),
        _time("extended_at", nullable=True),
        sa.Column("extend_reason", sa.String(500), nullable=True),
        sa.Column("withdrawn_by", sa.String(32), nullable=True),
        _time("withdrawn_at", nullable=True),
        sa.Column("withdraw_reason", sa.String(500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _time("created_at"),
        _time("updated_at"),
        sa.CheckConstraint("(state = 'sold') = (order_id IS NOT NULL)", name=op.f("ck_quotes_order_id")),
        sa.PrimaryKeyConstraint("quote_id", name=op.f("pk_quotes")),
        sa.UniqueConstraint("number", name=op.f("uq_quotes_number")),
        sa.UniqueConstraint("order_id", name=op.f("uq_quotes_order_id")),
    )
    for column in ("player_id", "agent_id", "pack_code", "state"):
        op.create_index(f"ix_quotes_{column}_quote_id", "quotes", [column, "quote_id"])
    for column in ("agent_id", "pack_code"):
        op.create_index(f"ix_quotes_{column}_state_quote_id", "quotes", [column, "state", "quote_id"])
    seller = ["player_id", "agent_id", "pack_id"]
    op.create_index("uq_quotes_player_id_agent_id_pack_id_open", "quotes", seller, unique=True, postgresql_where=_OPEN)
    expiring = ["expires_at", "quote_id"]
    op.create_index("ix_quotes_expires_at_quote_id_open", "quotes", expiring, postgresql_where=_OPEN)
    op.create_index(
        "ix_quotes_agent_id_expires_at_quote_id_open", "quotes", ["agent_id", *expiring], postgresql_where=_OPEN
    )
    op.create_index("ix_quotes_pack_id_open", "quotes", ["pack_id", "expires_at"], postgresql_where=_OPEN)


def _create_stand_ins() -> None:
    op.create_table(
        "stand_ins",
        sa.Column("stand_in_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agent_id", sa.String(32), nullable=False),
        sa.Column("stand_in_agent_id", sa.String(32), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("created_by", sa.String(32), nullable=False),
        _time("created_at"),
        sa.Column("ended_by", sa.String(32), nullable=True),
        _time("ended_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_stand_ins_days")),
        sa.CheckConstraint("owner_agent_id <> stand_in_agent_id", name=op.f("ck_stand_ins_agents")),
        sa.PrimaryKeyConstraint("stand_in_id", name=op.f("pk_stand_ins")),
    )
    for columns in (
        ["owner_agent_id", "stand_in_id"],
        ["stand_in_agent_id", "owner_agent_id", "until_on"],
        ["stand_in_agent_id", "stand_in_id"],
    ):
        op.create_index("ix_stand_ins_" + "_".join(columns), "stand_ins", columns)


def _create_minor_caps() -> None:
    caps = op.create_table(
        "minor_caps",
        sa.Column("band", sa.String(16), nullable=False),
        sa.Column("per_order_fen", sa.BigInteger(), nullable=False),
        sa.Column("per_month_fen", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("updated_by", sa.String(32), nullable=True),
        _time("updated_at"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("per_order_fen >= 0 AND per_month_fen >= 0", name=op.f("ck_minor_caps_amounts")),
        sa.PrimaryKeyConstraint("band", name=op.f("pk_minor_caps")),
    )
    for band, (per_order, per_month) in _CAPS.items():
        op.execute(
            caps.insert().values(
                band=band,
                per_order_fen=per_order,
                per_month_fen=per_month,
                currency="CNY",
                updated_at=sa.func.now(),
                version=1,
            )
        )


def downgrade() -> None:
    op.drop_table("minor_caps")
    op.drop_table("stand_ins")
    op.drop_table("quotes")
    op.drop_index("ix_orders_to_confirm", "orders")
    op.drop_index("uq_orders_quote_id", "orders")
    op.drop_column("orders", "payment_rejected")
