"""The console in a real Chromium, in front of the whole product with 30,000 players and three times as many tickets.

Each round opens every page with an empty cache and with a full one, uses it as `sessions` says, and opens it once more
over a long line, which shows what waits for what; the browser and the product share the machine. Beside it, in the
same round, a line of text from the same gateway.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from gamedesk_local.console_build import ConsoleBuild
from playwright.sync_api import Browser

from bench import browser, bulk, shop
from bench.browser import Load, Use, Window
from bench.sessions import BARE, VISITS, Visit
from tests.conftest import Site, started

LCP_MS = 1500
INTERACTION_MS = 200
IN_A_ROW = 2
AGENT = "KF002"  # a lead, who may do what the sessions do
ITEMS, PACKS = 1000, 500


@dataclass(frozen=True)
class Round:
    """One visit."""

    cold: Load
    warm: Load
    far: Load  # with a long line to the server
    use: Use


def measure(*, players: int, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Start, fill, measure and stop; returns what `report` prints."""
    with tempfile.TemporaryDirectory(prefix="gamedesk-bench-") as folder, started(Path(folder)) as site:
        ConsoleBuild(site.product.state, say).build()
        say(f"filling {players:,} players and {3 * players:,} tickets")
        fill(site, players)
        return visit_all(site, players=players, rounds=rounds, say=say)


def fill(site: Site, players: int) -> None:
    """Packs by catalog itself, everything else by SQL."""
    size, layout = bulk.Size(players, datetime.now(UTC)), site.product.layout
    of_tickets = partial(layout.postgres.connect, "tickets")
    bulk.fill_players(partial(layout.postgres.connect, "players"), size)
    bulk.fill_tickets(of_tickets, size)
    catalog, sales = (shop.database(layout, name) for name in ("catalog", "sales"))
    try:
        shop.fill(catalog, ITEMS, PACKS)
        shop.wait_for_copies(catalog, sales, 1)
    finally:
        catalog.dispose()
        sales.dispose()
    bulk.fill_sales(partial(layout.postgres.connect, "sales"), size, of_tickets)


def visit_all(site: Site, *, players: int, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Every page in every round, of a product that is filled."""
    found: dict[str, list[Round]] = {visit.name: [] for visit in (BARE, *VISITS)}
    with browser.chromium() as chromium:
        state, player = _signed_in(chromium, site)
        for number in range(rounds):
            say(f"round {number + 1} of {rounds}")
            for visit in (BARE, *VISITS):
                found[visit.name].append(_round(chromium, site.url, state, visit, player))
    return {
        "players": players,
        "rounds": rounds,
        "pages": {name: figures(each) for name, each in found.items()},
    }


def figures(rounds: Sequence[Round]) -> dict[str, Any]:
    """Of one page: medians over the rounds, and the worst."""
    steps = rounds[0].use.interactions
    return {
        "cold_ms": _both([each.cold.paint_ms for each in rounds]),
        "warm_ms": _both([each.warm.paint_ms for each in rounds]),
        "interaction_ms": _both([each.use.worst for each in rounds]),
        "frame_ms": _both([each.use.longest for each in rounds]),
        "steps": {
            name: {
                "interaction_ms": max(each.use.interactions[name] for each in rounds),
                "frame_ms": max(each.use.frames[name] for each in rounds),
            }
            for name in steps
        },
        "paints": rounds[-1].cold.what,
        "asked": [request.path for request in rounds[-1].cold.asked],
        "in_a_row": max(browser.in_a_row(each.far.asked) for each in rounds),
        "twice": sorted({path for each in rounds for path in browser.twice(each.cold.asked)}),
    }


def beyond(result: Mapping[str, Any]) -> list[str]:
    """What is over its limit, in words."""
    found = []
    for name, page in result["pages"].items():
        for kind in ("cold", "warm"):
            if (paint := page[f"{kind}_ms"]["median"]) > LCP_MS:
                found.append(f"{name}: largest contentful paint {paint:.0f} ms of {LCP_MS} ms ({kind} cache)")
        if (worst := page["interaction_ms"]["worst"]) > INTERACTION_MS:
            step = max(page["steps"], key=lambda step: page["steps"][step]["interaction_ms"])
            found.append(f"{name}: worst interaction {worst:.0f} ms of {INTERACTION_MS} ms ({step})")
        found += [f"{name}: asks twice for {path}" for path in page["twice"]]
        if page["in_a_row"] > IN_A_ROW:
            found.append(f"{name}: {page['in_a_row']} requests in a row, of {IN_A_ROW}")
    return found


def report(result: Mapping[str, Any]) -> str:
    """The figures as Markdown, then what is over its limit."""
    text = result["pages"][BARE.name]
    lines = [
        "| page | LCP cold, ms: median, worst | × text | LCP warm: median, worst | × text "
        "| interaction: median of worst, worst | × text | longest frame: median, worst | requests, in a row |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, page in result["pages"].items():
        cells = []
        for kind in ("cold_ms", "warm_ms", "interaction_ms"):
            value, against = page[kind], text[kind]["median"] or browser.SMALLEST
            cells += [_pair(value), f"{value['median'] / against:.1f}"]
        lines.append(
            f"| {name} | {' | '.join(cells)} | {_pair(page['frame_ms'])} | {len(page['asked'])}, {page['in_a_row']} |"
        )
    lines += ["", "| worst interaction, ms; longest frame, ms | |", "|---|---|"]
    for name, page in result["pages"].items():
        steps = (f"{step} {of['interaction_ms']:.0f}; {of['frame_ms']:.0f}" for step, of in page["steps"].items())
        lines.append(f"| {name} | {' · '.join(steps)} |")
    over = beyond(result)
    return "\n".join([*lines, "", *(over or ["Everything is within its limits."])])


def _pair(value: Mapping[str, float]) -> str:
    return f"{value['median']:.0f}, {value['worst']:.0f}"


def _both(values: Sequence[float]) -> dict[str, float]:
    return {"median": median(values), "worst": max(values)}


def _signed_in(chromium: Browser, site: Site) -> tuple[Any, str]:
    """The cookies of AGENT, and a player of his. The administrator gives him his password."""
    context = browser.new_context(chromium)
    password = secrets.token_urlsafe(16)

    def sign_in(agent_id: str, password: str) -> None:
        credentials = {"agent_id": agent_id, "password": password}
        answer = context.request.post(f"{site.url}/api/session", data=credentials, headers={"Origin": site.url})
        assert answer.ok, answer.text()

    sign_in(site.admin_id, site.admin_password)
    address = f"{site.url}/api/agents/{AGENT}/password"
    answer = context.request.put(address, data={"new_password": password}, headers={"Origin": site.url})
    assert answer.ok, answer.text()
    sign_in(AGENT, password)
    home = context.request.get(f"{site.url}/api/home", params={"owner": "me", "limit": 20}).json()
    state = context.storage_state()
    context.close()
    return state, home["players"]["data"]["items"][-1]["player_id"]


def _round(chromium: Browser, url: str, state: Any, visit: Visit, player: str) -> Round:
    context = browser.new_context(chromium, state)
    path = visit.path.format(player=player)
    try:
        cold = Window(context, url).open(path, visit.ready)
        context.pages[0].close()
        window = Window(context, url)
        warm = window.open(path, visit.ready)
        visit.session(window)
        window.page.close()
        far = Window(context, url).far_away().open(path, visit.ready)
        return Round(cold, warm, far, window.use)
    finally:
        context.close()
