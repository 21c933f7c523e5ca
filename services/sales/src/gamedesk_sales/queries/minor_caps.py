"""What minors may spend."""

from __future__ import annotations

from sqlalchemy import Connection

from gamedesk_sales.errors import NoSuchBand
from gamedesk_sales.model.minor_caps import MinorCap
from gamedesk_sales.repository import minor_caps


def list_caps(tx: Connection) -> list[MinorCap]:
    return minor_caps.all_caps(tx)


def get_cap(tx: Connection, band: str) -> MinorCap:
    cap = minor_caps.get(tx, band)
    if cap is None:
        raise NoSuchBand()
    return cap
