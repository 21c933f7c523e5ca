"""The home page while one service after the other is dead, 30 s slow, or drips.

The whole product as `./gamedesk up` starts it, with one more gateway, as configured by default, whose calls to the
services go through links that can be harmed. One agent looks at his start page and at a player in turn. Beside it, in
the same run, the same views while all is well. Views that miss more than the service in trouble excuses are counted: a
machine that is too busy makes the others late, too.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from gamedesk_local.layout import SERVICES
from gamedesk_testing.polling import eventually

from bench.player_view import a_player_with_a_history, bearer
from tests.conftest import Site, started
from tests.desk import Desk
from tests.extra_gateway import extra_gateway
from tests.faults.harness import links
from tests.faults.harness.links import Links, Mode

LIMIT_MS = 800
SLOW_SECONDS = 30.0
FAULTS = ("dead", "30 s slow", "dripping")
# The sections that show something of the service, and so may be missing or old without it.
OF_SALES = {"attention", "sales_attention", "pitch", "touches", "quotes", "orders"}
SECTIONS = {
    "players": {"players", "player", "attention", "sales_attention"},
    "tickets": {"tickets", "attention"},
    "sales": OF_SALES,
    "catalog": {"pack_attention"},
}


@dataclass(frozen=True)
class View:
    """`others_missing`: something was missing that the service in trouble does not excuse."""

    ms: float
    others_missing: bool


class Views:
    """An agent who looks at both views in turn, on one connection."""

    def __init__(self, url: str, authorization: str, player_id: str) -> None:
        headers = {"Authorization": authorization}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False)
        self._paths = ("/api/home", f"/api/home/players/{player_id}")

    def look_for(self, seconds: float, in_trouble: str | None) -> list[View]:
        ends = time.perf_counter() + seconds
        seen: list[View] = []
        while time.perf_counter() < ends:
            seen += [self._look(path, in_trouble) for path in self._paths]
        return seen

    def _look(self, path: str, in_trouble: str | None) -> View:
        began = time.perf_counter()
        answer = self._http.get(path)
        taken = (time.perf_counter() - began) * 1000
        assert answer.status_code == 200, answer.text
        excused = SECTIONS[in_trouble] if in_trouble else set()
        missing = _missing(answer.json())
        others = [name for name, by in missing.items() if name not in excused or by["service"] != in_trouble]
        return View(taken, bool(others))

    def are_whole(self) -> bool:
        return not any(_missing(self._http.get(path).json()) for path in self._paths)


def measure(*, seconds: float, say: Callable[[str], None]) -> dict[str, Any]:
    """Run the whole comparison; returns what `report` prints."""
    links.LATENCY = SLOW_SECONDS
    with (
        tempfile.TemporaryDirectory(prefix="gamedesk-bench-") as folder,
        started(Path(folder), home_deadline=None) as site,
        Desk(site.url, site.simulator_url, eventually) as desk,
        _gateway_through_links(site) as (lines, url),
    ):
        agent = desk.sign_in(site.admin_id, site.admin_password)
        views = Views(url, bearer(site), a_player_with_a_history(agent))
        eventually(views.are_whole, within=30)
        views.look_for(2, None)  # only warms up
        well: list[View] = []
        trouble: dict[str, dict[str, dict[str, float]]] = {}
        for service in SECTIONS:
            trouble[service] = {}
            for fault in FAULTS:
                well += views.look_for(seconds / 3, None)
                say(f"{service}: {fault}")
                with _harmed(site, lines, service, fault):
                    figures = _figures(views.look_for(seconds, service))
                began = time.perf_counter()
                eventually(views.are_whole, within=30)
                trouble[service][fault] = {**figures, "whole_after_s": time.perf_counter() - began}
    return {"well": _figures(well), "trouble": trouble, "seconds": seconds}


def beyond(result: dict[str, Any]) -> list[str]:
    """What took longer than it may."""
    each = [(s, f, figures) for s, faults in result["trouble"].items() for f, figures in faults.items()]
    return [f"{service} {fault}" for service, fault, figures in each if figures["max_ms"] > LIMIT_MS]


def report(result: dict[str, Any]) -> str:
    """The figures as a Markdown table."""
    lines = ["| home page, ms | views | p50 | p99 | most | others missing | whole again after, s |"]
    lines += ["|---|---:|---:|---:|---:|---:|---:|", f"| all is well | {_row(result['well'])} | |"]
    for service, faults in result["trouble"].items():
        lines += [f"| {service} {fault} | {_row(of)} | {of['whole_after_s']:.1f} |" for fault, of in faults.items()]
    lines += [f"BEYOND {LIMIT_MS} ms: {name}" for name in beyond(result)]
    return "\n".join(lines)


def _row(figures: dict[str, float]) -> str:
    columns = ("views", "p50_ms", "p99_ms", "max_ms", "others_missing")
    return " | ".join(f"{figures[name]:.0f}" for name in columns)


def _figures(views: list[View]) -> dict[str, float]:
    taken = sorted(view.ms for view in views)
    at = {"p50_ms": taken[len(taken) // 2], "p99_ms": taken[len(taken) * 99 // 100], "max_ms": taken[-1]}
    return {"views": len(taken), **at, "others_missing": sum(view.others_missing for view in views)}


def _missing(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The problem of each section that is old or missing."""
    sections = {name: part for name, part in view.items() if isinstance(part, dict) and "status" in part}
    return {name: part["problem"] for name, part in sections.items() if part["status"] != "ok"}


@contextmanager
def _harmed(site: Site, lines: Links, service: str, fault: str) -> Iterator[None]:
    web = f"{service}-web"
    if fault == "dead":
        site.product.kill(web)
    else:
        lines[web].set(Mode.SLOW if fault == "30 s slow" else Mode.DRIP)
    try:
        yield
    finally:
        lines.straighten()
        if fault == "dead":
            site.product.restart(web)


@contextmanager
def _gateway_through_links(site: Site) -> Iterator[tuple[Links, str]]:
    lines = Links()
    webs = {service.name: f"{service.name}-web" for service in SERVICES}
    urls = {name: lines.add(web, site.product.state.port(web)).url for name, web in webs.items()}
    try:
        with extra_gateway(site.product, **{f"GAMEDESK_{name.upper()}_URL": url for name, url in urls.items()}) as url:
            yield lines, url
    finally:
        lines.close()
