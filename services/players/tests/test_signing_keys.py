"""The steps of changing the signing key, and what each refuses."""

from __future__ import annotations

import json
import os
import time
from datetime import datetime
from pathlib import Path

import pytest
from gamedesk_players import signing_keys
from gamedesk_players.__main__ import cli
from typer.testing import CliRunner


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    signing_keys.make_key_files(tmp_path)
    return tmp_path


def published(folder: Path) -> list[str]:
    return [key["kid"] for key in json.loads((folder / "jwks.json").read_text())["keys"]]


def signs_with(folder: Path) -> str:
    return json.loads((folder / "signing.jwk.json").read_text())["kid"]


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["signing-key", *map(str, arguments)])
    return result.exit_code, result.output


def test_a_key_is_published_before_it_signs_and_until_its_tokens_are_over(folder: Path) -> None:
    first = signs_with(folder)
    assert run("add", folder)[0] == 0
    second = published(folder)[1]
    assert (published(folder), signs_with(folder)) == ([first, second], first)

    assert run("switch", folder)[0] == 0
    assert (published(folder), signs_with(folder)) == ([first, second], second)

    refused = run("retire", folder)
    assert (refused[0], published(folder)) == (1, [first, second])
    over = datetime.fromtimestamp((folder / "signing.jwk.json").stat().st_mtime + 31 * 60)
    assert f"31 more minutes, until {over:%H:%M:%S} " in refused[1]
    ago = time.time() - 31 * 60 - 1
    os.utime(folder / "signing.jwk.json", (ago, ago))
    assert run("retire", folder)[0] == 0
    assert published(folder) == [second]


def test_steps_out_of_order_change_nothing(folder: Path) -> None:
    assert run("switch", folder)[0] == 1
    signing_keys.add(folder)
    assert run("add", folder)[0] == 1
    (folder / "jwks.json").write_text(json.dumps({"keys": []}))
    assert run("switch", folder)[0] == 1, "the next key is published nowhere"
    assert run("retire", folder, "--at-once")[0] == 1


def test_a_key_in_wrong_hands_is_retired_at_once(folder: Path) -> None:
    first, second = signs_with(folder), signing_keys.add(folder)
    signing_keys.switch(folder)

    assert signing_keys.retire(folder, at_once=True) == [first]
    assert published(folder) == [second]


def test_private_keys_are_readable_by_their_owner_alone_and_never_published(folder: Path) -> None:
    signing_keys.add(folder)
    assert (folder / "signing.next.jwk.json").stat().st_mode & 0o777 == 0o600
    signing_keys.switch(folder)

    assert (folder / "signing.jwk.json").stat().st_mode & 0o777 == 0o600
    assert all("d" not in key for key in json.loads((folder / "jwks.json").read_text())["keys"])
    assert sorted(file.name for file in folder.iterdir()) == ["jwks.json", "signing.jwk.json"]
