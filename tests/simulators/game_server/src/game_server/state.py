"""What the simulator remembers of a game, in memory; all of it is used on one event loop."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from game_server.faults import Fault
from game_server.games import Game
from game_server.items import Item, first_items, rfc3339
from game_server.problems import Problem
from game_server.profiles import Profile, profiles_of
from game_server.pushes import Push

REMEMBERED = 200


def utc_now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC)


@dataclass
class RequestLog:
    """Counts every request of a game's API and keeps the last ones."""

    counts: Counter[str] = field(default_factory=Counter)
    latest: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def opened(self, operation: str, method: str, path: str, query: dict[str, str]) -> dict[str, Any]:
        """Note a request; `status` and `fault` of the entry are filled in when it is answered."""
        entry: dict[str, Any] = {
            "at": rfc3339(utc_now()),
            "operation": operation,
            "method": method,
            "path": path,
            "query": query,
            "status": None,
            "fault": "none",
        }
        self.counts[operation] += 1
        self.latest.append(entry)
        return entry


@dataclass
class GameState:
    """One game: its items, what was set for phones, grants, the fault in force, requests and pushes."""

    game: Game
    all_games: Sequence[str]
    now: Callable[[], datetime] = utc_now
    items: dict[str, Item] = field(default_factory=dict)
    profiles: dict[str, list[Profile]] = field(default_factory=dict)
    grants: dict[str, dict[str, Any]] = field(default_factory=dict)
    fault: Fault = field(default_factory=Fault)
    requests: RequestLog = field(default_factory=RequestLog)
    pushes: OrderedDict[str, Push] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self.items = first_items(self.game.game_id)

    def profiles_of(self, phone: str) -> list[Profile]:
        """The accounts of a phone: as they were set, else as the number makes them."""
        if phone in self.profiles:
            return self.profiles[phone]
        return profiles_of(phone, self.game.game_id, self.all_games, self.now())

    def remember(self, push: Push) -> Push:
        """Keep a push for its repetition; of more than 200 the oldest is forgotten."""
        self.pushes[push.event_id] = push
        while len(self.pushes) > REMEMBERED:
            self.pushes.popitem(last=False)
        return push


class World:
    """All simulated games, by id."""

    def __init__(self, games: Sequence[Game]) -> None:
        self._games = {game.game_id: game for game in games}
        self._states: dict[str, GameState] = {}
        self.reset()

    def reset(self) -> None:
        """Every game as it was at the start."""
        ids = list(self._games)
        self._states = {game_id: GameState(game, ids) for game_id, game in self._games.items()}

    def game(self, game_id: str) -> GameState:
        """One game. Raises Problem 404."""
        if game_id not in self._states:
            raise Problem(404, "not-found", "There is no such game.")
        return self._states[game_id]
