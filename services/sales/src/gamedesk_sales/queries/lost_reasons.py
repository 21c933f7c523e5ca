"""Why sales are lost."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from gamedesk_sales.errors import ReasonNotFound
from gamedesk_sales.model.lost_reasons import LostReason
from gamedesk_sales.repository import lost_reasons


def list_reasons(tx: Connection) -> list[LostReason]:
    return lost_reasons.all_reasons(tx)


def get_reason(tx: Connection, reason_id: UUID) -> LostReason:
    reason = lost_reasons.get(tx, reason_id)
    if reason is None:
        raise ReasonNotFound()
    return reason
