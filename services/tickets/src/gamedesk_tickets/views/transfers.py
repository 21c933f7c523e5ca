"""Transfers of tickets."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_tickets.model.transfers import Transfer


def transfer_view(transfer: Transfer) -> dict[str, Any]:
    return {
        "transfer_id": transfer.transfer_id,
        "to_agent_id": transfer.to_agent_id,
        "items": [asdict(fate) for fate in transfer.fates],
    }
