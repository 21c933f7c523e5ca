"""What all tables share: the metadata, and the tables of the chassis."""

from __future__ import annotations

from gamedesk_chassis.database import new_metadata
from gamedesk_chassis.idempotency import idempotency_table
from gamedesk_chassis.service import event_tables

metadata = new_metadata()

event_tables(metadata)

idempotency_keys = idempotency_table(metadata)
