"""What the player view is compared with: one bare ASGI process that reads the same rows with the same SQL and
answers the same JSON. No contract, no validation, no sign-in, no network between the parts: what four services,
a gateway and their guarantees cost is the difference.
"""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_players.queries import players
from gamedesk_players.views.players import PlayerViews
from gamedesk_sales.queries.orders import list_orders
from gamedesk_sales.queries.pitch import get_pitch
from gamedesk_sales.queries.quotes import list_quotes
from gamedesk_sales.queries.touches import list_touches
from gamedesk_sales.repository.orders import Filter as OrderFilter
from gamedesk_sales.views.orders import order_view
from gamedesk_sales.views.pitch import pitch_view
from gamedesk_sales.views.quotes import quote_view
from gamedesk_sales.views.touches import touch_view
from gamedesk_tickets.model.tickets import Wanted
from gamedesk_tickets.queries import tickets
from gamedesk_tickets.views.tickets import ticket_view

THREADS = 8
PAGE = 50


class PlayerView:
    """Reads the view from three databases, one after the other, in one thread."""

    def __init__(self, urls: dict[str, str], game_names: dict[str, str]) -> None:
        self._databases = {name: Database(url, pool_size=THREADS) for name, url in urls.items()}
        self._views = PlayerViews(game_names, timedelta(hours=24))

    def read(self, player_id: UUID) -> bytes:
        moment = now()
        details = self._databases["players"].transact(players.get_player, player_id)
        wanted = Wanted(player_ids=(player_id,))
        found, more_tickets = self._databases["tickets"].transact(tickets.list_tickets, wanted, None, PAGE)
        with self._databases["sales"].begin() as tx:
            touches, more_touches = list_touches(tx, [player_id], None, None, None, None, None, PAGE)
            pitch = get_pitch(tx, player_id)
            quotes, more_quotes = list_quotes(tx, [player_id], None, None, None, None, None, None, None, PAGE)
            orders, more_orders = list_orders(tx, OrderFilter(player_ids=[player_id]), None, PAGE)
        view = {
            "player_id": player_id,
            "player": _section(self._views.details(details, moment, masked=False), moment),
            "tickets": _section(_page(map(ticket_view, found), more_tickets), moment),
            "pitch": _section(pitch_view(pitch), moment),
            "touches": _section(_page(map(touch_view, touches), more_touches), moment),
            "quotes": _section(_page((quote_view(quote, moment) for quote in quotes), more_quotes), moment),
            "orders": _section(_page(map(order_view, orders), more_orders), moment),
        }
        return orjson.dumps(view, option=orjson.OPT_UTC_Z)


def _section(data: dict[str, Any], moment: Any) -> dict[str, Any]:
    return {"status": "ok", "as_of": moment, "data": data, "problem": None}


def _page(items: Any, next_cursor: str | None) -> dict[str, Any]:
    return {"items": list(items), "next_cursor": next_cursor}


_CONFIGURATION = "GAMEDESK_BENCH_BASELINE"


def create_app() -> Any:
    """For `uvicorn --factory`; configured by one environment variable holding {urls, game_names}."""
    configuration = orjson.loads(os.environ[_CONFIGURATION])
    view = PlayerView(configuration["urls"], configuration["game_names"])
    pool = ThreadPoolExecutor(THREADS)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        player_id = UUID(scope["path"].rpartition("/")[2])
        body = await asyncio.get_running_loop().run_in_executor(pool, view.read, player_id)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


def environment(urls: dict[str, str], game_names: dict[str, str]) -> dict[str, str]:
    return {_CONFIGURATION: orjson.dumps({"urls": urls, "game_names": game_names}).decode()}
