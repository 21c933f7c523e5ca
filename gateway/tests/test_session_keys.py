"""The steps of changing the key of the session cookie."""

from __future__ import annotations

import os
import time
from datetime import datetime
from pathlib import Path

import pytest
from gamedesk_gateway.__main__ import cli
from gamedesk_gateway.session import cookie
from starlette.datastructures import Headers
from typer.testing import CliRunner, Result

from .conftest import new_key

SESSION = cookie.Session("access", "refresh", 0.0, 0.0, {})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "session.key"
    file.write_text(new_key())
    return file


def told(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["session-key", *map(str, arguments)])


def run(*arguments: object) -> int:
    return told(*arguments).exit_code


def replica(file: Path) -> cookie.SessionCookie:
    """One that has read the file as it is now, and will not for the next second."""
    return cookie.SessionCookie(cookie.SessionKeys(file), secure=False)


def reads(reader: cookie.SessionCookie, writer: cookie.SessionCookie) -> bool:
    return reader.of(Headers({"cookie": writer.holding(SESSION).partition(";")[0]})) == SESSION


def test_at_every_step_replicas_read_each_others_cookies_before_and_after(file: Path) -> None:
    replicas = [replica(file)]
    for step in ("add", "switch"):
        assert run(step, file) == 0
        replicas.append(replica(file))
        assert reads(replicas[-1], replicas[-2])
        assert reads(replicas[-2], replicas[-1])
    assert file.stat().st_mode & 0o777 == 0o600

    ago = time.time() - cookie.LIFETIME - 1
    os.utime(file, (ago, ago))
    assert run("retire", file) == 0
    last = replica(file)
    assert reads(last, replicas[-1])
    assert not reads(last, replicas[0]), "a cookie of the first key is over"


def test_a_key_is_not_retired_while_its_cookies_may_hold_but_at_once_if_it_must_be(file: Path) -> None:
    old = replica(file)
    assert run("switch", file) == 1, "there is no other"
    run("add", file)
    run("switch", file)

    refused = told("retire", file)
    assert refused.exit_code == 1
    over = datetime.fromtimestamp(file.stat().st_mtime + cookie.LIFETIME)
    assert f"14.0 more days, until {over:%Y-%m-%d %H:%M:%S} " in refused.output
    assert reads(replica(file), old)
    assert run("retire", file, "--at-once") == 0
    assert not reads(replica(file), old)
