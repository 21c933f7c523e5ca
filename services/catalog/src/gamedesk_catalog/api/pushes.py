"""Prices that a game pushes."""

from __future__ import annotations

from typing import Any

import flask
from gamedesk_chassis.clock import now
from gamedesk_chassis.web import Answer, answer, time_of

from gamedesk_catalog.api.resources import resources
from gamedesk_catalog.commands import pushes
from gamedesk_catalog.errors import EventIdMismatch, SignatureInvalid
from gamedesk_catalog.quotes import Quote
from gamedesk_catalog.signatures import HEADERS, Signature, verify


def push_prices(game_id: str, body: dict[str, Any]) -> Answer:
    r = resources()
    keys = r.push_keys.get(game_id)
    if keys is None:
        raise SignatureInvalid()
    headers = flask.request.headers
    signature = Signature(*(headers[name] for name in HEADERS))
    verify(keys, signature, flask.request.get_data(cache=True), now())
    event_id = body["event_id"]
    if headers["webhook-id"] != event_id:
        raise EventIdMismatch("Send the event_id as webhook-id.", pointer="/event_id")
    quotes = [_quote(price, number) for number, price in enumerate(body["prices"])]
    results = r.database.transact(pushes.push_prices, game_id, event_id, body, quotes, r.hold_factors.of(game_id))
    return answer({"event_id": event_id, "results": [{"code": code, "fate": fate} for code, fate in results]})


def _quote(price: dict[str, Any], number: int) -> Quote:
    effective_at = time_of(price["effective_at"], f"/prices/{number}/effective_at")
    return Quote(price["code"], price["price_fen"], price["version"], effective_at)
