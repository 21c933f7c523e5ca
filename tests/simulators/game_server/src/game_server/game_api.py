"""The API that a studio implements for its game (game-server.openapi.yaml)."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from game_server.contract import GAME_API, Input, Operation, load
from game_server.faults import Hangup
from game_server.items import item_json, rfc3339
from game_server.problems import Problem, json_response
from game_server.routes import Endpoint, routes
from game_server.state import GameState, World

Handler = Callable[[GameState, Input], Response]


def find_profiles(game: GameState, given: Input) -> Response:
    """The accounts of a phone."""
    return json_response({"profiles": game.profiles_of(given.params["phone"])})


def list_items(game: GameState, given: Input) -> Response:
    """One page of the price list; the cursor is the place of its first item."""
    start, limit = _place(given.params.get("cursor")), given.params["limit"]
    items = list(game.items.values())
    now = game.now()
    end = start + limit
    return json_response(
        {
            "items": [item_json(item.at(now)) for item in items[start:end]],
            "next_cursor": _cursor(end) if end < len(items) else None,
            "total": len(items),
        }
    )


def grant(game: GameState, given: Input) -> Response:
    """Deliver an order, once."""
    order_id: str = given.params["order_id"]
    if known := game.grants.get(order_id):
        if _asked(known) != _asked(given.body):
            raise Problem(409, "granted-differently", "This order was granted with another body.")
        return json_response(known)
    if any(content["code"] not in game.items for content in given.body["contents"]):
        raise Problem(422, "unknown-item", "The contents name an item that this game does not have.")
    game.grants[order_id] = {"order_id": order_id, **given.body, "granted_at": rfc3339(game.now())}
    return json_response(game.grants[order_id], 201)


def get_grant(game: GameState, given: Input) -> Response:
    """What was delivered for an order."""
    if known := game.grants.get(given.params["order_id"]):
        return json_response(known)
    raise Problem(404, "not-found", "This order was not granted.")


HANDLERS: dict[str, Handler] = {handler.__name__: handler for handler in (find_profiles, list_items, grant, get_grant)}


def game_routes(world: World) -> list[Route]:
    """The routes of every game's API."""
    return routes("/games/{game_id}/v1", load(GAME_API), partial(_endpoint, world))


def _endpoint(world: World, operation: Operation) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        game = world.game(request.path_params["game_id"])
        query = dict(request.query_params)
        seen = game.requests.opened(operation.operation_id, request.method, request.url.path, query)

        async def serve() -> Response:
            try:
                _authenticate(request, game)
                given = await operation.read(request)
                return HANDLERS[operation.operation_id](game, given)
            except Problem as problem:
                return problem.response()

        fault = game.fault
        if not fault.hits(operation.operation_id):
            response = await serve()
        else:
            seen["fault"] = fault.mode
            response = await fault.answer(serve)
        seen["status"] = None if isinstance(response, Hangup) else response.status_code
        return response

    return endpoint


def _authenticate(request: Request, game: GameState) -> None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(key.encode(), game.game.api_key.encode()):
        raise Problem(
            401, "unauthenticated", "The API key is missing or wrong.", headers={"www-authenticate": "Bearer"}
        )


def _asked(grant: dict[str, Any]) -> Any:
    contents = sorted((content["code"], content["quantity"]) for content in grant["contents"])
    return grant["game_account_id"], grant.get("server_id"), contents


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(str(place).encode()).decode().rstrip("=")


def _place(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    if not text.isdigit() or len(text) > 9:
        raise Problem(400, "validation", "The cursor is not one of ours.")
    return int(text)
