"""Routes from operations: one per path, so that a refused method is told all that are allowed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from game_server.contract import Operation

Endpoint = Callable[[Request], Awaitable[Response]]


def routes(prefix: str, operations: Iterable[Operation], endpoint_of: Callable[[Operation], Endpoint]) -> list[Route]:
    """The routes of the operations, under `prefix`."""
    by_path: dict[str, dict[str, Endpoint]] = {}
    for operation in operations:
        by_path.setdefault(operation.path, {})[operation.method] = endpoint_of(operation)
    return [Route(prefix + path, _by_method(endpoints), methods=list(endpoints)) for path, endpoints in by_path.items()]


def _by_method(endpoints: Mapping[str, Endpoint]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return await endpoints["GET" if request.method == "HEAD" else request.method](request)

    return endpoint
