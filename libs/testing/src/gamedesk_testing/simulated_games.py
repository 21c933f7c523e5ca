"""The game-server simulator, in a thread of the test process and reached over HTTP."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from game_server.__main__ import uvicorn_config
from game_server.app import create_app
from game_server.games import load_games, make_games


@dataclass(frozen=True)
class SimulatedGames:
    """`url` of the simulator; `games_file` is the games.yaml that leads to it."""

    url: str
    games_file: Path

    def manage(self, method: str, path: str, body: Any = None) -> Any:
        """Call the management API, e.g. `manage("PUT", "/games/xiyou/faults", {"mode": "down"})`."""
        response = httpx.request(method, f"{self.url}/management{path}", json=body, timeout=30, trust_env=False)
        response.raise_for_status()
        return response.json() if response.content else None

    def reset(self) -> None:
        self.manage("POST", "/reset")


@contextmanager
def running(folder: Path, desk_url: str = "http://127.0.0.1:9/api") -> Iterator[SimulatedGames]:
    """A simulator on a free port; it pushes prices to `desk_url`."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    games_file = make_games(folder, f"http://127.0.0.1:{port}/games")
    server = uvicorn.Server(uvicorn_config(create_app(load_games(games_file), desk_url), "127.0.0.1", port, "warning"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the simulator did not start"
            time.sleep(0.01)
        yield SimulatedGames(f"http://127.0.0.1:{port}", games_file)
    finally:
        server.should_exit = True
        thread.join()
