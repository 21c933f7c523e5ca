"""The answer that does not end: a stream of server-sent events."""

from __future__ import annotations

import asyncio
import time

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gamedesk_gateway.answers import client_gone
from gamedesk_gateway.live.changes import message
from gamedesk_gateway.live.feed import Feed
from gamedesk_gateway.live.streams import Stream

KEEP_ALIVE_SECONDS = 15.0
_KEEP_ALIVE = b": keep-alive\n\n"
_HEADERS = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]


class LiveAnswer(Response):
    """Writes a stream until its token ends, the page goes, or the page reads too slowly."""

    def __init__(self, feed: Feed, stream: Stream) -> None:
        super().__init__(media_type="text/event-stream")
        self._feed, self._stream = feed, stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._feed.open(self._stream)
        work = [
            asyncio.create_task(self._write(send)),
            asyncio.create_task(client_gone(receive)),
            asyncio.create_task(self._stream.overrun.wait()),
        ]
        try:
            await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._feed.close(self._stream)
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)

    async def _write(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [*_HEADERS]})
        while not self._stream.is_over:
            left = self._stream.expires_at - time.time()
            text = await self._stream.next(min(KEEP_ALIVE_SECONDS, max(left, 0)))
            await send({"type": "http.response.body", "body": text or _KEEP_ALIVE, "more_body": True})
        await send({"type": "http.response.body", "body": message("bye", {})})
