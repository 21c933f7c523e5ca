"""What exports look up, and reading what they wrote, for the tests of exports."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
from gamedesk_gateway.exports import exports
from gamedesk_testing import eventually
from openpyxl import load_workbook

from .conftest import Gateway
from .servers import Received
from .test_home import cards_of, ticket

ASKED = "2026-11-20T10:00:00.123456Z"
GAMES = (200, {"items": [{"game_id": "xiyou", "name": "西游传说"}]})
CATEGORIES = (200, {"items": [{"category_id": "payment", "name_zh": "充值", "name_en": "Payment"}]})

CAMPAIGNS = [("c1", "国庆"), ("c2", "双十一")]


@contextmanager
def export_desk(gateway: Gateway, folder: Path) -> Iterator[Gateway]:
    """A gateway with what every export looks up; no export leaves anything behind in `folder`."""
    gateway.stubs["players"].answers.update({"/games": GAMES, "/player-cards": cards_of})
    gateway.stubs["tickets"].answers["/ticket-categories"] = CATEGORIES
    gateway.stubs["catalog"].answers["/campaigns"] = in_pages([{"campaign_id": c, "name": n} for c, n in CAMPAIGNS], 1)
    yield gateway
    eventually(lambda: not list(folder.iterdir()))


def sheet_of(response: httpx.Response) -> list[list[Any]]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == exports.XLSX
    book: Any = load_workbook(io.BytesIO(response.content))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


def slug(response: httpx.Response) -> str:
    return response.json()["type"].removeprefix("urn:gamedesk:problem:")


def in_pages(rows: list[dict[str, Any]], size: int) -> Callable[[Received], Any]:
    """A list that gives `size` rows at a time."""

    def answer(request: Received) -> Any:
        query = parse_qs(request.target.partition("?")[2])
        start = int(query.get("cursor", ["0"])[0])
        more = str(start + size) if start + size < len(rows) else None
        return 200, {"items": rows[start : start + size], "next_cursor": more}

    return answer


def a_ticket(number: int, **fields: Any) -> dict[str, Any]:
    clock = {"overdue": None}
    return {**ticket(number, ASKED), "category": "payment", "clock": clock, "solution": None, **fields}


def exported(client: httpx.Client, name: str, **query: str) -> dict[str, Any]:
    """The only row of an export in English, by the titles of its columns."""
    header, row = sheet_of(client.get(f"/api/exports/{name}", params={"lang": "en", **query}))
    return dict(zip(header, row, strict=True))
