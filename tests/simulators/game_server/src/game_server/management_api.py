"""Bends the simulated games (management.openapi.yaml): for tests and demonstrations."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from game_server.contract import MANAGEMENT_API, Input, Operation, load
from game_server.faults import Fault
from game_server.items import Item, Price, price_json
from game_server.problems import Problem, json_response
from game_server.pushes import MAX_PRICES, Push, Pusher, new_push
from game_server.routes import Endpoint, routes
from game_server.state import GameState, World


class Management:
    """The operations, by their operationId."""

    def __init__(self, world: World, pusher: Pusher) -> None:
        self.world = world
        self._pusher = pusher

    async def reset(self, given: Input) -> Response:
        """Every game as it was at the start."""
        self.world.reset()
        return Response(status_code=204)

    async def get_faults(self, game: GameState, given: Input) -> Response:
        """The fault in force."""
        return json_response(game.fault.as_json())

    async def set_faults(self, game: GameState, given: Input) -> Response:
        """Replace the fault in force."""
        wanted = given.body
        game.fault = Fault(**{**wanted, "operations": tuple(wanted.get("operations", ()))})
        return json_response(game.fault.as_json())

    async def read_profiles(self, game: GameState, given: Input) -> Response:
        """What the game knows of a phone."""
        return _profiles(game, given.params["phone"])

    async def set_profiles(self, game: GameState, given: Input) -> Response:
        """Set or change what the game knows of a phone."""
        phone: str = given.body["phone"]
        change = given.body.get("change")
        profiles = (
            given.body["profiles"] if change is None else [{**profile, **change} for profile in game.profiles_of(phone)]
        )
        if change and not profiles:
            raise Problem(422, "not-registered", "The number has no account here that could change.")
        game.profiles[phone] = profiles
        return _profiles(game, phone)

    async def change_prices(self, game: GameState, given: Input) -> Response:
        """New prices; pushed unless told otherwise."""
        changes: list[dict[str, Any]] = given.body["changes"]
        if any(change["code"] not in game.items and "name" not in change for change in changes):
            raise Problem(422, "unknown-item", "A new item needs a name.")
        prices = [_change(game, change) for change in changes]
        pushes: list[Push] = []
        if given.body.get("push", True):
            for start in range(0, len(prices), MAX_PRICES):
                pushes.append(await self._send(game, new_push(prices[start : start + MAX_PRICES])))
        return json_response({"prices": prices, "pushes": [push.as_json() for push in pushes]})

    async def list_pushes(self, game: GameState, given: Input) -> Response:
        """The last pushes."""
        return json_response({"pushes": [push.as_json() for push in game.pushes.values()]})

    async def push_raw(self, game: GameState, given: Input) -> Response:
        """Push prices that are not the game's own."""
        event_id = str(uuid.UUID(given.body["event_id"])) if "event_id" in given.body else None
        push = new_push(given.body["prices"], event_id)
        return json_response((await self._send(game, push, given.body.get("spoil"))).as_json())

    async def repeat_push(self, game: GameState, given: Input) -> Response:
        """Send a push once more."""
        push = game.pushes.get(str(uuid.UUID(given.params["event_id"])))
        if push is None:
            raise Problem(404, "not-found", "There was no such push.")
        return json_response((await self._send(game, push)).as_json())

    async def list_requests(self, game: GameState, given: Input) -> Response:
        """Requests seen by the game's API."""
        log = game.requests
        return json_response({"total": log.counts.total(), "counts": dict(log.counts), "requests": list(log.latest)})

    async def list_grants(self, game: GameState, given: Input) -> Response:
        """Everything that was delivered."""
        return json_response({"grants": list(game.grants.values())})

    async def _send(self, game: GameState, push: Push, spoil: Any = None) -> Push:
        await self._pusher.send(game.game, game.remember(push), spoil)
        return push


def management_routes(world: World, pusher: Pusher) -> list[Route]:
    """The routes of the management API."""
    endpoint_of = partial(_endpoint, Management(world, pusher))
    return routes("/management", load(MANAGEMENT_API), endpoint_of)


def _endpoint(management: Management, operation: Operation) -> Endpoint:
    handler = getattr(management, operation.operation_id)
    of_a_game = "game_id" in operation.parameters

    async def endpoint(request: Request) -> Response:
        given = await operation.read(request)
        if not of_a_game:
            return await handler(given)
        return await handler(management.world.game(given.params["game_id"]), given)

    return endpoint


def _profiles(game: GameState, phone: str) -> Response:
    return json_response({"phone": phone, "profiles": game.profiles_of(phone)})


def _change(game: GameState, change: dict[str, Any]) -> dict[str, Any]:
    """Apply one change; returns the price as it is pushed."""
    now = game.now()
    effective_at = _moment(change["effective_at"]) if "effective_at" in change else now
    code: str = change["code"]
    if known := game.items.get(code):
        item = known.priced(change["price_fen"], effective_at, now).named(change.get("name"))
    else:
        item = Item(code, change["name"], Price(change["price_fen"], 1, min(effective_at, now)))
    game.items[code] = item
    return price_json(code, item.latest)


def _moment(text: str) -> datetime:
    """An RFC 3339 time in UTC. Raises Problem 400 for what only the schema takes for one (a leap second)."""
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Problem(400, "validation", "effective_at is not a time that this machine knows.") from None
