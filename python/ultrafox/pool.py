"""The threads that run what may block."""

from __future__ import annotations

import threading
import weakref

from django.conf import settings
from django.core import signals
from django.db import close_old_connections, connections, reset_queries
from django.db.backends.signals import connection_created

from ultrafox import _core


def settle() -> None:
    """What Django does to its connections before and after a request. Called on threads that have some."""
    if settings.DEBUG:
        reset_queries()
    for connection in connections.all(initialized_only=True):
        connection.close_if_unusable_or_obsolete()


def started() -> None:
    """Tells the project's receivers that a request begins on this thread; Django's own do what `settle` does."""
    signals.request_started.send(sender=Threads)


def finished() -> None:
    """Tells them that it is over."""
    signals.request_finished.send(sender=Threads)


def new_pool(queue: int) -> _core.Pool:
    """A pool that sends the request signals around handlers where the project listens to them: they cost 9 µs."""
    if has_listeners():
        return _core.Pool(queue, settle, (started, finished))
    return _core.Pool(queue, settle, None)


class Threads:
    """A fixed number of threads that live as long as the worker."""

    def __init__(self, pool: _core.Pool, count: int) -> None:
        self._pool = pool
        self._threads = [
            # Daemons: a handler that never returns must not keep a stopped server alive.
            threading.Thread(target=self._run, name=f"ultrafox-pool-{number}", daemon=True)
            for number in range(1, count + 1)
        ]

    def start(self) -> None:
        connection_created.connect(_mark_thread, dispatch_uid="ultrafox.pool")
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float) -> None:
        """Ends the threads; waits at most `timeout` seconds for those that are busy."""
        for _ in self._threads:
            self._pool.stop()
        for thread in self._threads:
            thread.join(timeout)

    def _run(self) -> None:
        self._pool.run()
        connections.close_all()


def has_listeners() -> bool:
    """Whether anybody but Django's own care for connections listens to the request signals."""
    known = {close_old_connections, reset_queries}
    receivers = [*signals.request_started.receivers, *signals.request_finished.receivers]
    return any(_function(receiver[1]) not in known for receiver in receivers)


def _function(receiver: object) -> object:
    return receiver() if isinstance(receiver, weakref.ReferenceType) else receiver


def _mark_thread(**_: object) -> None:
    _core.mark_thread()
