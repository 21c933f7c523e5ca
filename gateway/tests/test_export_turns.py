"""Exports take turns, and who goes gives his back (B11)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from gamedesk_chassis.errors import TooManyRequests
from gamedesk_chassis.http_client import Reply
from gamedesk_gateway.exports import exports
from gamedesk_gateway.sections import Caller

EMPTY = Reply(200, httpx.Headers(), b'{"items": [], "next_cursor": null}')


class Service:
    """A service whose lists are empty; each call waits for `go_on`. `most`: how many calls there were at a time."""

    def __init__(self) -> None:
        self.go_on, self.now, self.most = asyncio.Event(), 0, 0

    async def call(self, *_: Any, **__: Any) -> Reply:
        self.now += 1
        self.most = max(self.most, self.now)
        await self.go_on.wait()
        self.now -= 1
        return EMPTY


class Client:
    """Reads `chunks` messages of an answer, then no more. `leaves`: set to hang up."""

    def __init__(self, chunks: int = 1000) -> None:
        self.left, self.leaves = chunks, asyncio.Event()
        self.stuck = asyncio.Event()

    async def receive(self) -> Any:
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, _message: Any) -> None:
        self.left -= 1
        if self.left < 0:
            self.stuck.set()
            await asyncio.Event().wait()

    def ask(self, of: exports.Exports, agent_id: str = "KF003") -> asyncio.Task[None]:
        answer = of.export(Caller(agent_id, {}), "agents", [], "zh")
        return asyncio.create_task(answer({}, self.receive, self.send))


def run(scenario: Callable[[Service, exports.Exports], Coroutine[Any, Any, None]], folder: Path) -> None:
    async def whole() -> None:
        service = Service()
        async with asyncio.timeout(10):
            await scenario(service, exports.Exports({"players": cast(Any, service)}, cast(Any, None), 1, folder))

    asyncio.run(whole())
    assert not list(folder.iterdir())


def test_two_are_written_at_once_four_wait_and_more_are_sent_away__B11(tmp_path: Path) -> None:
    async def scenario(service: Service, wanted: exports.Exports) -> None:
        tasks = [Client().ask(wanted, f"KF{n}") for n in range(7)]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        service.go_on.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(answer) for answer in answers] == [type(None)] * 6 + [TooManyRequests]
        assert service.most == 2

    run(scenario, tmp_path)


def test_an_agent_exports_one_list_at_a_time__until_it_is_sent__B11(tmp_path: Path) -> None:
    async def scenario(service: Service, wanted: exports.Exports) -> None:
        first = Client(chunks=1)
        sending = first.ask(wanted)
        await asyncio.sleep(0)
        with pytest.raises(TooManyRequests):
            await Client().ask(wanted)
        service.go_on.set()
        await first.stuck.wait()
        with pytest.raises(TooManyRequests):
            await Client().ask(wanted)
        await Client().ask(wanted, "KF004")  # who does not read keeps nobody else waiting
        sending.cancel()
        await asyncio.wait({sending})
        await Client().ask(wanted)

    run(scenario, tmp_path)


def test_so_many_files_are_open_and_no_more__B11(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "_OPEN", 1)

    async def scenario(service: Service, wanted: exports.Exports) -> None:
        service.go_on.set()
        slow = Client(chunks=1)
        sending = slow.ask(wanted)
        await slow.stuck.wait()
        with pytest.raises(TooManyRequests):
            await Client().ask(wanted, "KF004")
        sending.cancel()
        await asyncio.wait({sending})

    run(scenario, tmp_path)


def test_who_reads_too_slowly_is_let_go__B11(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "_SENDING_SECONDS", 0.05)

    async def scenario(service: Service, wanted: exports.Exports) -> None:
        service.go_on.set()
        with pytest.raises(TimeoutError):
            await Client(chunks=1).ask(wanted)
        await Client().ask(wanted)

    run(scenario, tmp_path)


def test_who_hangs_up_while_he_waits_or_his_list_is_read_gives_his_turn_back__B11(tmp_path: Path) -> None:
    async def scenario(service: Service, wanted: exports.Exports) -> None:
        clients = [Client() for _ in range(3)]  # two are written, one waits
        tasks = [client.ask(wanted, f"KF{n}") for n, client in enumerate(clients)]
        await asyncio.sleep(0)
        for client in clients:
            client.leaves.set()
        await asyncio.gather(*tasks)
        service.go_on.set()
        reader = Client()
        await reader.ask(wanted, "KF0")
        assert reader.left < 1000

    run(scenario, tmp_path)


def test_who_goes_while_the_file_is_sent_leaves_nothing_open__B11(tmp_path: Path) -> None:
    async def gone(message: Any) -> None:
        if message["type"] == "http.response.body":
            raise OSError("connection lost")

    async def scenario(service: Service, wanted: exports.Exports) -> None:
        service.go_on.set()
        answer = wanted.export(Caller("KF003", {}), "agents", [], "zh")
        with pytest.raises(OSError, match="lost"):
            await answer({}, Client().receive, gone)
        await Client().ask(wanted)

    run(scenario, tmp_path)
