"""What minors may spend: set by admins, held at every order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_sales.errors import MinorCapExceeded, NoSuchBand
from gamedesk_sales.model.business_days import business_day
from gamedesk_sales.model.minor_caps import Allowance, Cap
from gamedesk_sales.model.players import Player
from gamedesk_sales.repository import minor_caps as repository


def edit_cap(
    tx: Connection, caller: Principal, band: str, expected_version: int, per_order_fen: int, per_month_fen: int
) -> None:
    """What counts for orders from now on. Raises NoSuchBand, StaleVersion."""
    cap = repository.lock(tx, band)
    if cap is None:
        raise NoSuchBand()
    if cap.version != expected_version:
        raise StaleVersion()
    repository.save(
        tx,
        replace(
            cap,
            per_order_fen=per_order_fen,
            per_month_fen=per_month_fen,
            version=cap.version + 1,
            updated_by=caller.id,
            updated_at=now(),
        ),
    )


def require_within_caps(tx: Connection, player: Player, amount_fen: int, paid_at: datetime) -> None:
    """Call with the player locked, before the order is stored. Raises MinorCapExceeded."""
    allowance = repository.allowance(tx, player.minor_band, player.ids, business_day(paid_at))
    broken = allowance.broken_by(amount_fen) if allowance else None
    if allowance and broken:
        raise _exceeded(allowance, broken, "take no more than the cap, or give the payment back.", "/amount_paid_fen")


def require_not_barred(tx: Connection, player: Player, amount_fen: int, moment: datetime) -> None:
    """Of an age at which nothing may be sold to him, nothing is promised either. Raises MinorCapExceeded."""
    allowance = repository.allowance(tx, player.minor_band, player.ids, business_day(moment))
    broken = allowance.broken_by(amount_fen) if allowance else None
    if allowance and broken and min(allowance.per_order_fen, allowance.per_month_fen) == 0:
        raise _exceeded(allowance, broken, "of his age nobody is sold anything.", "/player_id")


def _exceeded(allowance: Allowance, broken: Cap, what: str, pointer: str) -> MinorCapExceeded:
    return MinorCapExceeded(
        f"He is a minor: {what}",
        pointer=pointer,
        cap=broken,
        band=allowance.band,
        limit_fen=allowance.limit_of(broken),
        spent_fen=allowance.spent_fen,
        left_fen=allowance.left_fen,
    )
