"""The composition root: one ASGI application with every simulated game."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from game_server.game_api import game_routes
from game_server.games import Game
from game_server.management_api import management_routes
from game_server.problems import Problem, json_response
from game_server.pushes import Pusher
from game_server.state import World

SLUGS = {404: "not-found", 405: "method-not-allowed"}


def create_app(games: Sequence[Game], desk_url: str, *, first_pause_s: float = 0.2) -> Starlette:
    """The simulator of `games`, which pushes prices to GameDesk at `desk_url` (`http://host:port/api`)."""
    world = World(games)
    pusher = Pusher(desk_url, first_pause_s=first_pause_s)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await pusher.aclose()

    return Starlette(
        routes=[
            Route("/health/live", _healthy),
            Route("/health/ready", _healthy),
            *game_routes(world),
            *management_routes(world, pusher),
        ],
        exception_handlers={Problem: _problem, HTTPException: _http_problem, 500: _defect},
        lifespan=lifespan,
    )


async def _healthy(_: Request) -> Response:
    return json_response({"status": "ok"})


async def _problem(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    return problem.response()


async def _http_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    slug = SLUGS.get(error.status_code, "http")
    return Problem(error.status_code, slug, error.detail, headers=error.headers).response()


async def _defect(_: Request, __: Exception) -> Response:
    return Problem(500, "internal", "The simulator has a defect; its log says more.").response()
