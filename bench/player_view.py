"""The player view through the gateway, and the same data from a bare ASGI program, in turn in the same run.

Figures of each: requests per second, p50 and p99 in ms, CPU milliseconds per request summed over all processes
that take part (PostgreSQL included, the load generator not). The ratios are what counts; the machine's own speed
cancels out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psutil
from gamedesk_local import system
from gamedesk_local.layout import SERVICES
from gamedesk_testing.polling import eventually

from bench import baseline
from tests.conftest import Site, started
from tests.desk import Desk, Person, new_phone


@dataclass(frozen=True)
class Figures:
    """Of one turn of load."""

    rps: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float


def measure(*, rounds: int, seconds: float, connections: int) -> dict[str, Any]:
    """Run the whole comparison; returns what `report` prints."""
    with (
        tempfile.TemporaryDirectory(prefix="gamedesk-bench-") as folder,
        started(Path(folder)) as site,
        Desk(site.url, site.simulator_url, eventually) as desk,
        _bare_program(site) as (bare, bare_url),
    ):
        agent = desk.sign_in(site.admin_id, site.admin_password)
        player_id = a_player_with_a_history(agent)
        authorization = bearer(site)
        bare_url = f"{bare_url}/{player_id}"
        _same_json(agent.home(player_id), httpx.get(bare_url, trust_env=False).json())
        pid_of = site.product.pid
        sides = {
            "gateway": (f"{site.url}/api/home/players/{player_id}", [pid_of(name) for name in _process_names(site)]),
            "bare": (bare_url, [bare.pid]),
        }
        turns: dict[str, list[Figures]] = {name: [] for name in sides}
        for number in range(rounds + 1):
            for name, (url, pids) in sides.items():
                used_by = [*pids, pid_of("postgres")]
                figures = _load(url, seconds if number else 2, connections, authorization, used_by)
                if number:  # the first round only warms up
                    turns[name].append(figures)
    return {name: _median(figures) for name, figures in turns.items()} | {
        "connections": connections,
        "seconds": seconds,
        "rounds": rounds,
    }


def a_player_with_a_history(agent: Person) -> str:
    """Profiles in every game, eight tickets, twelve touches."""
    player_id = agent.create_player(new_phone(), wechat_name="孙悟空", tier="whale")["player_id"]

    def synced() -> bool:
        return {p["state"] for p in agent.home(player_id)["player"]["data"]["profiles"]} == {"ok"}

    eventually(synced, within=30)
    for number in range(8):
        body = {
            "player_id": player_id,
            "detail": f"第 {number} 次充值未到账，请核实。" * 4,
            "despite_open_ticket": True,
        }
        assert agent.post("/tickets", body).status_code == 201
    for number in range(12):
        body = {"player_id": player_id, "outcome": "no_reply", "situation": f"第 {number} 次联系，未回复"}
        assert agent.post("/touches", body).status_code == 201
    return player_id


def report(result: dict[str, Any]) -> str:
    """The figures as a Markdown table."""
    gateway, bare = result["gateway"], result["bare"]
    rows = [
        ("requests per second", gateway["rps"], bare["rps"]),
        ("p50, ms", gateway["p50_ms"], bare["p50_ms"]),
        ("p99, ms", gateway["p99_ms"], bare["p99_ms"]),
        ("CPU ms per request, all processes", gateway["cpu_ms"], bare["cpu_ms"]),
    ]
    lines = ["| player view | through the gateway | bare program | ratio |", "|---|---:|---:|---:|"]
    lines += [f"| {label} | {a:.2f} | {b:.2f} | {a / b:.2f} |" for label, a, b in rows]
    return "\n".join(lines)


def _process_names(site: Site) -> list[str]:
    return [p.name for p in site.product.layout.programs() if p.name.endswith("-web") or p.name == "gateway"]


@contextmanager
def _bare_program(site: Site) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    product = site.product
    urls = {s.name: product.layout.environment(s)["GAMEDESK_DATABASE_URL"] for s in SERVICES}
    games = {"xiyou": "西游传说", "sanguo": "三国志战", "xinghe": "星河远征"}
    port = system.free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", "bench.baseline:create_app", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--log-level", "warning"], env={**os.environ, **baseline.environment(urls, games)}
    )
    try:
        eventually(lambda: system.port_is_taken(port), within=20)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def bearer(site: Site) -> str:
    """An access token, as an API client has one."""
    body = {"agent_id": site.admin_id, "password": site.admin_password}
    url = f"http://127.0.0.1:{site.product.state.port('players-web')}/sessions"
    return f"Bearer {httpx.post(url, json=body, trust_env=False).json()['access_token']}"


def _same_json(gateway: dict[str, Any], bare: dict[str, Any]) -> None:
    """Both sides answer the same facts; only the times of reading may differ."""
    assert gateway.keys() == bare.keys()
    for name in gateway.keys() - {"player_id"}:
        assert gateway[name]["status"] == "ok"
        for side in (gateway, bare):
            side[name]["data"].pop("as_of", None)
        assert gateway[name]["data"] == bare[name]["data"], f"{name} differs from the baseline's"


def _load(url: str, seconds: float, connections: int, authorization: str, pids: list[int]) -> Figures:
    before = _cpu_seconds(pids)
    command = [sys.executable, "-m", "bench.load", url, str(seconds), str(connections)]
    done = subprocess.run(command, input=authorization, capture_output=True, text=True, check=True)
    used = _cpu_seconds(pids) - before
    result = json.loads(done.stdout)
    assert not result["failures"], f"{result['failures']} of {result['requests']} requests failed"
    latencies = result["latencies_ms"]
    return Figures(
        rps=result["requests"] / result["seconds"],
        p50_ms=latencies[len(latencies) // 2],
        p99_ms=latencies[len(latencies) * 99 // 100],
        cpu_ms=used * 1000 / result["requests"],
    )


def _cpu_seconds(pids: list[int]) -> float:
    """User and system time of these processes and all below them."""
    total = 0.0
    for root in map(psutil.Process, pids):
        for process in [root, *root.children(recursive=True)]:
            times = process.cpu_times()
            total += times.user + times.system
    return total


def _median(figures: list[Figures]) -> dict[str, float]:
    return {name: median(getattr(f, name) for f in figures) for name in ("rps", "p50_ms", "p99_ms", "cpu_ms")}
