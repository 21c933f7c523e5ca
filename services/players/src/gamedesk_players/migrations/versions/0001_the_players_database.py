"""the players database."""

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
        "agents",
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('agent', 'lead', 'admin')", name=op.f("ck_agents_role")),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_agents")),
    )
    op.create_table(
        "agent_wechat_bindings",
        sa.Column("binding_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("wechat_id", sa.String(length=32), nullable=False),
        sa.Column("wechat_key", sa.String(length=32), nullable=False),
        sa.Column("wechat_name", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.agent_id"], name=op.f("fk_agent_wechat_bindings_agent_id")),
        sa.PrimaryKeyConstraint("binding_id", name=op.f("pk_agent_wechat_bindings")),
    )
    op.create_index(
        "uq_agent_wechat_bindings_agent_id_active",
        "agent_wechat_bindings",
        ["agent_id"],
        unique=True,
        postgresql_where=sa.text("valid_until IS NULL"),
    )
    op.create_index(
        "uq_agent_wechat_bindings_wechat_key_active",
        "agent_wechat_bindings",
        ["wechat_key"],
        unique=True,
        postgresql_where=sa.text("valid_until IS NULL"),
    )
    op.create_table(
        "players",
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agent_id", sa.String(length=32), nullable=False),
        sa.Column("wechat_id", sa.String(length=32), nullable=True),
        sa.Column("wechat_name", sa.String(length=64), nullable=True),
        sa.Column("tier", sa.String(length=16), nullable=False),
        sa.Column("minor_band", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.String(length=24)), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["merged_into"], ["players.player_id"], name=op.f("fk_players_merged_into")),
        sa.ForeignKeyConstraint(["owner_agent_id"], ["agents.agent_id"], name=op.f("fk_players_owner_agent_id")),
        sa.PrimaryKeyConstraint("player_id", name=op.f("pk_players")),
    )
    op.create_index(
        "ix_players_merged_into",
        "players",
        ["merged_into"],
        unique=False,
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index("ix_players_owner_agent_id_player_id", "players", ["owner_agent_id", "player_id"], unique=False)
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.agent_id"], name=op.f("fk_refresh_tokens_agent_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_refresh_tokens")),
    )
    op.create_index(op.f("ix_refresh_tokens_agent_id"), "refresh_tokens", ["agent_id"], unique=False)
    op.create_index("ix_refresh_tokens_expires_at", "refresh_tokens", ["expires_at"], unique=False)
    op.create_index(op.f("ix_refresh_tokens_family_id"), "refresh_tokens", ["family_id"], unique=False)
    op.create_table(
        "contact_reveals",
        sa.Column("reveal_id", sa.Uuid(), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.agent_id"], name=op.f("fk_contact_reveals_agent_id")),
        sa.ForeignKeyConstraint(["player_id"], ["players.player_id"], name=op.f("fk_contact_reveals_player_id")),
        sa.PrimaryKeyConstraint("reveal_id", name=op.f("pk_contact_reveals")),
    )
    op.create_index(
        "ix_contact_reveals_player_id_revealed_at", "contact_reveals", ["player_id", "revealed_at"], unique=False
    )
    op.create_table(
        "player_names",
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["player_id"], ["players.player_id"], name=op.f("fk_player_names_player_id")),
        sa.PrimaryKeyConstraint("player_id", name=op.f("pk_player_names")),
    )
    op.create_index("ix_player_names_grams", "player_names", ["grams"], unique=False, postgresql_using="gin")
    op.create_table(
        "player_phones",
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("last_four", sa.String(length=4), sa.Computed("right(phone, 4)", persisted=True), nullable=False),
        sa.ForeignKeyConstraint(["player_id"], ["players.player_id"], name=op.f("fk_player_phones_player_id")),
        sa.PrimaryKeyConstraint("phone", name=op.f("pk_player_phones")),
    )
    op.create_index("ix_player_phones_last_four_player_id", "player_phones", ["last_four", "player_id"], unique=False)
    op.create_index(op.f("ix_player_phones_player_id"), "player_phones", ["player_id"], unique=False)
    op.create_table(
        "player_wechat_ids",
        sa.Column("wechat_key", sa.String(length=32), nullable=False),
        sa.Column("wechat_id", sa.String(length=32), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["player_id"], ["players.player_id"], name=op.f("fk_player_wechat_ids_player_id")),
        sa.PrimaryKeyConstraint("wechat_key", name=op.f("pk_player_wechat_ids")),
    )
    op.create_index(op.f("ix_player_wechat_ids_player_id"), "player_wechat_ids", ["player_id"], unique=False)
    op.create_index(
        "ix_player_wechat_ids_prefix",
        "player_wechat_ids",
        ["wechat_key"],
        unique=False,
        postgresql_ops={"wechat_key": "text_pattern_ops"},
    )
    op.create_table(
        "profile_syncs",
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("game_id", sa.String(length=32), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["player_id"], ["players.player_id"], name=op.f("fk_profile_syncs_player_id")),
        sa.PrimaryKeyConstraint("player_id", "game_id", name=op.f("pk_profile_syncs")),
    )
    op.create_index(
        "ix_profile_syncs_game_id_due_at",
        "profile_syncs",
        ["game_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_table(
        "profiles",
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("game_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("game_account_id", sa.String(length=64), nullable=True),
        sa.Column("nickname", sa.String(length=64), nullable=True),
        sa.Column("server_id", sa.String(length=64), nullable=True),
        sa.Column("server_name", sa.String(length=64), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("vip_level", sa.Integer(), nullable=True),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["player_id"], ["players.player_id"], name=op.f("fk_profiles_player_id")),
        sa.PrimaryKeyConstraint("profile_id", name=op.f("pk_profiles")),
    )
    op.create_index(
        "uq_profiles_player_id_game_id_game_account_id",
        "profiles",
        ["player_id", "game_id", "game_account_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    schema.drop_idempotency_keys_v1(op)
    schema.drop_event_tables_v1(op)
    op.drop_index(
        "uq_profiles_player_id_game_id_game_account_id", table_name="profiles", postgresql_nulls_not_distinct=True
    )
    op.drop_table("profiles")
    op.drop_index(
        "ix_profile_syncs_game_id_due_at", table_name="profile_syncs", postgresql_where=sa.text("due_at IS NOT NULL")
    )
    op.drop_table("profile_syncs")
    op.drop_index(
        "ix_player_wechat_ids_prefix", table_name="player_wechat_ids", postgresql_ops={"wechat_key": "text_pattern_ops"}
    )
    op.drop_index(op.f("ix_player_wechat_ids_player_id"), table_name="player_wechat_ids")
    op.drop_table("player_wechat_ids")
    op.drop_index(op.f("ix_player_phones_player_id"), table_name="player_phones")
    op.drop_index("ix_player_phones_last_four_player_id", table_name="player_phones")
    op.drop_table("player_phones")
    op.drop_index("ix_player_names_grams", table_name="player_names", postgresql_using="gin")
    op.drop_table("player_names")
    op.drop_index("ix_contact_reveals_player_id_revealed_at", table_name="contact_reveals")
    op.drop_table("contact_reveals")
    op.drop_index(op.f("ix_refresh_tokens_family_id"), table_name="refresh_tokens")
    op.drop_index("ix_refresh_tokens_expires_at", table_name="refresh_tokens")
    op.drop_index(op.f("ix_refresh_tokens_agent_id"), table_name="refresh_tokens")
    op.drop_table("refresh_tokens")
    op.drop_index("ix_players_owner_agent_id_player_id", table_name="players")
    op.drop_index("ix_players_merged_into", table_name="players", postgresql_where=sa.text("merged_into IS NOT NULL"))
    op.drop_table("players")
    op.drop_index(
        "uq_agent_wechat_bindings_wechat_key_active",
        table_name="agent_wechat_bindings",
        postgresql_where=sa.text("valid_until IS NULL"),
    )
    op.drop_index(
        "uq_agent_wechat_bindings_agent_id_active",
        table_name="agent_wechat_bindings",
        postgresql_where=sa.text("valid_until IS NULL"),
    )
    op.drop_table("agent_wechat_bindings")
    op.drop_table("agents")
