"""The threads that run what may block."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
import weakref

from asgiref.sync import SyncToAsync
from django.conf import settings
from django.core import signals
from django.db import connections, reset_queries
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from ultrafox import _core, afterwards

logger = logging.getLogger("ultrafox.server")


def settle() -> None:
    """What Django does to its connections before and after a request. Called on threads that have some."""
    if settings.DEBUG:
        reset_queries()
    undo_open_transactions()
    for connection in connections.all(initialized_only=True):
        connection.close_if_unusable_or_obsolete()


def started() -> None:
    """Tells the project's receivers that a request begins on this thread; Django's own do what `settle` does."""
    signals.request_started.send(sender=Threads, environ={})


def finished() -> None:
    """Tells them that it is over."""
    undo_open_transactions()
    signals.request_finished.send(sender=Threads)


def undo_open_transactions() -> None:
    """Ends the transactions that were left open on this thread; the next request must not be part of them."""
    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block:
            _undo(connection)


def _undo(connection: BaseDatabaseWrapper) -> None:
    # While the flag stands Django neither rolls back nor lets go of the connection.
    connection.in_atomic_block = False
    connection.savepoint_ids.clear()
    connection.atomic_blocks.clear()
    try:
        connection.rollback()
        connection.set_autocommit(True)
    except Exception:
        logger.warning("A transaction that was left open could not be rolled back; its connection is closed.")
    try:
        connection.close()
    except Exception:
        logger.exception("The connection of a transaction that was left open could not be closed.")


def new_pool(queue: int) -> _core.Pool:
    """A pool that sends the request signals around handlers where the project listens to them: they cost 9 µs."""
    if has_listeners():
        return _core.Pool(queue, settle, (started, finished))
    return _core.Pool(queue, settle, None)


SPARE = 256
"""Threads that slow clients of streams may hold beside those of the pool."""


class Threads:
    """A fixed number of threads that live as long as the worker."""

    def __init__(self, pool: _core.Pool, count: int, loop: asyncio.AbstractEventLoop) -> None:
        self._pool = pool
        self._loop = loop
        self._count = count
        self._lock = threading.Lock()
        self._stopping = False
        pool.spare_by(self._spare)
        self._threads = [
            # Daemons: a handler that never returns must not keep a stopped server alive.
            threading.Thread(target=self._run, name=f"ultrafox-pool-{number}", daemon=True)
            for number in range(1, count + 1)
        ]

    def _spare(self) -> bool:
        """Starts a thread in the place of one that a slow client holds, which ends with its job."""
        with self._lock:
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            if self._stopping or len(self._threads) >= self._count + SPARE:
                return False
            spare = threading.Thread(target=self._run, name="ultrafox-pool-spare", daemon=True)
            self._threads.append(spare)
        spare.start()
        return True

    def start(self) -> None:
        connection_created.connect(_mark_thread, dispatch_uid="ultrafox.pool")
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float) -> bool:
        """Ends the threads; waits at most `timeout` seconds for all that are busy. Whether all have ended."""
        deadline = time.monotonic() + timeout
        with self._lock:
            self._stopping = True
        for _ in self._threads:
            self._pool.stop()
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        # So that `async_to_sync`, with which Django runs async views and middleware, finds the loop that serves.
        SyncToAsync.threadlocal.main_event_loop = self._loop
        SyncToAsync.threadlocal.main_event_loop_pid = os.getpid()
        afterwards.serve_here()
        self._pool.run()
        connections.close_all()


def has_listeners() -> bool:
    """Whether anybody but Django itself listens to the request signals."""
    receivers = [*signals.request_started.receivers, *signals.request_finished.receivers]
    modules = [str(getattr(_function(receiver[1]), "__module__", "")) for receiver in receivers]
    return any(module.partition(".")[0] != "django" for module in modules)


def _function(receiver: object) -> object:
    return receiver() if isinstance(receiver, weakref.ReferenceType) else receiver


def _mark_thread(**_: object) -> None:
    _core.mark_thread()
