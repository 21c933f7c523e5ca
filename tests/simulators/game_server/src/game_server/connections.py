"""Open connections by the caller's address, so that one can be cut without an answer.

ASGI has no word for "hang up"; the transport is what can.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

_open: dict[tuple[str, int], asyncio.Transport] = {}


class AbortableProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, with its transports on record."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        if self.client:
            _open[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client:
            _open.pop(self.client, None)
        super().connection_lost(exc)


def abort(client: tuple[str, int] | None) -> bool:
    """Cut the connection of this caller; False when it is not on record (another server runs the app)."""
    transport = _open.get(client) if client else None
    if transport is None:
        return False
    transport.abort()
    return True
