"""Work on a thread that its task does not leave half-way.

A thread cannot be stopped. `sync_to_async` lets a cancelled task go on at once, which then would close what the thread
still works with: a session of a database under a handler, a generator in the middle of its step.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async

__all__: list[str] = []


class _Work:
    """A function between the task that waits for it and the thread that runs it."""

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        self._function = function
        self._arguments = arguments
        self._lock = threading.Lock()
        self._begun = False
        self._given_up = False
        self._loop = asyncio.get_running_loop()
        self._ended = self._loop.create_future()

    def run(self) -> Any:
        with self._lock:
            if self._given_up:
                return None
            self._begun = True
        try:
            return self._function(*self._arguments)
        finally:
            # A loop that is closed has nobody who waits.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._end)

    async def end(self) -> None:
        """Waits until the thread is through; what has not begun never begins."""
        with self._lock:
            self._given_up = not self._begun
        while self._begun and not self._ended.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.shield(self._ended)

    def _end(self) -> None:
        if not self._ended.done():
            self._ended.set_result(None)


async def run(function: Callable[..., Any], *arguments: Any, anywhere: bool = False) -> Any:
    """What the function returns, called on a thread that may block. A cancelled task waits until it has ended.

    `anywhere`: it uses neither database nor thread-locals, and any thread will do.
    """
    work = _Work(function, arguments)
    try:
        return await sync_to_async(work.run, thread_sensitive=not anywhere)()
    except asyncio.CancelledError:
        await work.end()
        raise
