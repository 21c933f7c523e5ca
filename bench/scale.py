"""Whether what agents do all day takes longer on a large desk: the same requests on two sizes, in turn in one run.

Requests go through the services' own HTTP API (their ASGI apps in this process, a signed token, no gateway, no
network). Figures of each kind of request and size: p50 and p95 in ms, and the p50 of what its SQL statements took.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import gamedesk_players.app
import gamedesk_players.settings
import gamedesk_tickets.app
import gamedesk_tickets.settings
from gamedesk_chassis.migrate import migrate
from gamedesk_local.postgres import THROWAWAY_SETTINGS, PostgresServer
from gamedesk_players.__main__ import SERVICE as PLAYERS
from gamedesk_testing import run_folder
from gamedesk_testing.api_client import ApiClient
from gamedesk_testing.tokens import Keys, make_keys
from gamedesk_tickets.__main__ import SERVICE as TICKETS
from pydantic import SecretStr
from sqlalchemy import Engine, event

from bench import bulk
from bench.requests import CALLER, Request, requests_of

# Filling writes much at once; nothing of this changes how queries are planned or run.
_SETTINGS = THROWAWAY_SETTINGS | {"max_wal_size": "8GB", "checkpoint_timeout": "1h"}
_PASSWORD = "gamedesk-bench"
_WARM_UP = 20
_GAMES = """
games:
  - {id: xiyou, name: 西游传说, api_url: 'http://127.0.0.1:9', api_key_file: key, push_secret_files: [key]}
  - {id: sanguo, name: 三国志战, api_url: 'http://127.0.0.1:9', api_key_file: key, push_secret_files: [key]}
  - {id: xinghe, name: 星河远征, api_url: 'http://127.0.0.1:9', api_key_file: key, push_secret_files: [key]}
"""


@dataclass(frozen=True)
class Desk:
    """A size: its two services, and what is asked of them by kind."""

    clients: dict[str, ApiClient]
    requests: dict[str, Sequence[Request]]


@dataclass
class Times:
    """Milliseconds, of the whole request and of its statements."""

    whole: list[float] = field(default_factory=list)
    sql: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        return {"p50_ms": median(self.whole), "p95_ms": _p95(self.whole), "sql_p50_ms": median(self.sql)}


class SqlClock:
    """Adds up what statements take, of all engines of this process."""

    def __init__(self) -> None:
        self.seconds = 0.0
        event.listen(Engine, "before_cursor_execute", self._before)
        event.listen(Engine, "after_cursor_execute", self._after)

    def _before(self, *_: Any) -> None:
        self._started = time.perf_counter()

    def _after(self, *_: Any) -> None:
        self.seconds += time.perf_counter() - self._started

    def remove(self) -> None:
        event.remove(Engine, "before_cursor_execute", self._before)
        event.remove(Engine, "after_cursor_execute", self._after)


def measure(*, small: int, large: int, repetitions: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Fill databases of both sizes, ask, and remove them; returns what `report` prints."""
    now = datetime.now(UTC)
    sizes = {"small": bulk.Size(small, now), "large": bulk.Size(large, now)}
    with _server() as server, tempfile.TemporaryDirectory(prefix="gamedesk-bench-") as folder:
        keys = make_keys(Path(folder))
        filled = {name: _fill(server, size, say) for name, size in sizes.items()}
        desks = {name: _desk(server, size, keys, Path(folder)) for name, size in sizes.items()}
        say("measuring")
        kinds = {kind: _times(desks, kind, repetitions) for kind in desks["large"].requests}
    return {
        "sizes": {name: {"players": s.players, "tickets": s.tickets, **filled[name]} for name, s in sizes.items()},
        "repetitions": repetitions,
        "kinds": {kind: {name: t.figures() for name, t in times.items()} for kind, times in kinds.items()},
    }


