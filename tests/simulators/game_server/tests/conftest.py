"""The simulator on a free port, and a stand-in for GameDesk that records what it is sent."""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import uvicorn
from game_server.__main__ import uvicorn_config
from game_server.app import create_app
from game_server.games import load_games, make_games


class Desk:
    """Answers price pushes: the planned answers first, `(status, headers)`, then 200."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.planned: deque[tuple[int, dict[str, str]]] = deque()
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                desk.received.append({"path": self.path, "headers": headers, "body": body})
                push = orjson.loads(body)
                fates = [{"code": price["code"], "fate": "applied"} for price in push["prices"]]
                status, extra = desk.planned.popleft() if desk.planned else (200, {})
                if status == 0:  # hang up
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                answer = orjson.dumps({"event_id": push["event_id"], "results": fates})
                self.send_response(status)
                for name, value in {**extra, "content-length": str(len(answer))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/api"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture(scope="session")
def games_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds games.yaml and keys/."""
    folder = tmp_path_factory.mktemp("games")
    make_games(folder, "http://127.0.0.1:9000/games")
    return folder


@pytest.fixture(scope="session")
def running_desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


@pytest.fixture(scope="session")
def simulator_url(games_folder: Path, running_desk: Desk) -> Iterator[str]:
    app = create_app(load_games(games_folder / "games.yaml"), running_desk.url, first_pause_s=0.01)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn_config(app, "127.0.0.1", 0, "warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def desk(running_desk: Desk) -> Desk:
    running_desk.received.clear()
    running_desk.planned.clear()
    return running_desk


@pytest.fixture
def client(simulator_url: str) -> Iterator[httpx.Client]:
    """Without an API key; the simulator is as new."""
    with httpx.Client(base_url=simulator_url, trust_env=False, timeout=10) as client:
        client.post("/management/reset").raise_for_status()
        yield client


@pytest.fixture
def manage(client: httpx.Client) -> Iterator[httpx.Client]:
    """The management API of xiyou."""
    base = f"{client.base_url}/management/games/xiyou"
    with httpx.Client(base_url=base, trust_env=False, timeout=10) as manage:
        yield manage


@pytest.fixture
def game(client: httpx.Client, games_folder: Path) -> Iterator[httpx.Client]:
    """The game API of xiyou, with its key."""
    key = (games_folder / "keys/xiyou.api_key").read_text().strip()
    headers = {"authorization": f"Bearer {key}"}
    base = f"{client.base_url}/games/xiyou/v1"
    with httpx.Client(base_url=base, headers=headers, trust_env=False, timeout=10) as game:
        yield game
