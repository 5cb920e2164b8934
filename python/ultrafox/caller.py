"""Runs coroutines for code that is not async: a WSGI thread, a test.

All of a process's coroutines run on one event loop, on a thread of its own, so what is bound to a loop (a client's
connections, a lock) outlives the request that made it. The calling thread waits, and meanwhile runs what its coroutine
asks of `sync_to_async(thread_sensitive=True)`: its transaction and its thread-locals are seen there.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import os
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from typing import Any, TypeVar

from asgiref.sync import (
    AsyncToSync,
    SyncToAsync,
    _restore_context,  # pyright: ignore[reportPrivateUsage]
)

__all__ = ["outcome", "run"]

T = TypeVar("T")
Job = tuple["Future[Any]", Callable[[], Any]]

_EAGER: dict[str, Any] = {"eager_start": True} if sys.version_info >= (3, 12) else {}
# How long a cancelled coroutine gets to clean up before its interrupted caller goes on without it.
_FAREWELL = 1.0


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """What the coroutine returns; what it raises, also SystemExit and the like, is raised here.

    It sees the caller's context variables, in a copy. Raises RuntimeError on a thread that runs an event loop.
    """
    value, error = outcome(coroutine)
    if error is not None:
        try:
            raise error
        finally:
            # Else the traceback's frame and the error would keep each other alive.
            del error
    return value  # type: ignore[return-value]


def outcome(coroutine: Coroutine[Any, Any, T]) -> tuple[T | None, BaseException | None]:
    """The coroutine's value, or what it raised. Only what happens to the calling thread itself is raised here."""
    if asyncio._get_running_loop() is not None:  # pyright: ignore[reportPrivateUsage]
        name = getattr(coroutine, "__qualname__", "a coroutine")
        coroutine.close()
        raise RuntimeError(
            f"Expected a thread without an event loop to wait for {name}, given one that runs a loop, which would"
            " stand still. Await it there instead; in tests, use AsyncTestClient."
        )
    return _Wait(coroutine).result()


class _Wait:
    """One thread that waits for one coroutine."""

    __slots__ = ("_coroutine", "_ended", "_error", "_jobs", "_over", "_task", "_value")

    def __init__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._coroutine = coroutine
        # What the thread has to do; None when the coroutine has ended.
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._task: asyncio.Task[None] | None = None
        self._value: Any = None
        self._error: BaseException | None = None
        self._ended = False
        self._over = threading.Lock()

    def result(self) -> tuple[Any, BaseException | None]:
        loop = _loop()
        loop.call_soon_threadsafe(self._start, loop, contextvars.copy_context())
        try:
            self._serve()
        except BaseException:
            self._cancel(loop)
            raise
        return self._value, self._error

    def submit(self, job: Job) -> None:
        """Runs a job on the waiting thread; on asgiref's own where it waits no longer."""
        with self._over:
            if not self._ended:
                self._jobs.put(job)
                return
        # A task that the coroutine left behind.
        SyncToAsync.single_thread_executor.submit(_work, job)

    def _start(self, loop: asyncio.AbstractEventLoop, context: contextvars.Context) -> None:
        run = self._run(context)
        if _EAGER:
            # An eager task's first step runs in the given context too.
            self._task = asyncio.Task(run, loop=loop, context=context.copy(), **_EAGER)
        else:
            self._task = loop.create_task(run, context=context.copy())

    async def _run(self, context: contextvars.Context) -> None:
        # The caller's language and the like are asgiref's, which keeps them by thread; this brings them over.
        _restore_context(context)
        # asgiref looks here first, so an executor of a frame further out, whose thread waits for us, is not taken.
        adopt_executor(CallerExecutor(self))
        # Everything is kept: a SystemExit that leaves a task ends the loop.
        try:
            self._value = await self._coroutine
        except BaseException as error:
            self._error = error
        finally:
            self._jobs.put(None)

    def _serve(self) -> None:
        """Works off the jobs until the coroutine has ended."""
        try:
            while (job := self._jobs.get()) is not None:
                _work(job)
        finally:
            self._end()

    def _end(self) -> None:
        with self._over:
            self._ended = True
            left: list[Job] = []
            while not self._jobs.empty():
                job = self._jobs.get()
                if job is not None:
                    left.append(job)
                else:
                    self._jobs.put(None)
                    break
        for job in left:
            SyncToAsync.single_thread_executor.submit(_work, job)

    def _cancel(self, loop: asyncio.AbstractEventLoop) -> None:
        """The calling thread was interrupted: so is the coroutine."""
        loop.call_soon_threadsafe(lambda: self._task.cancel() if self._task is not None else None)
        try:
            self._jobs.get(timeout=_FAREWELL)
        except Exception:
            # It goes on by itself, and nobody waits for it.
            return


class CallerExecutor(Executor):
    """What asgiref takes for the executor of thread-sensitive calls: the thread that waits."""

    # asgiref's own executors, of an `async_to_sync` on that thread, look at these when their frame has ended.
    _work_ready = threading.Condition()
    _old_executor = None
    _broken = False

    def __init__(self, wait: _Wait) -> None:
        self._wait = wait
        self._work_items = self

    def append(self, item: Any) -> None:
        """A job as asgiref writes it down."""
        self._wait.submit((Future(), item.run))

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        self._wait.submit((future, functools.partial(fn, *args, **kwargs)))
        return future


def current_executor() -> Executor | None:
    """The executor of the thread-sensitive calls of this context, where it has one."""
    executor: Executor | None = getattr(AsyncToSync.executors, "current", None)
    return executor


def adopt_executor(executor: Executor | None) -> None:
    """Lets the running task, and those that it makes, run their thread-sensitive calls there."""
    AsyncToSync.executors.current = executor


def _work(job: Job) -> None:
    future, call = job
    if not future.set_running_or_notify_cancel():
        return
    try:
        value = call()
    except BaseException as error:
        future.set_exception(error)
        if isinstance(error, KeyboardInterrupt):
            raise
    else:
        future.set_result(value)


_starting = threading.Lock()
_running: tuple[int, asyncio.AbstractEventLoop] | None = None


def _loop() -> asyncio.AbstractEventLoop:
    """The process's loop. A forked child has none of its parent's threads, and makes its own."""
    global _running
    running = _running
    if running is not None and running[0] == os.getpid():
        return running[1]
    with _starting:
        if _running is None or _running[0] != os.getpid():
            loop = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, name="ultrafox-caller", daemon=True).start()
            _running = os.getpid(), loop
        return _running[1]


def _forked() -> None:
    global _starting, _running
    # The lock may have been held by a thread that the child does not have.
    _starting = threading.Lock()
    _running = None


os.register_at_fork(after_in_child=_forked)
