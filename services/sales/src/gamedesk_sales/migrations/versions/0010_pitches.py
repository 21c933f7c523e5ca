"""copies of tickets; contact rules; proposals to win players back; follow-ups that move and remind; prices offered."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from gamedesk_chassis.migrate import index_concurrently
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_OPEN: dict[str, Any] = {"postgresql_where": sa.text("closed_by IS NULL")}
_CLOSED: dict[str, Any] = {"postgresql_where": sa.text("closed_by IS NOT NULL")}
_TO_REMIND: dict[str, Any] = {
    "postgresql_where": sa.text("closed_by IS NULL AND reminded_on IS DISTINCT FROM due_on"),
}
_OF_OWNER = ["owner_agent_id", "due_on", "touch_id"]
_FOLLOW_UPS = (
    "owner_agent_id",
    "version",
    "postponed_times",
    "postponed_by",
    "postponed_at",
    "postpone_reason",
    "reminded_on",
)
_RULES = """
INSERT INTO contact_rules
    (rules_id, max_touches, per_days, warning_categories, tier_thresholds, version, updated_at)
VALUES (1, 3, 7, '["payment", "refund"]', '[
    {"tier": "whale", "spent_90_days_fen": 1000000, "spent_365_days_fen": 3000000},
    {"tier": "big", "spent_90_days_fen": 200000, "spent_365_days_fen": 600000},
    {"tier": "medium", "spent_90_days_fen": 50000, "spent_365_days_fen": 150000},
    {"tier": "small", "spent_90_days_fen": 1, "spent_365_days_fen": 1}
]', 1, now()) ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    _tickets()
    _rules()
    _proposals()
    _prices_offered()
    for column in (
        sa.Column("owner_agent_id", sa.String(32), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("postponed_times", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("postponed_by", sa.String(32), nullable=True),
        sa.Column("postponed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("postpone_reason", sa.String(500), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
    ):
        op.add_column("follow_ups", column, if_not_exists=True)
    op.execute(
        "UPDATE follow_ups SET owner_agent_id = coalesce(survivor.owner_agent_id, p.owner_agent_id)"
        " FROM player_copies AS p LEFT JOIN player_copies AS survivor ON survivor.player_id = p.merged_into"
        " WHERE p.player_id = follow_ups.player_id"
    )
    # Nobody is reminded on the day of the upgrade of all that has been due for long.
    op.execute(
        "UPDATE follow_ups SET reminded_on = due_on"
        " WHERE closed_by IS NULL AND due_on < (now() AT TIME ZONE 'Asia/Shanghai')::date"
    )
    index_concurrently("ix_follow_ups_owner_agent_id_due_on_open", "follow_ups", _OF_OWNER, **_OPEN)
    index_concurrently("ix_follow_ups_owner_agent_id_due_on_closed", "follow_ups", _OF_OWNER, **_CLOSED)
    index_concurrently("ix_follow_ups_due_on_closed", "follow_ups", ["due_on", "touch_id"], **_CLOSED)
    index_concurrently("ix_follow_ups_due_on_to_remind", "follow_ups", ["due_on"], **_TO_REMIND)


def _tickets() -> None:
    op.create_table(
        "ticket_copies",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_copies")),
        if_not_exists=True,
    )
    undone = sa.text("state <> 'done'")
    _index("ix_ticket_copies_player_id_undone", "ticket_copies", ["player_id"], undone)


def _rules() -> None:
    op.create_table(
        "contact_rules",
        sa.Column("rules_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("max_touches", sa.Integer(), nullable=False),
        sa.Column("per_days", sa.Integer(), nullable=False),
        sa.Column("warning_categories", JSONB(), nullable=False),
        sa.Column("tier_thresholds", JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_by", sa.String(32), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rules_id = 1", name=op.f("ck_contact_rules_one")),
        sa.PrimaryKeyConstraint("rules_id", name=op.f("pk_contact_rules")),
        if_not_exists=True,
    )
    op.execute(_RULES)


def _proposals() -> None:
    table = "recovery_proposals"
    op.create_table(
        table,
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agent_id", sa.String(32), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_number", sa.String(24), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(32), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismiss_reason", sa.String(500), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["closed_by"], ["touches.touch_id"], name=op.f(f"fk_{table}_closed_by_touches")),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("ticket_id", "cycle", name=op.f(f"uq_{table}_ticket_id_cycle")),
        if_not_exists=True,
    )
    unanswered = sa.text("state IN ('open', 'taken')")
    to_remind = sa.text("state = 'taken' AND reminded_on IS DISTINCT FROM due_on")
    _index(f"ix_{table}_player_id_unanswered", table, ["player_id"], unanswered)
    _index(f"ix_{table}_state_proposal_id", table, ["state", "proposal_id"])
    _index(f"ix_{table}_due_on_to_remind", table, ["due_on"], to_remind)
    _index(f"ix_{table}_owner_state_proposal_id", table, ["owner_agent_id", "state", "proposal_id"])
    _index(f"ix_{table}_owner_due_on_taken", table, ["owner_agent_id", "due_on"], sa.text("state = 'taken'"))
    _index(f"ix_{table}_due_on_taken", table, ["due_on"], sa.text("state = 'taken'"))
    _index(f"ix_{table}_proposed_at_open", table, ["proposed_at"], sa.text("state = 'open'"))
    _index(f"ix_{table}_closed_by", table, ["closed_by"], sa.text("closed_by IS NOT NULL"))


def _index(name: str, table: str, columns: list[str], where: sa.TextClause | None = None) -> None:
    op.create_index(name, table, columns, postgresql_where=where, if_not_exists=True)


def _prices_offered() -> None:
    """What was sold before was offered at what was due; of the rest nobody knows the price of then."""
    op.add_column("touches", sa.Column("offered_price_fen", sa.BigInteger(), nullable=True), if_not_exists=True)
    op.add_column("touches", sa.Column("offered_discount_bp", sa.Integer(), nullable=True), if_not_exists=True)
    op.execute(
        "UPDATE touches SET offered_price_fen = o.amount_due_fen, offered_discount_bp = o.discount_bp"
        " FROM orders AS o WHERE o.order_id = touches.order_id AND offered_price_fen IS NULL"
    )


def downgrade() -> None:
    op.drop_index("ix_follow_ups_due_on_to_remind", "follow_ups")
    op.drop_index("ix_follow_ups_due_on_closed", "follow_ups")
    op.drop_index("ix_follow_ups_owner_agent_id_due_on_closed", "follow_ups")
    op.drop_index("ix_follow_ups_owner_agent_id_due_on_open", "follow_ups")
    for column in _FOLLOW_UPS:
        op.drop_column("follow_ups", column)
    op.drop_column("touches", "offered_discount_bp")
    op.drop_column("touches", "offered_price_fen")
    op.drop_table("recovery_proposals")
    op.drop_table("contact_rules")
    op.drop_table("ticket_copies")
