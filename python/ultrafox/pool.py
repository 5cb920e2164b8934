"""The threads that run what may block."""

from __future__ import annotations

import threading

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


def own_signals_only() -> bool:
    """Whether nobody but Django's own connection care listens to the request signals."""
    known = {close_old_connections, reset_queries}
    receivers = [*signals.request_started.receivers, *signals.request_finished.receivers]
    return all(_function(receiver) in known for receiver in receivers)


def _function(receiver: tuple[object, ...]) -> object:
    target = receiver[1]
    return target() if callable(target) else target


def _mark_thread(**_: object) -> None:
    _core.mark_thread()
