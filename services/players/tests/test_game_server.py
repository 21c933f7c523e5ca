"""What a game may answer, and what happens when it answers something else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from gamedesk_chassis.http_client import CallFailed
from gamedesk_chassis.remotes import load_remotes
from gamedesk_players.clients.game_server import GameServer
from gamedesk_players.settings import Settings
from gamedesk_players.sync import ProfileSync
from gamedesk_testing.api_client import ApiClient

GOOD = {"game_account_id": "1", "nickname": "悟空", "server": {"id": "s1", "name": "花果山"}}


class OddGame(ThreadingHTTPServer):
    """Answers every question with `status` and `profiles`."""

    status, profiles = 200, [GOOD]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: OddGame  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        body = json.dumps({"profiles": self.server.profiles}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def odd_game() -> Iterator[OddGame]:
    with OddGame(("127.0.0.1", 0), _Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def settings(settings: Settings, odd_game: OddGame) -> Settings:
    games = settings.games_file.read_text(encoding="utf-8").replace("http://127.0.0.1:9", odd_game.url)
    games_file = settings.games_file.with_name("odd.yaml")
    games_file.write_text(games, encoding="utf-8")
    return settings.model_copy(update={"games_file": games_file})


@pytest.fixture
def sync(settings: Settings, new_sync: Callable[..., ProfileSync]) -> ProfileSync:
    return new_sync(load_remotes(settings.games_file, "games"))


def run_until_all_are(state: str, sync: ProfileSync, agent: ApiClient, player_id: str) -> Callable[[], Any]:
    def turn() -> Any:
        sync.run()
        profiles = agent.get(f"/players/{player_id}").json()["profiles"]
        return {p["state"] for p in profiles} == {state} and profiles

    return turn


@pytest.mark.parametrize(
    ("status", "profiles", "reason"),
    [
        (200, [GOOD, {**GOOD, "nickname": "八戒"}], "body"),
        (200, [{**GOOD, "nickname": "悟\x00空"}], "body"),
        (200, [{**GOOD, "game_account_id": "1\n2"}], "body"),
        (200, [{**GOOD, "server": {"id": "s1", "name": "\x85"}}], "body"),
        (404, [], "status"),
    ],
)
def test_an_odd_answer_is_a_failed_call__R5(
    settings: Settings, odd_game: OddGame, status: int, profiles: list[Any], reason: str
) -> None:
    odd_game.status, odd_game.profiles = status, profiles
    server = GameServer(load_remotes(settings.games_file, "games")["xiyou"])

    with pytest.raises(CallFailed) as failed:
        server.accounts_of("+8613800138000")

    assert failed.value.reason == reason


def test_a_sync_that_breaks_unexpectedly_is_settled_and_heals__R5(
    sync: ProfileSync,
    as_agent: Callable[[str], ApiClient],
    eventually: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    agent = as_agent("KF003")
    player_id = agent.post("/players", {"phone": "13800138000"}).json()["player_id"]

    def broken(*_: Any) -> None:
        raise RuntimeError("a fault of our own")

    with monkeypatch.context() as patch:
        patch.setattr(GameServer, "accounts_of", broken)
        failed = eventually(run_until_all_are("error", sync, agent, player_id))
    assert {p["error"] for p in failed} == {"internal"}

    eventually(run_until_all_are("ok", sync, agent, player_id))
