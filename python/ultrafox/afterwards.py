"""What runs after the reply: `api.background`, and the second half of dependencies that yield."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import functools
import inspect
import logging
import threading
from collections.abc import Awaitable, Callable, Generator
from contextvars import ContextVar
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async

from ultrafox import _core, caller
from ultrafox.exceptions import ServiceUnavailable

__all__: list[str] = []

logger = logging.getLogger("ultrafox.background")

MOST = 1024
"""Functions that may wait for their turn in one process; a further one is refused with 503."""

Later = Callable[[], Any]

collector: ContextVar[list[Later] | None] = ContextVar("ultrafox_afterwards", default=None)
_here = threading.local()
_waiting = 0
_lock = threading.Lock()


class Task:
    """A function with its arguments, to be called later."""

    __slots__ = ("_arguments", "_keywords", "func", "name")

    def __init__(
        self, func: Callable[..., Any], arguments: tuple[Any, ...] = (), keywords: Any = None, name: str | None = None
    ) -> None:
        self.func = func
        self.name = name or getattr(func, "__qualname__", repr(func))
        self._arguments = arguments
        self._keywords: dict[str, Any] = keywords or {}

    def __call__(self) -> Any:
        return self.func(*self._arguments, **self._keywords)


def add(call: Later, *, refusable: bool = True) -> None:
    """Runs `call` once the reply of the request that is being answered is on its way.

    A coroutine function becomes a task of the event loop, any other runs on a thread that may block. From a thread that
    answers no request it is begun at once, on a thread of its own. Raises ServiceUnavailable when too many are waiting
    already, unless `call` is one that must not be refused.
    """
    _count(1, refusable)
    collected = collector.get()
    # What outlives its request, such as a task that it made, is told of by a door that has gone on.
    if collected is not None and _over not in collected:
        collected.append(call)
        return
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        _later_here(call)
        return
    context = contextvars.copy_context()
    # What `async_to_sync` around the request left to run thread-sensitive calls has ended by then.
    context.run(caller.adopt_executor, None)
    task = asyncio.current_task()
    if task is None:
        loop.call_soon(_begin, loop, call, context)
    else:
        # The callbacks of a task come before what they themselves put off, and one of them sends the reply.
        task.add_done_callback(lambda _: loop.call_soon(_begin, loop, call, context))


def later() -> Callable[[Later], None]:
    """`add` for the request that is being answered, to be called where its stream ends; it refuses nothing."""
    calls = collector.get()
    if calls is None or _over in calls:
        return functools.partial(add, refusable=False)

    def append(call: Later) -> None:
        if _over in calls:
            add(call, refusable=False)
            return
        _count(1, refusable=False)
        calls.append(call)

    return append


def _over() -> None:
    """Stands in a list that nobody will look at any more."""


def close(calls: list[Later]) -> None:
    """The request is over: what is added from here on is begun at once."""
    calls.append(_over)


@contextlib.contextmanager
def collected(calls: list[Later]) -> Generator[None]:
    """Puts what is added within into `calls`, for a door that knows when its reply has gone."""
    token = collector.set(calls)
    try:
        yield
    finally:
        collector.reset(token)


def run(calls: list[Later], await_: Callable[[Any], Any]) -> None:
    """Runs what was collected, in order; `await_` runs a coroutine to its end."""
    while calls and calls[0] is not _over:
        call = calls.pop(0)
        with _watched(call):
            result = call()
            if inspect.isawaitable(result):
                await_(result)


async def arun(calls: list[Later]) -> None:
    """Runs what was collected, in order, from an event loop."""
    while calls and calls[0] is not _over:
        await _run(calls.pop(0))


def run_here() -> None:
    """Runs what this thread's request has left. Called by Rust when its reply is on its way."""
    calls: list[Later] = getattr(_here, "calls", [])
    while calls:
        call = calls.pop(0)
        with _watched(call):
            result = call()
            if inspect.isawaitable(result):
                # On the loop that serves, which this thread knows (`pool.Threads`).
                async_to_sync(_result)(result)


async def _result(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


def serve_here() -> None:
    """Says that this thread answers requests, and calls `run_here` behind them."""
    _here.calls = []


def _later_here(call: Later) -> None:
    calls: list[Later] | None = getattr(_here, "calls", None)
    if calls is None:
        # `asyncio.to_thread` and the like: nobody would come back to this thread for it.
        threading.Thread(target=run, args=([call], caller.run), name="ultrafox-background", daemon=True).start()
        return
    calls.append(call)
    _core.mark_afterwards()


_tasks: set[asyncio.Task[None]] = set()


def _begin(loop: asyncio.AbstractEventLoop, call: Later, context: contextvars.Context) -> None:
    task = loop.create_task(_run(call), context=context)
    # The loop itself holds its tasks weakly.
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


async def _run(call: Later) -> None:
    with _watched(call):
        if inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(getattr(call, "func", None)):
            await call()
        else:
            result = await sync_to_async(call)()
            if inspect.isawaitable(result):
                await result


@contextlib.contextmanager
def _watched(call: Later) -> Generator[None]:
    try:
        yield
    except Exception:
        name = getattr(call, "name", None) or getattr(call, "__qualname__", repr(call))
        logger.exception("%s failed after the reply", name)
    finally:
        _count(-1)


def _count(change: int, refusable: bool = True) -> None:
    global _waiting
    with _lock:
        if change > 0 and refusable and _waiting >= MOST:
            raise ServiceUnavailable(
                f"{MOST} functions wait already to be run after their replies.", headers={"Retry-After": "1"}
            )
        _waiting += change
