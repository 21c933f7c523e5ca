"""The gates before the games. Times are the database's, so that replicas with different clocks agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from gamedesk_players.model.gates import Gate
from gamedesk_players.tables import game_gates


def lock(tx: Connection, game_id: str) -> tuple[Gate, datetime]:
    """The gate before a game, and the time; until the transaction ends nobody else passes it."""
    first = {"game_id": game_id, "tokens": 0, "refilled_at": func.to_timestamp(0), "failures": 0}
    tx.execute(pg_insert(game_gates).values(first).on_conflict_do_nothing())
    row = tx.execute(select(game_gates).where(game_gates.c.game_id == game_id).with_for_update()).one()
    return _gate(row), tx.execute(select(func.clock_timestamp())).scalar_one()


def save(tx: Connection, gate: Gate) -> None:
    tx.execute(update(game_gates).where(game_gates.c.game_id == gate.game_id).values(**asdict(gate)))


def record_answer(tx: Connection, game_id: str) -> None:
    """The game answers: its circuit is closed."""
    closed = {"failures": 0, "open_until": None, "probing_until": None, "last_answer_at": func.clock_timestamp()}
    tx.execute(update(game_gates).where(game_gates.c.game_id == game_id).values(closed))


def of_games(tx: Connection, game_ids: Sequence[str]) -> dict[str, Gate]:
    """The gates of those games that were ever asked."""
    rows = tx.execute(select(game_gates).where(game_gates.c.game_id.in_(game_ids)))
    return {row.game_id: _gate(row) for row in rows}


def _gate(row: Row[Any]) -> Gate:
    return Gate(**row._mapping)
