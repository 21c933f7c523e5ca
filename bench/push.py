"""A push of 5,000 prices under which 2,000 packs change: how long until every pack, and every copy in sales, is right.

The whole product as `./gamedesk up` starts it; the push goes through the gateway, signed. Beside it, in turn in the
same run, bare SQL on the same PostgreSQL that changes as many rows of two databases: no signature, no contract, no
rules, no history, no record of the impact, no events, no NATS. The ratio is what all that costs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from gamedesk_chassis.remotes import load_remotes
from sqlalchemy import text

from bench import shop
from tests.conftest import Site, started

_BARE_CATALOG = """
CREATE TABLE bare_items (code text PRIMARY KEY, price_fen bigint NOT NULL);
CREATE TABLE bare_packs (pack_id uuid PRIMARY KEY, price_fen bigint NOT NULL);
CREATE TABLE bare_contents (pack_id uuid, code text, quantity int, PRIMARY KEY (pack_id, code));
INSERT INTO bare_items SELECT code, price_fen FROM items WHERE code LIKE 'BULK-%';
INSERT INTO bare_packs SELECT pack_id, price_fen FROM packs;
INSERT INTO bare_contents SELECT pack_id, code, quantity FROM pack_contents JOIN items USING (item_id);
"""
_BARE_SALES = """
CREATE TABLE bare_items (code text PRIMARY KEY, price_fen bigint NOT NULL);
CREATE TABLE bare_packs (pack_id uuid PRIMARY KEY, price_fen bigint NOT NULL);
"""
_BARE_PUSH = """
UPDATE bare_items AS i SET price_fen = n.price FROM unnest(:codes ::text[], :prices ::bigint[]) AS n(code, price)
WHERE i.code = n.code
"""
_BARE_FOLLOW = """
UPDATE bare_packs AS p SET price_fen = s.total FROM
  (SELECT pack_id, sum(price_fen * quantity) AS total FROM bare_contents JOIN bare_items USING (code) GROUP BY 1) AS s
WHERE s.pack_id = p.pack_id RETURNING p.pack_id, p.price_fen
"""
_BARE_COPY_ITEMS = """
INSERT INTO bare_items SELECT * FROM unnest(:codes ::text[], :prices ::bigint[])
ON CONFLICT (code) DO UPDATE SET price_fen = excluded.price_fen
"""
_BARE_COPY_PACKS = """
INSERT INTO bare_packs SELECT * FROM unnest(:ids ::uuid[], :prices ::bigint[])
ON CONFLICT (pack_id) DO UPDATE SET price_fen = excluded.price_fen
"""


@dataclass(frozen=True)
class Figures:
    """Seconds of one round."""

    answered: float
    copied: float
    repeated: float
    bare: float


class Bench:
    """The product with items and packs in it, and both sides' push."""

    def __init__(self, site: Site, items: int, packs: int) -> None:
        layout = site.product.layout
        self.catalog, self.sales = (shop.database(layout, name) for name in ("catalog", "sales"))
        secret = load_remotes(layout.state.games, "games")[shop.GAME].push_secrets[0]
        self._key = base64.b64decode(secret.removeprefix("whsec_"))
        self._url = f"{site.url}/api/price-pushes/{shop.GAME}"
        self._codes = shop.codes(items)
        shop.fill(self.catalog, items, packs)
        shop.wait_for_copies(self.catalog, self.sales, 1)
        for database, statements in ((self.catalog, _BARE_CATALOG), (self.sales, _BARE_SALES)):
            with database.begin() as tx:
                tx.execute(text(statements))

    def prices(self, version: int) -> list[int]:
        return shop.prices(len(self._codes), version)

    def round(self, version: int) -> Figures:
        body = self._body(version)
        began = time.perf_counter()
        self._push(body, f"bench-{version}", "applied")
        answered = time.perf_counter()
        shop.wait_for_copies(self.catalog, self.sales, version)
        copied = time.perf_counter()
        self._check()
        again = time.perf_counter()
        self._push(body, f"bench-{version}-again", "unchanged")
        repeated = time.perf_counter()
        self._bare(version)
        return Figures(answered - began, copied - began, repeated - again, time.perf_counter() - repeated)

    def _body(self, version: int) -> list[dict[str, Any]]:
        priced = zip(self._codes, self.prices(version), strict=True)
        common = {"currency": "CNY", "version": version, "effective_at": "2026-01-01T00:00:00Z"}
        return [{"code": c, "price_fen": p, **common} for c, p in priced]

    def _push(self, prices: list[dict[str, Any]], event_id: str, fate: str) -> None:
        body = json.dumps({"event_id": event_id, "prices": prices}).encode()
        timestamp = str(int(time.time()))
        digest = hmac.digest(self._key, f"{event_id}.{timestamp}.".encode() + body, hashlib.sha256)
        headers = {
            "content-type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": "v1," + base64.b64encode(digest).decode(),
        }
        answer = httpx.post(self._url, content=body, headers=headers, timeout=60, trust_env=False)
        assert answer.status_code == 200, answer.text
        assert {result["fate"] for result in answer.json()["results"]} == {fate}

    def _check(self) -> None:
        """Every price in sales is catalog's."""
        query = (
            "SELECT code, price_fen, version FROM items WHERE code LIKE 'BULK-%' UNION ALL"
            " SELECT code, price_fen, version FROM packs ORDER BY code"
        )
        copies = query.replace("items", "item_copies").replace("packs", "pack_copies")
        with self.catalog.begin() as catalog, self.sales.begin() as sales:
            assert sales.execute(text(copies)).all() == catalog.execute(text(query)).all()

    def _bare(self, version: int) -> None:
        items = {"codes": self._codes, "prices": self.prices(version)}
        with self.catalog.begin() as tx:
            tx.execute(text(_BARE_PUSH), items)
            packs = tx.execute(text(_BARE_FOLLOW)).all()
        with self.sales.begin() as tx:
            tx.execute(text(_BARE_COPY_ITEMS), items)
            tx.execute(text(_BARE_COPY_PACKS), {"ids": [p.pack_id for p in packs], "prices": [p[1] for p in packs]})


def measure(*, items: int, packs: int, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Run the whole comparison; returns what `report` prints."""
    with tempfile.TemporaryDirectory(prefix="gamedesk-bench-") as folder, started(Path(folder)) as site:
        say(f"filling {items:,} items and {packs:,} packs")
        bench = Bench(site, items, packs)
        say("measuring")
        try:
            found = [bench.round(version) for version in range(2, rounds + 3)][1:]  # the first round only warms up
        finally:
            bench.catalog.dispose()
            bench.sales.dispose()
    seconds = {name: median(getattr(one, name) for one in found) for name in ("answered", "copied", "repeated", "bare")}
    return {"items": items, "packs": packs, "rounds": rounds, "seconds": seconds}


def report(result: dict[str, Any]) -> str:
    """The figures as a Markdown table."""
    seconds = result["seconds"]
    rows = [
        ("push answered: items, packs and their events committed", seconds["answered"]),
        ("every copy in sales right", seconds["copied"]),
        ("the same prices pushed again", seconds["repeated"]),
        ("bare SQL, both databases", seconds["bare"]),
    ]
    lines = [f"| {result['items']:,} prices, {result['packs']:,} packs | seconds | × bare |", "|---|---:|---:|"]
    lines += [f"| {label} | {value:.2f} | {value / seconds['bare']:.0f} |" for label, value in rows]
    return "\n".join(lines)
