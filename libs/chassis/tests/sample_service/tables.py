"""The service's tables."""

from gamedesk_chassis.database import new_metadata
from gamedesk_chassis.idempotency import idempotency_table
from gamedesk_chassis.service import event_tables
from sqlalchemy import Column, Integer, String, Table

metadata = new_metadata()
event_tables(metadata)
idempotency_table(metadata)

things = Table(
    "things",
    metadata,
    Column("thing_id", String(64), primary_key=True),
    Column("colour", String(64), nullable=False),
    Column("version", Integer, nullable=False),
)
copies = Table(
    "copies",
    metadata,
    Column("thing_id", String(64), primary_key=True),
    Column("colour", String(64), nullable=False),
    Column("version", Integer, nullable=False),
)
# One row for each event that had its effect; a second effect of the same event raises `times`.
effects = Table(
    "effects",
    metadata,
    Column("event_id", String(64), primary_key=True),
    Column("times", Integer, nullable=False),
)
