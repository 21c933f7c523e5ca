"""The command line: a games.yaml from nothing, and a served simulator."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import yaml
from game_server.games import GamesFileError, load_games, make_games

COMMAND = [sys.executable, "-m", "game_server"]


def test_made_games_are_private_and_can_be_loaded(tmp_path: Path) -> None:
    command = [*COMMAND, "make-games", str(tmp_path / "set-up"), "--api-base", "http://127.0.0.1:1234/games/"]
    subprocess.run(command, check=True)
    file = tmp_path / "set-up/games.yaml"
    games = yaml.safe_load(file.read_text(encoding="utf-8"))["games"]
    assert [(game["id"], game["name"]) for game in games] == [
        ("xiyou", "西游传说"),
        ("sanguo", "三国志战"),
        ("xinghe", "星河远征"),
    ]
    assert games[0]["api_url"] == "http://127.0.0.1:1234/games/xiyou"
    keys = list((tmp_path / "set-up/keys").iterdir())
    assert len({key.read_text() for key in keys}) == len(keys) == 6
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}
    assert all(len(game.push_secrets[0]) == 32 for game in load_games(file))


def test_keys_are_kept_when_games_are_made_again(tmp_path: Path) -> None:
    file = make_games(tmp_path, "http://127.0.0.1:1/games")
    before = load_games(file)
    make_games(tmp_path, "http://127.0.0.1:2/games")
    assert ":1/" in file.read_text(encoding="utf-8")
    make_games(tmp_path, "http://127.0.0.1:2/games", rewrite=True)
    assert ":2/" in file.read_text(encoding="utf-8")
    assert load_games(file) == before


@pytest.mark.parametrize("text", ["", "games: []", "games: [{id: 1}]", "games: [{id: Bad, name: x}]", "{"])
def test_unusable_games_file_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "games.yaml"
    file.write_text(text)
    with pytest.raises(GamesFileError, match=re.escape(str(file))):
        load_games(file)


def test_missing_games_file_ends_with_a_sentence(tmp_path: Path) -> None:
    ended = subprocess.run([*COMMAND, "--games", str(tmp_path / "no.yaml")], capture_output=True, text=True)
    assert ended.returncode == 2
    assert "no.yaml" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_serves_what_the_environment_says(tmp_path: Path) -> None:
    file = make_games(tmp_path, "http://127.0.0.1:0/games")
    environment = {**os.environ, "GAME_SERVER_GAMES": str(file), "GAME_SERVER_PORT": "0"}
    with subprocess.Popen(COMMAND, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        url = next(found[0] for line in process.stderr if (found := re.search(r"http://[\d.]+:\d+", line)))
        assert httpx.get(f"{url}/health/ready", trust_env=False).json() == {"status": "ok"}
        process.terminate()
        assert process.wait(10) in (0, -15)
