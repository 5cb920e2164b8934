"""The test client for async tests."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self, Unpack

from ultrafox.core import faults
from ultrafox.flights import Flight, aend, afly
from ultrafox.testing.calling import Asked, Calling
from ultrafox.testing.outgoing import Request
from ultrafox.testing.response import AsyncResponse

__all__ = ["AsyncTestClient"]


class AsyncTestClient(Calling):
    """TestClient for `async def` tests: its calls are awaited.

        client = AsyncTestClient(api)
        response = await client.get("/orders/3")

    `async def` handlers run on the test's own loop, `def` ones where `sync_to_async` runs what is thread-sensitive:
    on the test's thread under Django's TestCase. A stream is read by `async with client.stream("GET", url)`.
    """

    __test__ = False

    async def request(self, method: str, url: str, **asked: Unpack[Asked]) -> AsyncResponse:
        """One call. `stream=True` gives the reply before its body is read."""
        stream, follows = self._asked(asked)
        response = await self._call(self._request(method, url, asked))
        followed = 0
        while follows and (request := self._next(response, followed)) is not None:
            await response.aclose()
            response = await self._call(request)
            followed += 1
        if not stream:
            try:
                await response.aread()
            finally:
                await response.aclose()
        return response

    async def get(self, url: str, **asked: Unpack[Asked]) -> AsyncResponse:
        """GET."""
        return await self.request("GET", url, **asked)

    async def post(self, url: str, **asked: Unpack[Asked]) -> AsyncResponse:
        """POST."""
        return await self.request("POST", url, **asked)

    async def put(self, url: str, **asked: Unpack[Asked]) -> AsyncResponse:
        """PUT."""
        return await self.request("PUT", url, **asked)

    async def patch(self, url: str, **asked: Unpack[Asked]) -> AsyncResponse:
        """PATCH."""
        return await self.request("PATCH", url, **asked)

    async def delete(self, url: str, **asked: Unpack[Asked]) -> AsyncResponse:
        """DELETE."""
        return await self.request("DELETE", url, **asked)

    async def head(self, url: str, **asked: Unpack[Asked]) -> AsyncResponse:
        """HEAD."""
        return await self.request("HEAD", url, **asked)

    async def options(self, url: str, **asked: Unpack[Asked]) -> AsyncResponse:
        """OPTIONS."""
        return await self.request("OPTIONS", url, **asked)

    @asynccontextmanager
    async def stream(self, method: str, url: str, **asked: Unpack[Asked]) -> AsyncGenerator[AsyncResponse, None]:
        """One call whose body is read piece by piece; what is left of it at the end is not read."""
        asked["stream"] = True
        response = await self.request(method, url, **asked)
        try:
            yield response
        finally:
            await response.aclose()

    async def _call(self, request: Request) -> AsyncResponse:
        # A task of its own: what a handler leaves in context variables ends with its request, as on a server.
        flight = await asyncio.create_task(self._fly(request))
        response = AsyncResponse(request, flight, functools.partial(aend, flight))
        self._keep(response)
        return response

    async def _fly(self, request: Request) -> Flight:
        flight = self._served.open(request)
        noted: list[BaseException] = []
        faults.set(noted)
        try:
            await afly(flight)
            error = self._error(flight, noted)
            if error is not None:
                raise error
        except BaseException:
            await aend(flight)
            raise
        return flight

    async def aclose(self) -> None:
        """Leaves the lifespan."""
        await self._lifespan.stop()

    async def __aenter__(self) -> Self:
        await self._lifespan.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
