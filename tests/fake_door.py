"""A door without an engine: what `_core.Door` promises, in Python, for tests of what stands before it."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from urllib.parse import urlsplit


class FakeJob:
    def __init__(self, flight: FakeFlight, function: Callable[[], Any], is_async: bool) -> None:
        self.flight, self.function, self.is_async = flight, function, is_async

    def run(self) -> None:
        try:
            self.flight.take(self.function())
        except BaseException as error:
            self.fail(error)

    def start(self) -> Any:
        return self.function()

    def answer(self, value: Any) -> bool:
        if value == "wants the database":
            return False
        self.flight.take(value)
        return True

    def finish(self, value: Any) -> None:
        self.flight.take((200, [], b"finished"))

    leaves = False

    def fail(self, error: BaseException) -> None:
        self.flight.refuse(error)


class ChunkJob(FakeJob):
    def answer(self, value: Any) -> bool:
        self.flight.chunks.append(value)
        return True

    leaves = False

    def fail(self, error: BaseException) -> None:
        self.flight.chunks.append(None if isinstance(error, StopAsyncIteration) else error)


class FakeFlight:
    def __init__(self, door: FakeDoor, asked: dict[str, Any]) -> None:
        self.door, self.asked = door, asked
        self.afterwards: list[Callable[[], Any]] = []
        self.fault: BaseException | None = None
        self.closed = 0
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.body: bytes | None = None
        self.chunks: list[Any] = []
        self._stream: Any = None

    def advance(self) -> FakeJob | None:
        if self.status:
            return None
        body = self.asked["body"]
        if callable(body):
            read = body
            self.asked["body"] = b"".join(iter(lambda: read(3), b""))
        path = urlsplit(self.asked["target"]).path[self.asked["base"] :]
        handler = self.door.handlers.get(path)
        if handler is None:
            self.take((404, [("content-type", "application/problem+json")], b"{}"))
            return None
        return FakeJob(self, lambda: handler(self), inspect.iscoroutinefunction(handler))

    def take(self, value: Any) -> None:
        status, headers, body = value
        if isinstance(body, (Iterator, AsyncIterator)):
            self._stream, body = body, None
        self.headers, self.body, self.status = headers, body, status

    def refuse(self, error: BaseException) -> None:
        self.fault = error
        self.take((500, [("content-type", "application/problem+json")], b'{"code":"internal_error"}'))

    def chunk(self) -> bytes | FakeJob | None:
        if self.chunks:
            piece = self.chunks.pop(0)
            if isinstance(piece, BaseException):
                raise ConnectionAbortedError("the stream broke off")
            return piece
        if isinstance(self._stream, AsyncIterator):
            return ChunkJob(self, self._stream.__anext__, True)
        return next(self._stream, None)

    def take_fault(self) -> BaseException | None:
        fault, self.fault = self.fault, None
        return fault

    def close(self) -> None:
        self.closed += 1
        if not self.status:
            return
        if isinstance(self._stream, Iterator):
            self._stream.close()


class FakeDoor:
    """Answers by functions of a flight that return `(status, headers, body)`, by path."""

    def __init__(self, **handlers: Callable[[FakeFlight], Any]) -> None:
        self.handlers = {f"/{name}": handler for name, handler in handlers.items()}
        self.flights: list[FakeFlight] = []

    def open(self, **asked: Any) -> FakeFlight:
        flight = FakeFlight(self, asked)
        self.flights.append(flight)
        return flight