def report(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    small, large = (result["sizes"][name] for name in ("small", "large"))
    lines = [
        f"{size['players']:,} players, {size['tickets']:,} tickets: filled in {size['seconds']:.0f} s, "
        f"{size['gigabytes']:.1f} GB"
        for size in (small, large)
    ]
    lines += [
        "",
        f"| ms | p50 {small['players']:,} | p50 {large['players']:,} | ratio | p95 {small['players']:,} "
        f"| p95 {large['players']:,} | SQL p50 {small['players']:,} | SQL p50 {large['players']:,} |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for kind, of in result["kinds"].items():
        a, b = of["small"], of["large"]
        ratio = b["p50_ms"] / a["p50_ms"]
        cells = (a["p50_ms"], b["p50_ms"], ratio, a["p95_ms"], b["p95_ms"], a["sql_p50_ms"], b["sql_p50_ms"])
        lines.append(f"| {kind} | " + " | ".join(f"{cell:.1f}" for cell in cells) + " |")
    return "\n".join(lines)


@contextmanager
def _server() -> Iterator[PostgresServer]:
    """A PostgreSQL of this run alone; whatever happens, it is ended and its folder deleted."""
    folder = run_folder.make()
    try:
        server = PostgresServer(folder / "postgres", _PASSWORD, _SETTINGS)
        server.start()
        yield server
    finally:
        run_folder.clear(folder)


def _fill(server: PostgresServer, size: bulk.Size, say: Callable[[str], None]) -> dict[str, float]:
    say(f"filling {size.players:,} players and {size.tickets:,} tickets")
    started = time.perf_counter()
    databases = {f"players_{size.players}": (PLAYERS, bulk.fill_players)}
    databases |= {f"tickets_{size.players}": (TICKETS, bulk.fill_tickets)}
    for name, (service, _) in databases.items():
        migrate(server.ensure_database(name, _PASSWORD), service.migrations)
    with ThreadPoolExecutor() as pool:
        filling = [pool.submit(fill, partial(server.connect, name), size) for name, (_, fill) in databases.items()]
    for filled in filling:
        filled.result()
    with server.connect() as connection:
        query = "SELECT sum(pg_database_size(datname)) FROM pg_database WHERE datname = ANY(%s)"
        row = connection.execute(query, [list(databases)]).fetchone()
    return {"seconds": time.perf_counter() - started, "gigabytes": float(row[0] if row else 0) / 1e9}


def _desk(server: PostgresServer, size: bulk.Size, keys: Keys, folder: Path) -> Desk:
    (folder / "key").write_text("whsec_c2VjcmV0")
    (folder / "key").chmod(0o600)
    (folder / "games.yaml").write_text(_GAMES, encoding="utf-8")
    with server.connect(f"players_{size.players}") as players:
        asked = requests_of(players, size)
    desk = Desk(_clients(server, size, keys, folder, held_to_contract=False), asked)
    _check(Desk(_clients(server, size, keys, folder, held_to_contract=True), asked))
    return desk


def _clients(
    server: PostgresServer, size: bulk.Size, keys: Keys, folder: Path, *, held_to_contract: bool
) -> dict[str, ApiClient]:
    def database_url(service: str) -> str:
        name = f"{service}_{size.players}"
        return server.url(name, name, _PASSWORD)

    players = gamedesk_players.settings.Settings(
        database_url=database_url("players"),
        jwks_file=keys.jwks_file,
        signing_key_file=keys.signing_key_file,
        gateway_key=SecretStr(keys.gateway_key),
        games_file=folder / "games.yaml",
        validate_responses=held_to_contract,
        log_level="ERROR",
    )
    tickets = gamedesk_tickets.settings.Settings(
        database_url=database_url("tickets"),
        jwks_file=keys.jwks_file,
        attachments_url="memory:///",
        validate_responses=held_to_contract,
        log_level="ERROR",
    )
    token = keys.token(CALLER, "admin", "T0", expires_in=6 * 3600)
    return {
        "players": ApiClient(gamedesk_players.app.create_app(players), token),
        "tickets": ApiClient(gamedesk_tickets.app.create_app(tickets), token),
    }


def _check(desk: Desk) -> None:
    """Every request is answered as the contract says, and finds something if it should."""
    for kind, asked in desk.requests.items():
        for request in asked:
            response = desk.clients[request.service].get(request.path, **request.query)
            assert response.status_code == 200, f"{kind}: {response.status_code} {response.text}"
            items = response.json().get("items")
            assert items is None or request.finds in (None, bool(items)), f"{kind}: {request.query} found {len(items)}"


def _times(desks: dict[str, Desk], kind: str, repetitions: int) -> dict[str, Times]:
    """The sizes in turn, so that whatever else the machine does befalls both."""
    clock, times = SqlClock(), {name: Times() for name in desks}
    for number in range(_WARM_UP + repetitions):
        for name, desk in desks.items():
            request = desk.requests[kind][number % len(desk.requests[kind])]
            clock.seconds, started = 0.0, time.perf_counter()
            response = desk.clients[request.service].get(request.path, **request.query)
            took = time.perf_counter() - started
            assert response.status_code == 200, response.text
            if number >= _WARM_UP:
                times[name].whole.append(took * 1000)
                times[name].sql.append(clock.seconds * 1000)
    clock.remove()
    return times


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[math.ceil(len(values) * 0.95) - 1]
