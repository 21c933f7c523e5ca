"""`python -m game_server`: serve the games; `make-games DIR`: write a games.yaml with fresh keys."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import uvicorn

from game_server.app import create_app
from game_server.connections import AbortableProtocol
from game_server.games import GamesFileError, load_games, make_games


def uvicorn_config(app: object, host: str, port: int, log_level: str = "info") -> uvicorn.Config:
    """How the simulator is served: slow answers do not hold up its end for more than a second."""
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        host=host,
        port=port,
        http=AbortableProtocol,
        proxy_headers=False,  # connections are known by their real address
        access_log=False,
        log_level=log_level,
        timeout_graceful_shutdown=1,
    )


def _parser() -> argparse.ArgumentParser:
    env = os.environ.get
    parser = argparse.ArgumentParser("game_server", description=__doc__)
    parser.add_argument("--host", default=env("GAME_SERVER_HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=env("GAME_SERVER_PORT", "9000"))
    parser.add_argument("--games", type=Path, default=env("GAME_SERVER_GAMES", "games.yaml"))
    parser.add_argument("--desk-url", default=env("GAME_SERVER_DESK_URL", "http://127.0.0.1:8000/api"))
    parser.add_argument("--log-level", default=env("GAME_SERVER_LOG_LEVEL", "info").lower())
    commands = parser.add_subparsers(dest="command")
    make = commands.add_parser("make-games", help="write DIR/games.yaml and DIR/keys, keeping what is there")
    make.add_argument("dir", type=Path)
    make.add_argument("--api-base", default=env("GAME_SERVER_API_BASE", "http://127.0.0.1:9000/games"))
    make.add_argument("--rewrite", action="store_true", help="write games.yaml again; keys are still kept")
    return parser


def main() -> int:
    """The command line."""
    options = _parser().parse_args()
    if options.command == "make-games":
        sys.stdout.write(f"{make_games(options.dir, options.api_base, rewrite=options.rewrite)}\n")
        return 0
    try:
        games = load_games(options.games)
    except GamesFileError as problem:
        sys.stderr.write(f"{problem}\n`python -m game_server make-games DIR` writes one.\n")
        return 2
    app = create_app(games, options.desk_url)
    uvicorn.Server(uvicorn_config(app, options.host, options.port, options.log_level)).run()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
