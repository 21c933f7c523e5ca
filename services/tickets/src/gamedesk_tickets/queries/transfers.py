"""Transfers of tickets."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from gamedesk_tickets.model.transfers import Transfer
from gamedesk_tickets.repository import transfers


def get_transfer(tx: Connection, transfer_id: UUID) -> Transfer:
    transfer = transfers.get(tx, transfer_id)
    assert transfer is not None, "transfers are never deleted"
    return transfer
