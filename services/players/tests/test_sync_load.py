"""Asking real servers (the simulated games) when there is much to ask, and when they are not well. R5."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.jobs import run_periodically
from gamedesk_chassis.remotes import SyncLimits, load_remotes
from gamedesk_players.__main__ import SERVICE
from gamedesk_players.app import create_app
from gamedesk_players.commands import syncs
from gamedesk_players.settings import Settings
from gamedesk_players.sync import ProfileSync
from gamedesk_testing.api_client import ApiClient
from gamedesk_testing.simulated_games import SimulatedGames
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from .many_players import insert_players

Eventually = Callable[..., Any]
NewWorker = Callable[..., ProfileSync]


@pytest.fixture
def new_worker(simulated_games: SimulatedGames, new_sync: Callable[..., ProfileSync]) -> NewWorker:
    """`new_worker(concurrency=4, per_second=10)`: the job of one more worker replica."""

    def new(games_file: Path = simulated_games.games_file, **limits: Any) -> ProfileSync:
        games = load_remotes(games_file, "games")
        games = {game_id: replace(game, sync=SyncLimits(**limits)) for game_id, game in games.items()}
        return new_sync(games)

    return new


@pytest.fixture
def agent(settings: Settings, simulated_games: SimulatedGames, token_for: Callable[..., str]) -> ApiClient:
    app = create_app(settings.model_copy(update={"games_file": simulated_games.games_file}))
    return ApiClient(app, token_for("KF003"))


def requests_of(games: SimulatedGames, game_id: str) -> list[dict[str, Any]]:
    return games.manage("GET", f"/games/{game_id}/requests")["requests"]


def answered(database: Database, game_id: str) -> int:
    query = text("SELECT count(*) FROM profile_syncs WHERE game_id = :game AND attempts = 0 AND due_at > now()")
    with database.begin() as tx:
        return tx.execute(query, {"game": game_id}).scalar_one()


def test_an_outage_opens_the_circuit_and_it_heals_by_itself__R5(
    agent: ApiClient, database: Database, new_worker: NewWorker, simulated_games: SimulatedGames, eventually: Eventually
) -> None:
    database.transact(insert_players, 20, ("xiyou",))
    simulated_games.manage("PUT", "/games/xiyou/faults", {"mode": "down"})
    worker = new_worker(per_second=100)

    def circuit_after_a_turn() -> str:
        worker.run()
        return next(g["sync"]["circuit"] for g in agent.get("/games").json()["items"] if g["game_id"] == "xiyou")

    def asked() -> int:
        return len(requests_of(simulated_games, "xiyou"))

    def let_the_pause_be_over() -> None:
        with database.begin() as tx:
            tx.execute(text("UPDATE game_gates SET open_until = clock_timestamp()"))

    def under_way() -> int:
        with database.begin() as tx:
            return tx.execute(text("SELECT count(*) FROM profile_syncs WHERE leased_until IS NOT NULL")).scalar_one()

    eventually(lambda: circuit_after_a_turn() == "open" and not under_way())
    before = asked()
    assert before < 5 + 4, "five in a row, and what was under way with the fifth"
    assert {circuit_after_a_turn() for _ in range(5)} == {"open"}
    assert asked() == before

    let_the_pause_be_over()
    eventually(lambda: circuit_after_a_turn() == "open" and not under_way())
    assert asked() == before + 1, "one probe"

    simulated_games.manage("PUT", "/games/xiyou/faults", {"mode": "none"})
    let_the_pause_be_over()
    eventually(lambda: circuit_after_a_turn() == "closed" and answered(database, "xiyou") == 20, within=20)


def test_a_game_that_has_enough_is_left_alone_for_as_long_as_it_says__R5(
    agent: ApiClient, database: Database, new_worker: NewWorker, simulated_games: SimulatedGames, eventually: Eventually
) -> None:
    database.transact(insert_players, 20, ("xiyou",))
    fault = {"mode": "error", "error_status": 429, "retry_after_s": 200}
    simulated_games.manage("PUT", "/games/xiyou/faults", fault)
    worker = new_worker(concurrency=1, per_second=100)

    def open_until() -> str | None:
        worker.run()
        return next(g["sync"]["open_until"] for g in agent.get("/games").json()["items"] if g["game_id"] == "xiyou")

    begun = datetime.now(UTC)
    pause = datetime.fromisoformat(eventually(open_until)) - begun
    assert timedelta(seconds=200) <= pause < timedelta(seconds=220)
    assert len(requests_of(simulated_games, "xiyou")) == 1


def test_two_workers_together_keep_the_rate_of_a_game__R5(
    database: Database, new_worker: NewWorker, simulated_games: SimulatedGames, eventually: Eventually
) -> None:
    database.transact(insert_players, 40, ("xiyou",))
    workers = [new_worker(per_second=20) for _ in range(2)]

    def turn() -> bool:
        for worker in workers:
            worker.run()
        return answered(database, "xiyou") == 40

    eventually(turn, within=20)

    times = [datetime.fromisoformat(request["at"]).timestamp() for request in requests_of(simulated_games, "xiyou")]
    assert len(times) == 40
    burst = 10  # half a second's worth
    busiest = max(sum(1 for t in times if start <= t < start + 0.5) for start in times)
    assert busiest <= 20 + burst
    assert times[-1] - times[0] >= (40 - burst) / 20 * 0.6  # they arrive later than they are let through


def test_a_slow_game_holds_up_no_other_one__R5(
    database: Database, new_worker: NewWorker, simulated_games: SimulatedGames, eventually: Eventually
) -> None:
    database.transact(insert_players, 30)
    simulated_games.manage("PUT", "/games/xiyou/faults", {"mode": "slow", "delay_ms": 2500})
    worker = new_worker(per_second=100)

    def turn() -> bool:
        worker.run()
        return answered(database, "sanguo") == 30

    eventually(turn)
    assert answered(database, "xiyou") <= 4


def test_a_new_player_waits_for_no_more_than_what_is_under_way__R5(
    agent: ApiClient, database: Database, new_worker: NewWorker, simulated_games: SimulatedGames, eventually: Eventually
) -> None:
    database.transact(insert_players, 2000)
    worker = new_worker(per_second=100)

    def turn(done: Callable[[], Any]) -> Callable[[], Any]:
        def run() -> Any:
            worker.run()
            return done()

        return run

    eventually(turn(lambda: answered(database, "xiyou") >= 5))
    player_id = agent.post("/players", {"phone": "13800001111"}).json()["player_id"]
    asked_by_then = {game: len(requests_of(simulated_games, game)) for game in ("xiyou", "sanguo")}

    def is_served() -> bool:
        return {p["state"] for p in agent.get(f"/players/{player_id}").json()["profiles"]} == {"ok"}

    eventually(turn(is_served))
    for game, count in asked_by_then.items():
        asked = [request["query"]["phone"] for request in requests_of(simulated_games, game)]
        assert asked.index("+8613800001111") <= count + 4
    assert answered(database, "xiyou") < 500, "2,000 wait behind him"


def test_a_thread_that_is_free_does_not_wait_for_the_next_turn__R5(
    database: Database,
    new_worker: NewWorker,
    simulated_games: SimulatedGames,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gamedesk_players.sync._SECONDS_A_THREAD_GOES_ON", 60)  # also after a slow answer
    database.transact(insert_players, 30, ("xiyou",))
    new_worker(concurrency=1, per_second=1000).run()
    eventually(lambda: answered(database, "xiyou") >= 10)


def test_a_thread_that_loses_the_database_says_so_and_the_next_turn_goes_on__R5(
    database: Database,
    new_worker: NewWorker,
    simulated_games: SimulatedGames,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database.transact(insert_players, 10, ("xiyou",))
    worker = new_worker(concurrency=1, per_second=1000)
    claim, turns_thread = syncs.claim_syncs, threading.current_thread()

    def lost(*args: Any) -> Any:
        if threading.current_thread() is not turns_thread:
            raise OperationalError("", {}, Exception("the connection is lost"))
        return claim(*args)

    log = Mock()
    with monkeypatch.context() as patched:
        patched.setattr("gamedesk_players.sync.log", log)
        patched.setattr("gamedesk_players.sync._SECONDS_A_THREAD_GOES_ON", 60)  # also after a slow answer
        patched.setattr(syncs, "claim_syncs", lost)
        worker.run()
        eventually(lambda: log.error.called)
        assert answered(database, "xiyou") == 1
    log.error.assert_called_once_with("sync_not_claimed", game="xiyou", error="OperationalError", exc_info=True)

    def turn() -> bool:
        worker.run()
        return answered(database, "xiyou") == 10

    eventually(turn)


def test_a_worker_that_is_told_to_stop_asks_nothing_more__R5(
    settings: Settings, database: Database, simulated_games: SimulatedGames
) -> None:
    database.transact(insert_players, 2000, ("xiyou",))
    changed = settings.model_copy(update={"games_file": simulated_games.games_file})
    [job] = [job for job in SERVICE.jobs(changed, database) if job.name == "profile_sync"]

    async def main() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(run_periodically(job, database.engine, stop))
        async with asyncio.timeout(10):
            while not await asyncio.to_thread(answered, database, "xiyou"):
                pass
        stop.set()
        await running

    asyncio.run(main())

    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sync-")]
    with database.begin() as tx:
        held = tx.execute(text("SELECT count(*) FROM profile_syncs WHERE leased_until IS NOT NULL")).scalar_one()
    assert held == 0, "what was under way is settled"


def test_an_agent_who_waits_comes_before_everybody__B4(
    agent: ApiClient, database: Database, new_worker: NewWorker, simulated_games: SimulatedGames, eventually: Eventually
) -> None:
    database.transact(insert_players, 200, ("xiyou",))
    last = "00000000-0000-7000-8000-000000000200"
    assert agent.post(f"/players/{last}/sync").status_code == 202
    worker = new_worker(concurrency=1, per_second=50)

    def turn() -> bool:
        worker.run()
        return bool(requests_of(simulated_games, "xiyou"))

    eventually(turn)
    assert requests_of(simulated_games, "xiyou")[0]["query"]["phone"] == "+8613900000200"
