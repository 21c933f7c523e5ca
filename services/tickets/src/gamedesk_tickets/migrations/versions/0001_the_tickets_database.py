"""the tickets database."""

import sqlalchemy as sa
from alembic import op
from gamedesk_chassis import schema
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    schema.create_event_tables_v1(op)
    schema.create_idempotency_keys_v1(op)
    op.create_table(
        "agent_copies",
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_agent_copies")),
    )
    op.create_table(
        "player_copies",
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agent_id", sa.String(length=32), nullable=False),
        sa.Column("tier", sa.String(length=16), nullable=False),
        sa.Column("minor_band", sa.String(length=16), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("player_id", name=op.f("pk_player_copies")),
    )
    op.create_index(op.f("ix_player_copies_owner_agent_id"), "player_copies", ["owner_agent_id"], unique=False)
    op.create_table(
        "tickets",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("solution", sa.Text(), nullable=True),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.String(length=16), nullable=False),
        sa.Column("waiting_on", sa.String(length=16), nullable=False),
        sa.Column("assignee_agent_id", sa.String(length=32), nullable=True),
        sa.Column("reopens_ticket_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_tickets_done_at")),
        sa.CheckConstraint("state <> 'done' OR solution IS NOT NULL", name=op.f("ck_tickets_solution")),
        sa.CheckConstraint("state <> 'done' OR waiting_on = 'none'", name=op.f("ck_tickets_waiting_on")),
        sa.CheckConstraint("state IN ('pending', 'in_progress', 'done')", name=op.f("ck_tickets_state")),
        sa.ForeignKeyConstraint(
            ["reopens_ticket_id"], ["tickets.ticket_id"], name=op.f("fk_tickets_reopens_ticket_id")
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("number", name=op.f("uq_tickets_number")),
    )
    op.create_index(
        "ix_tickets_assignee_agent_id_state_ticket_id",
        "tickets",
        ["assignee_agent_id", "state", "ticket_id"],
        unique=False,
    )
    op.create_index("ix_tickets_player_id_ticket_id", "tickets", ["player_id", "ticket_id"], unique=False)
    op.create_index("ix_tickets_state_ticket_id", "tickets", ["state", "ticket_id"], unique=False)
    op.create_index(
        "ix_tickets_unassigned",
        "tickets",
        ["player_id", "state", "ticket_id"],
        unique=False,
        postgresql_where=sa.text("assignee_agent_id IS NULL"),
    )
    op.create_index(
        "ix_tickets_waiting",
        "tickets",
        ["waiting_on", "ticket_id"],
        unique=False,
        postgresql_where=sa.text("waiting_on <> 'none'"),
    )
    op.create_table(
        "entries",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("department", sa.String(length=16), nullable=True),
        sa.Column("consultation_entry_id", sa.Uuid(), nullable=True),
        sa.Column("from_state", sa.String(length=16), nullable=True),
        sa.Column("to_state", sa.String(length=16), nullable=True),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_entry_id"], ["entries.entry_id"], name=op.f("fk_entries_consultation_entry_id")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.ticket_id"], name=op.f("fk_entries_ticket_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_entries")),
    )
    op.create_index("ix_entries_ticket_id_position", "entries", ["ticket_id", "position"], unique=False)


def downgrade() -> None:
    schema.drop_idempotency_keys_v1(op)
    schema.drop_event_tables_v1(op)
    op.drop_index("ix_entries_ticket_id_position", table_name="entries")
    op.drop_table("entries")
    op.drop_index("ix_tickets_waiting", table_name="tickets", postgresql_where=sa.text("waiting_on <> 'none'"))
    op.drop_index("ix_tickets_unassigned", table_name="tickets", postgresql_where=sa.text("assignee_agent_id IS NULL"))
    op.drop_index("ix_tickets_state_ticket_id", table_name="tickets")
    op.drop_index("ix_tickets_player_id_ticket_id", table_name="tickets")
    op.drop_index("ix_tickets_assignee_agent_id_state_ticket_id", table_name="tickets")
    op.drop_table("tickets")
    op.drop_index(op.f("ix_player_copies_owner_agent_id"), table_name="player_copies")
    op.drop_table("player_copies")
    op.drop_table("agent_copies")
