"""games.yaml: the games, and where their keys are. The product reads the same file."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FIRST_GAMES = {"xiyou": "西游传说", "sanguo": "三国志战", "xinghe": "星河远征"}
GAME_ID = re.compile(r"[a-z][a-z0-9_]{1,31}")


class GamesFileError(Exception):
    """games.yaml cannot be used; the message is for the operator."""


@dataclass(frozen=True)
class Game:
    """One game. `push_secrets` are the raw HMAC keys, one or, during a rotation, two."""

    game_id: str
    name: str
    api_key: str
    push_secrets: tuple[bytes, ...]


def load_games(file: Path) -> list[Game]:
    """The games of games.yaml, keys read. Raises GamesFileError."""
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        entries: list[Any] = document["games"]
        games = [_game(entry, file.parent) for entry in entries]
    except OSError as problem:
        raise GamesFileError(f"{problem.filename}: {problem.strerror}") from problem
    except (KeyError, TypeError, yaml.YAMLError, binascii.Error, ValueError) as problem:
        raise GamesFileError(f"{file}: {type(problem).__name__}: {problem}") from problem
    if not games or len({game.game_id for game in games}) < len(games):
        raise GamesFileError(f"{file}: needs at least one game, and each id once")
    return games


def _game(entry: Any, folder: Path) -> Game:
    if not GAME_ID.fullmatch(entry["id"]):
        raise ValueError(f"the game id {entry['id']!r} does not match {GAME_ID.pattern}")
    secret_files: list[str] = entry["push_secret_files"]
    if not 1 <= len(secret_files) <= 2:
        raise ValueError(f"{entry['id']}: push_secret_files names one or two files")
    return Game(
        game_id=entry["id"],
        name=entry["name"],
        api_key=(folder / entry["api_key_file"]).read_text(encoding="utf-8").strip(),
        push_secrets=tuple(decode_secret((folder / name).read_text(encoding="utf-8").strip()) for name in secret_files),
    )


def decode_secret(text: str) -> bytes:
    """The HMAC key in a `whsec_<base64>` secret. Raises ValueError."""
    if not text.startswith("whsec_"):
        raise ValueError("a push secret starts with whsec_")
    return base64.b64decode(text.removeprefix("whsec_"), validate=True)


def make_games(folder: Path, api_base: str, *, rewrite: bool = False) -> Path:
    """Write games.yaml with three games under `folder`, and their keys under `folder`/keys (mode 0600).

    Keys that exist are kept, always; a games.yaml that exists is kept unless `rewrite`.
    """
    keys = folder / "keys"
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    for game_id in FIRST_GAMES:
        _keep_or_write(keys / f"{game_id}.api_key", secrets.token_urlsafe(32))
        secret = base64.b64encode(secrets.token_bytes(32)).decode()
        _keep_or_write(keys / f"{game_id}.push_secret", f"whsec_{secret}")
    file = folder / "games.yaml"
    if rewrite or not file.exists():
        games = [
            {
                "id": game_id,
                "name": name,
                "api_url": f"{api_base.rstrip('/')}/{game_id}",
                "api_key_file": f"keys/{game_id}.api_key",
                "push_secret_files": [f"keys/{game_id}.push_secret"],
            }
            for game_id, name in FIRST_GAMES.items()
        ]
        text = yaml.safe_dump({"games": games}, allow_unicode=True, sort_keys=False)
        file.write_text(text, encoding="utf-8")
    return file


def _keep_or_write(file: Path, text: str) -> None:
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(text + "\n", encoding="utf-8")
