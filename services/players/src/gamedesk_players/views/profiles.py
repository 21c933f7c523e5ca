"""How the games stand with us, as callers see it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from gamedesk_chassis.remotes import Remote

from gamedesk_players.model.gates import Gate
from gamedesk_players.queries.profiles import GamesStanding


def games(configured: Iterable[Remote], standing: GamesStanding, moment: datetime) -> dict[str, Any]:
    items = [
        {
            "game_id": game.id,
            "name": game.name,
            "sync": _sync(standing.gates.get(game.id), standing.due.get(game.id, 0), moment),
        }
        for game in configured
    ]
    return {"items": items}


def _sync(gate: Gate | None, due: int, moment: datetime) -> dict[str, Any]:
    return {
        "circuit": gate.circuit(moment) if gate else "closed",
        "open_until": gate.open_until if gate else None,
        "due": due,
        "last_answer_at": gate.last_answer_at if gate else None,
        "last_failure_at": gate.last_failure_at if gate else None,
        "last_reason": gate.last_reason if gate else None,
    }
