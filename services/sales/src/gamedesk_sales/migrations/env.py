"""Alembic's entry point."""

from gamedesk_chassis.migrate import run_env
from gamedesk_sales.tables import metadata

run_env(metadata)
