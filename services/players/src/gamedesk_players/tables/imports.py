"""Imports of players from spreadsheets, and their rows until they are purged."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from gamedesk_players.tables.base import metadata

# `content` is the file, until its rows are read.
player_imports = Table(
    "player_imports",
    metadata,
    Column("import_id", Uuid, primary_key=True),
    Column("file_name", String(200), nullable=False),
    Column("content", LargeBinary),
    Column("state", String(16), nullable=False),
    Column("mode", String(8)),
    Column("total", Integer),
    Column("checked", Integer, nullable=False, server_default="0"),
    Column("good", Integer, nullable=False, server_default="0"),
    Column("bad", Integer, nullable=False, server_default="0"),
    Column("duplicates", Integer, nullable=False, server_default="0"),
    Column("created", Integer, nullable=False, server_default="0"),
    Column("failed", Integer, nullable=False, server_default="0"),
    Column("columns", JSONB, nullable=False, server_default=text("'[]'")),
    Column("problem", JSONB(none_as_null=True)),
    Column("created_by", String(32), nullable=False),
    Column("run_by", String(32)),
    time_column("created_at"),
    time_column("updated_at"),
    time_column("leased_until", nullable=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Index("ix_player_imports_created_by_import_id", "created_by", "import_id"),
    Index(
        "ix_player_imports_under_way",
        "updated_at",
        postgresql_where=text("state IN ('checking', 'running')"),
    ),
    Index("ix_player_imports_named", "created_at", postgresql_where=text("file_name <> ''")),
)


player_import_rows = Table(
    "player_import_rows",
    metadata,
    Column("import_id", Uuid, ForeignKey("player_imports.import_id"), primary_key=True),
    Column("row", Integer, primary_key=True),
    Column("values", JSONB, nullable=False),
    Column("result", String(16), nullable=False),
    Column("problems", JSONB, nullable=False),
    Column("existing_player_id", Uuid),
    Column("duplicate_of_row", Integer),
    Column("player_id", Uuid),
    Column("phone_key", String(16)),
    Column("wechat_key", String(32)),
    Index("ix_player_import_rows_result", "import_id", "result", "row"),
    Index("ix_player_import_rows_player_id", "player_id", postgresql_where=text("player_id IS NOT NULL")),
    Index(
        "ix_player_import_rows_existing_player_id",
        "existing_player_id",
        postgresql_where=text("existing_player_id IS NOT NULL"),
    ),
    Index("ix_player_import_rows_phone_key", "phone_key", postgresql_where=text("phone_key IS NOT NULL")),
    Index("ix_player_import_rows_wechat_key", "wechat_key", postgresql_where=text("wechat_key IS NOT NULL")),
    Index("ix_player_import_rows_no_phone", "import_id", "row", postgresql_where=text("phone_key IS NULL")),
)
