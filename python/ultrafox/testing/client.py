"""The test client for tests that are not async."""

from __future__ import annotations

import contextvars
import functools
from collections.abc import Generator
from contextlib import contextmanager
from types import TracebackType
from typing import Self, Unpack

from ultrafox import caller
from ultrafox.core import faults
from ultrafox.flights import Flight, end, fly
from ultrafox.testing.calling import Asked, Calling
from ultrafox.testing.outgoing import Request
from ultrafox.testing.response import Response

__all__ = ["TestClient"]


class TestClient(Calling):
    """Calls an API as a client would, through the engine that the server has, without a socket.

        client = TestClient(api)
        response = client.post("/orders", json={"item": 3})
        assert response.status_code == 201

    Takes an API, a Router alone, several APIs, or nothing for the project's. Handlers run on the test's own thread,
    `async def` on an event loop whose thread-sensitive calls come back to it: what the test has in the database is
    seen, in TestCase and in pytest-django's `db` too. `with TestClient(api)` enters the API's lifespan.

    What a handler raises that is no refusal is raised in the test; with `raise_server_exceptions=False` it is the 500
    that a client gets. `overrides={dependency: fake}`, like `api.dependency_overrides`, stands in for dependencies.
    The header fields and cookies of the client go with every call. Redirects are followed where that is asked for.
    """

    __test__ = False

    def request(self, method: str, url: str, **asked: Unpack[Asked]) -> Response:
        """One call. `stream=True` gives the reply before its body is read."""
        stream, follows = self._asked(asked)
        response = self._call(self._request(method, url, asked))
        followed = 0
        while follows and (request := self._next(response, followed)) is not None:
            response.close()
            response = self._call(request)
            followed += 1
        if not stream:
            try:
                response.read()
            finally:
                response.close()
        return response

    def get(self, url: str, **asked: Unpack[Asked]) -> Response:
        """GET."""
        return self.request("GET", url, **asked)

    def post(self, url: str, **asked: Unpack[Asked]) -> Response:
        """POST."""
        return self.request("POST", url, **asked)

    def put(self, url: str, **asked: Unpack[Asked]) -> Response:
        """PUT."""
        return self.request("PUT", url, **asked)

    def patch(self, url: str, **asked: Unpack[Asked]) -> Response:
        """PATCH."""
        return self.request("PATCH", url, **asked)

    def delete(self, url: str, **asked: Unpack[Asked]) -> Response:
        """DELETE."""
        return self.request("DELETE", url, **asked)

    def head(self, url: str, **asked: Unpack[Asked]) -> Response:
        """HEAD."""
        return self.request("HEAD", url, **asked)

    def options(self, url: str, **asked: Unpack[Asked]) -> Response:
        """OPTIONS."""
        return self.request("OPTIONS", url, **asked)

    @contextmanager
    def stream(self, method: str, url: str, **asked: Unpack[Asked]) -> Generator[Response, None, None]:
        """One call whose body is read piece by piece; what is left of it at the end is not read."""
        asked["stream"] = True
        response = self.request(method, url, **asked)
        try:
            yield response
        finally:
            response.close()

    def _call(self, request: Request) -> Response:
        # What a handler leaves in context variables ends with its request, as on a server.
        flight = contextvars.copy_context().run(self._fly, request)
        response = Response(request, flight, functools.partial(end, flight))
        self._keep(response)
        return response

    def _fly(self, request: Request) -> Flight:
        flight = self._served.open(request)
        noted: list[BaseException] = []
        faults.set(noted)
        try:
            fly(flight)
            error = self._error(flight, noted)
            if error is not None:
                raise error
        except BaseException:
            end(flight)
            raise
        return flight

    def close(self) -> None:
        """Leaves the lifespan."""
        if self._lifespan:
            caller.run(self._lifespan.stop())

    def __enter__(self) -> Self:
        if self._lifespan:
            caller.run(self._lifespan.start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
