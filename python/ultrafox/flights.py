"""Brings one request through a door: what every door without a socket has in common.

A flight asks for what it cannot do itself by jobs: a handler to call, a step of an async stream. The two ways to work
them off are by a thread that waits (WSGI, the test client), and in a task of a running loop (ASGI, the async client).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Protocol

from asgiref.sync import async_to_sync, sync_to_async

from ultrafox import afterwards, caller, hop

__all__ = ["APieces", "Door", "Flight", "Job", "Pieces", "aend", "afly", "close_later", "end", "fly"]

Fields = list[tuple[str, str]]


class Job(Protocol):
    """What a flight needs done before it can go on."""

    @property
    def is_async(self) -> bool: ...
    def run(self) -> None: ...
    def start(self) -> Awaitable[Any]: ...
    def answer(self, value: Any) -> bool: ...
    def finish(self, value: Any) -> None: ...
    @property
    def leaves(self) -> bool: ...
    def fail(self, error: BaseException) -> None: ...


class Flight(Protocol):
    """One request on its way through a door; one thread at a time uses it."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Fields: ...
    @property
    def body(self) -> bytes | None: ...
    def take_fault(self) -> BaseException | None: ...
    @property
    def afterwards(self) -> list[Callable[[], Any]]: ...
    def advance(self) -> Job | None: ...
    def chunk(self) -> bytes | Job | None: ...
    def close(self) -> None: ...


class Door(Protocol):
    """An engine without a socket; all threads may share one."""

    def open(
        self,
        *,
        method: str,
        target: str,
        headers: Fields,
        body: bytes | Callable[[int], bytes] | None,
        peer: str | None,
        secure: bool,
        base: int,
        inherit: dict[str, Any] | None,
        keeps_fault: bool = ...,
    ) -> Flight: ...


def fly(flight: Flight) -> None:
    """Until status, headers and body are there, on this thread."""
    with afterwards.collected(flight.afterwards):
        while (job := flight.advance()) is not None:
            _work(job)


async def afly(flight: Flight, *, long: bool = False) -> None:
    """Until status, headers and body are there, in this task. A `long` body is read on a thread, not by the loop."""
    with afterwards.collected(flight.afterwards):
        job = await hop.run(flight.advance, anywhere=True) if long else flight.advance()
        while job is not None:
            await _awork(job)
            job = flight.advance()


def _work(job: Job) -> None:
    if not job.is_async:
        job.run()
        return
    try:
        value, error = caller.outcome(_started(job))
    except BaseException as interrupt:
        job.fail(interrupt)
        raise
    if error is not None:
        job.fail(error)
    elif not job.answer(value):
        job.finish(value)


async def _started(job: Job) -> Any:
    # Also what makes the awaitable belongs on the loop: an iterator's `__anext__` may look for it.
    return await job.start()


async def _awork(job: Job) -> None:
    if not job.is_async:
        await sync_to_async(job.run, thread_sensitive=True)()
        return
    try:
        value = await job.start()
    except asyncio.CancelledError as error:
        job.fail(error)
        task = asyncio.current_task()
        # A handler may raise it by itself; only where this task was told to end does it end.
        if task is not None and task.cancelling():
            raise
    except BaseException as error:
        if job.leaves:
            await sync_to_async(job.fail, thread_sensitive=True)(error)
        else:
            job.fail(error)
    else:
        if not job.answer(value):
            await sync_to_async(job.finish, thread_sensitive=True)(value)


class Pieces(Iterator[bytes]):
    """The body of a streamed reply, for code that is not async. `close` may come at any time, and twice."""

    def __init__(self, flight: Flight) -> None:
        self._flight = flight

    def __next__(self) -> bytes:
        with afterwards.collected(self._flight.afterwards):
            while True:
                piece = self._flight.chunk()
                if piece is None:
                    raise StopIteration
                if isinstance(piece, bytes):
                    return piece
                _work(piece)

    def close(self) -> None:
        _close(self._flight)


class APieces(AsyncIterator[bytes]):
    """The body of a streamed reply, for code on an event loop."""

    def __init__(self, flight: Flight) -> None:
        self._flight = flight
        self._blocks = True

    async def __anext__(self) -> bytes:
        with afterwards.collected(self._flight.afterwards):
            while True:
                piece = await self._chunk()
                if piece is None:
                    raise StopAsyncIteration
                if isinstance(piece, bytes):
                    return piece
                # Only async iterators ask for jobs, and nothing of them blocks.
                self._blocks = False
                await _unless_cancelled(_awork(piece))

    async def _chunk(self) -> bytes | Job | None:
        """A sync iterator may block, and use the database."""
        if self._blocks:
            return await sync_to_async(self._flight.chunk, thread_sensitive=True)()
        return self._flight.chunk()

    def close(self) -> None:
        _close(self._flight)

    async def aclose(self) -> None:
        _close(self._flight)


async def _unless_cancelled(step: Awaitable[None]) -> None:
    """Awaits a step of an iterator, which may go on although its task was told to end: nobody reads what it gives."""
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    await step
    if task and task.cancelling() > before:
        raise asyncio.CancelledError


def end(flight: Flight, *, on_loop: bool = False) -> None:
    """The reply is out, or the client is gone: ends the flight and does what was left for afterwards.

    `on_loop`: this thread works for `sync_to_async`, and coroutines go to the loop that waits for it.
    """
    _close(flight)
    afterwards.run(flight.afterwards, _to_loop if on_loop else caller.run)
    afterwards.close(flight.afterwards)


async def aend(flight: Flight) -> None:
    """The same in a task of a running loop."""
    _close(flight)
    await afterwards.arun(flight.afterwards)
    afterwards.close(flight.afterwards)


def close_later(chunks: Any) -> None:
    """Has an async iterator closed, by whoever ends its flight."""
    afterwards.add(afterwards.Task(chunks.aclose, name="Closing a stream"), refusable=False)


def _close(flight: Flight) -> None:
    with afterwards.collected(flight.afterwards):
        flight.close()


def _to_loop(awaitable: Awaitable[Any]) -> Any:
    async def wait() -> Any:
        return await awaitable

    return async_to_sync(wait)()
