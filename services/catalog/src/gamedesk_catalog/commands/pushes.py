"""Prices that a game pushes (R30)."""

from __future__ import annotations

from collections.abc import Sequence

from gamedesk_chassis.idempotency import body_hash
from sqlalchemy import Connection

from gamedesk_catalog.commands.prices import Origin, apply_quotes
from gamedesk_catalog.errors import EventIdReused
from gamedesk_catalog.quotes import Quote
from gamedesk_catalog.repository import pulls

Results = list[list[str]]


def push_prices(
    tx: Connection, game_id: str, event_id: str, body: object, quotes: Sequence[Quote], hold_factor: int
) -> Results:
    """Apply a push once; returns [code, fate] of each price, the same for every repetition.

    Raises EventIdReused for another body under the same event id.
    """
    digest = body_hash(body)
    seen = pulls.begin_push(tx, game_id, event_id, digest)
    if seen is not None:
        if seen.body_hash != digest:
            raise EventIdReused("Use a new event_id for a new push.", pointer="/event_id")
        return seen.results
    fates, _ = apply_quotes(tx, game_id, quotes, Origin("push", cause_id=event_id), hold_factor)
    results = [[quote.code, fate] for quote, fate in zip(quotes, fates, strict=True)]
    pulls.finish_push(tx, game_id, event_id, results)
    return results
