"""Server-sent events: a stream that is given up when its client is gone, or no longer reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from fastapi.sse import format_sse_event
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

MEDIA_TYPE = "text/event-stream"
BEAT = b": beat\n\n"
"""A comment: it keeps proxies from closing a stream on which nothing happens."""


HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


def event(kind: str, data: bytes, step: int, retry: int | None = None) -> bytes:
    """One event whose id is a step: a client that comes back says the last it has heard of."""
    made: bytes = format_sse_event(data_str=data.decode(), event=kind, id=str(step), retry=retry)
    return made


class EventStream(Response):
    """An answer that goes on for as long as there are events and somebody reads them."""

    media_type = MEDIA_TYPE

    def __init__(self, events: AsyncIterator[bytes], left: Callable[[], None], stall_seconds: float) -> None:
        super().__init__(headers=HEADERS, media_type=MEDIA_TYPE)
        del self.headers["content-length"]
        self._events = events
        self._left = left
        self._stall_seconds = stall_seconds

    @staticmethod
    def headers_alone() -> Response:
        """What a HEAD gets."""
        answer = Response(headers=HEADERS, media_type=MEDIA_TYPE)
        del answer.headers["content-length"]
        return answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events until they end, the client leaves, or it has not read for so long."""
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            while not gone.done():
                coming = asyncio.ensure_future(anext(self._events))
                await asyncio.wait((coming, gone), return_when=asyncio.FIRST_COMPLETED)
                if not coming.done():
                    coming.cancel()
                    with suppress(asyncio.CancelledError):
                        await coming
                    return
                try:
                    body = coming.result()
                except StopAsyncIteration:
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
                    return
                async with asyncio.timeout(self._stall_seconds):
                    await send({"type": "http.response.body", "body": body, "more_body": True})
        except TimeoutError:
            return  # whoever does not read is not waited for
        finally:
            gone.cancel()
            self._left()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
