"""Alembic's entry point."""

from gamedesk_chassis.migrate import run_env
from gamedesk_tickets.tables import metadata

run_env(metadata)
