"""Streams that NATS lost are made again by who runs the product."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from subprocess import TimeoutExpired
from typing import Any

import pytest
from gamedesk_local.errors import LocalError
from gamedesk_local.stream_keeper import StreamKeeper


class Streams:
    """They are missing until they were made; making them fails by `failure` as often as `failures` says.

    The worker of tickets notices late, and is the last to see that they are back.
    """

    def __init__(self, failures: int, failure: Exception) -> None:
        self.failures = failures
        self.failure = failure
        self.made = 0
        self.unaware = 1
        self.silent = 3  # looks long

    def missing(self) -> list[str]:
        if not self.made:
            return ["sales"]
        self.unaware -= 1
        return ["tickets"] if self.unaware == 0 else []

    def ready(self, services: Sequence[str]) -> bool:
        assert list(services) == ["sales", "tickets"]
        self.silent -= 1
        return self.silent < 0

    def make(self) -> None:
        if self.failures:
            self.failures -= 1
            raise self.failure
        self.made += 1


@pytest.mark.parametrize("failure", [LocalError("NATS does not answer."), TimeoutExpired("migrate", 300)])
@pytest.mark.parametrize("failures", [0, 2])
def test_missing_streams_are_made_once_however_often_it_takes_and_the_end_is_said(
    monkeypatch: pytest.MonkeyPatch, eventually: Callable[..., Any], failures: int, failure: Exception
) -> None:
    monkeypatch.setattr("gamedesk_local.stream_keeper.LOOK_EVERY", 0.01)
    streams, said = Streams(failures, failure), list[str]()
    keeper = StreamKeeper(streams.missing, streams.make, said.append, ready=streams.ready)
    keeper.start()
    eventually(lambda: streams.made and "are back" in said[-1])
    keeper.stop()
    assert streams.silent < 0, "who says nothing may miss some yet"
    assert streams.made == 1
    assert said.count(str(failure)) == failures
    assert said[0] == "NATS has lost streams that sales need: making them again"
    assert re.fullmatch(r"the streams that sales, tickets need are back, \d+ s later", said[-1])
    assert len([sentence for sentence in said if "are back" in sentence]) == 1
