"""Alembic's entry point."""

from gamedesk_catalog.tables import metadata
from gamedesk_chassis.migrate import run_env

run_env(metadata)
