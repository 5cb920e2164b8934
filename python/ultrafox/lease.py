"""Pool threads for the `sync_to_async` calls of async handlers.

asgiref runs the sync calls of all requests on one thread, and Django's ASGI handler makes a thread, and with it a
database connection, per request. Here a call takes any pool thread and gives it back afterwards, unless it left
something behind that belongs to the thread: an open transaction, or a cursor that is read chunk by chunk. Then later
calls of the same task come back to that thread, until it is clean or the task ends; so do those of the tasks that it
made, which otherwise have threads of their own.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import threading
import types
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextvars import ContextVar
from typing import Any, TypeAlias, TypeVar

from asgiref.sync import SyncToAsync
from django.db import connections

from ultrafox._core import Pool
from ultrafox.exceptions import ServiceUnavailable
from ultrafox.pool import undo_open_transactions

logger = logging.getLogger("ultrafox.server")

T = TypeVar("T")
# A generator object; its class takes no parameters before Python 3.13.
Generator: TypeAlias = "types.GeneratorType[Any, Any, Any]"
Job = tuple["Future[Any]", Callable[[], Any]]

_lease: ContextVar[Lease | None] = ContextVar("ultrafox_lease", default=None)


class Lease:
    """The pool thread that one task has, while it has one: never two at a time."""

    def __init__(self, pool: Pool, parent: Lease | None, *, over: bool = False) -> None:
        self._pool = pool
        # One lock for a whole tree of tasks: a held thread also runs what waits for a thread below it.
        self._changed: threading.Condition = parent._changed if parent else threading.Condition()
        self._jobs: deque[Job] = deque()
        self._asked = False
        self._came = False
        self._held = False
        self._over = over
        # Weakly: one that its handler drops is closed there and then, and only what is left is closed at the end.
        self._generators: list[weakref.ref[Generator]] = []
        self._children: set[Lease] = set()
        with self._changed:
            while parent is not None and parent._over:
                parent = parent._parent
            self._parent: Lease | None = parent
            if parent is not None:
                parent._children.add(self)

    def nearest(self) -> Lease:
        """This lease, or the one above that holds a thread: what is open there is open for the tasks below too."""
        lease: Lease | None = self
        while lease is not None:
            if lease._held:
                return lease
            lease = lease._parent
        return self

    def submit(self, future: Future[Any], call: Callable[[], Any]) -> None:
        """Runs `call` on the thread that the task has, or on any."""
        with self._changed:
            self._jobs.append((future, call))
            self._changed.notify_all()
            if self._asked:
                return
            self._asked = True
        if not self._pool.submit(self._work):
            self._refuse()

    def end(self) -> None:
        """The task is over: the thread goes back, whatever is open on it."""
        with self._changed:
            self._over = True
            for child in self._children:
                child._parent = self._parent
            if self._parent is not None:
                self._parent._children.discard(self)
                self._parent._children.update(self._children)
            self._children.clear()
            self._changed.notify_all()

    def _refuse(self) -> None:
        with self._changed:
            self._asked = False
            jobs = list(self._jobs)
            self._jobs.clear()
        for future, _ in jobs:
            if future.set_running_or_notify_cancel():
                detail = "Every pool thread is busy and the queue before them is full."
                future.set_exception(ServiceUnavailable(detail, headers={"Retry-After": "1"}))

    def _work(self) -> None:
        """What the thread does from its coming to its going."""
        with self._changed:
            self._came = True
        while job := self._next():
            self._run(*job)
            # Else the job would stay in memory while the next one is waited for.
            del job

    def _run(self, future: Future[Any], call: Callable[[], Any]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        value, error = _outcome(call)
        self._note(call)
        # Only now: the task's next call must find the thread held.
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)

    def _note(self, call: Callable[[], Any]) -> None:
        """Remembers what `call` left open on the thread."""
        known = dict.fromkeys([*self._generators, *map(weakref.ref, _generators(call))])
        self._generators = [reference for reference in known if _is_open(reference())]
        self._held = bool(self._generators) or _in_transaction()

    def _next(self) -> Job | None:
        """Waits for work as long as something is open; None when the thread may go."""
        while True:
            with self._changed:
                while not (self._held and self._over):
                    job = self._take()
                    if job is not None:
                        return job
                    if not self._held:
                        self._asked = self._came = False
                        return None
                    self._changed.wait()
            # Not under the lock, which the event loop takes too: a rollback may go over the network.
            self._clean()

    def _take(self) -> Job | None:
        if self._jobs:
            return self._jobs.popleft()
        # The tasks below may wait for a thread, this task for them, and all threads be held like this one.
        waiting = (child._take_unmet() for child in self._children) if self._held else ()
        return next((job for job in waiting if job is not None), None)

    def _take_unmet(self) -> Job | None:
        """A job for which no thread has come yet, of this lease or one below."""
        if self._jobs and not self._came:
            return self._jobs.popleft()
        return next((job for child in self._children if (job := child._take_unmet()) is not None), None)

    def _clean(self) -> None:
        for reference in self._generators:
            generator = reference()
            try:
                if generator is not None:
                    generator.close()
            except Exception:
                logger.exception("A cursor that was left open could not be closed.")
        self._generators = []
        undo_open_transactions()
        self._held = False


class LeaseExecutor(Executor):
    """What asgiref takes for its thread-sensitive executor."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        # By task, not by context: asgiref copies context variables back from where it called.
        self._leases: weakref.WeakKeyDictionary[asyncio.Task[Any], Lease] = weakref.WeakKeyDictionary()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        self._lease().nearest().submit(future, functools.partial(fn, *args, **kwargs))
        return future

    def _lease(self) -> Lease:
        task = asyncio.current_task()
        if task is None:
            # Nobody would tell its end, so it holds nothing.
            return Lease(self._pool, _lease.get(), over=True)
        lease = self._leases.get(task)
        if lease is None:
            lease = self._leases[task] = Lease(self._pool, _lease.get())
            _lease.set(lease)
            task.add_done_callback(functools.partial(_end, lease))
        return lease


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


def _in_transaction() -> bool:
    return any(connection.in_atomic_block for connection in connections.all(initialized_only=True))


def _is_open(generator: Generator | None) -> bool:
    return generator is not None and generator.gi_frame is not None


def _generators(value: object, depth: int = 4) -> Iterator[Generator]:
    """The generators among the arguments of a call: a cursor that is read chunk by chunk is one."""
    if isinstance(value, types.GeneratorType):
        yield value
    elif isinstance(value, functools.partial) and depth:
        for part in (value.func, *value.args):
            yield from _generators(part, depth - 1)
