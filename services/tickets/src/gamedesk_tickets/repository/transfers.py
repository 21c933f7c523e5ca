"""Transfers of tickets."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, insert, select

from gamedesk_tickets.model.transfers import Fate, Transfer
from gamedesk_tickets.tables import ticket_transfers


def insert_transfer(tx: Connection, transfer: Transfer) -> None:
    fates = [{"ticket_id": str(fate.ticket_id), "fate": fate.fate} for fate in transfer.fates]
    tx.execute(insert(ticket_transfers).values({**vars(transfer), "fates": fates}))


def get(tx: Connection, transfer_id: UUID) -> Transfer | None:
    row = tx.execute(select(ticket_transfers).where(ticket_transfers.c.transfer_id == transfer_id)).one_or_none()
    if row is None:
        return None
    fates = tuple(Fate(UUID(fate["ticket_id"]), fate["fate"]) for fate in row.fates)
    return Transfer(**{**row._mapping, "fates": fates})
