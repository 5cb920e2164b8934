"""Pool threads for the `sync_to_async` calls of async handlers.

asgiref runs the sync calls of all requests on one thread, and Django's ASGI handler makes a thread, and with it a
database connection, per request. Here a call takes any pool thread and gives it back afterwards, unless it left
something behind that belongs to the thread: an open transaction, or a cursor that is read chunk by chunk. Then later
calls of the same task come back to that thread, until it is clean or the task ends.
"""

from __future__ import annotations

import asyncio
import functools
import queue
import threading
import types
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextvars import ContextVar
from typing import Any, TypeVar

from asgiref.sync import SyncToAsync
from django.db import connections

from ultrafox._core import Pool

T = TypeVar("T")

_lease: ContextVar[Lease | None] = ContextVar("ultrafox_lease", default=None)


class Lease:
    """The pool thread that one task holds on to, while it does."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._held = False
        self._ended = False
        self._calls: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = queue.SimpleQueue()

    def submit(self, future: Future[T], call: Callable[[], T]) -> None:
        """Runs `call` on the held thread, or on any."""
        with self._lock:
            if self._held:
                self._calls.put((future, call))
                return
        if not self._pool.submit(lambda: self._work(future, call)):
            message = "every pool thread is busy and the queue before them is full; raise ULTRAFOX['POOL']"
            future.set_exception(RuntimeError(message))

    def end(self) -> None:
        """The task is over: the thread goes back, whatever is open on it."""
        with self._lock:
            self._ended = True
            if self._held:
                self._calls.put(None)

    def _work(self, future: Future[Any], call: Callable[[], Any]) -> None:
        while True:
            # Decided before the result is out, for the task's next call must find the thread held.
            with self._lock:
                self._held = not self._ended
            outcome = _outcome(call)
            with self._lock:
                self._held = _leaves_something(call) and not self._ended
            _settle_future(future, outcome)
            if not self._held:
                break
            following = self._calls.get()
            if following is None:
                break
            future, call = following
        self._drain()
        _close_open_transactions()

    def _drain(self) -> None:
        """Calls that came in while the thread was about to go back."""
        while not self._calls.empty():
            following = self._calls.get()
            if following is not None:
                future, call = following
                _settle_future(future, _outcome(call))


class LeaseExecutor(Executor):
    """What asgiref takes for its thread-sensitive executor."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        lease = _lease.get()
        if lease is None:
            lease = Lease(self._pool)
            _lease.set(lease)
            task = asyncio.current_task()
            if task is not None:
                task.add_done_callback(functools.partial(_end, lease))
        lease.submit(future, functools.partial(fn, *args, **kwargs))
        return future


class _Everyone:
    """The one thread-sensitive context of all requests; the executor behind it tells them apart."""

    # asgiref asks its contexts; this one never ends.
    _exited = False


def install(pool: Pool) -> object:
    """Makes `sync_to_async` use `pool` in the current context and in all contexts copied from it.

    Keep what is returned: asgiref holds it weakly.
    """
    everyone = _Everyone()
    SyncToAsync.context_to_thread_executor[everyone] = LeaseExecutor(pool)  # type: ignore[index]
    SyncToAsync.thread_sensitive_context.set(everyone)  # type: ignore[arg-type]
    return everyone


def _end(lease: Lease, _task: asyncio.Task[Any]) -> None:
    lease.end()


def _outcome(call: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    try:
        return call(), None
    except BaseException as error:
        return None, error


def _settle_future(future: Future[Any], outcome: tuple[Any, BaseException | None]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    value, error = outcome
    if error is None:
        future.set_result(value)
    else:
        future.set_exception(error)


def _leaves_something(call: object) -> bool:
    """Whether the thread has an open transaction, or `call` an argument that is a generator half-way."""
    if any(connection.in_atomic_block for connection in connections.all(initialized_only=True)):
        return True
    return _has_open_generator(call)


def _has_open_generator(value: object, depth: int = 4) -> bool:
    if isinstance(value, types.GeneratorType):
        return value.gi_frame is not None
    if isinstance(value, functools.partial) and depth:
        return any(_has_open_generator(part, depth - 1) for part in (value.func, *value.args))
    return False


def _close_open_transactions() -> None:
    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block:
            connection.close()
            connection.in_atomic_block = False
            connection.savepoint_ids.clear()
            connection.needs_rollback = False
