"""One worker process: event loop, reactor, pool, and a clean stop."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import json
import logging
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from ultrafox import _core, dispatch, lease, watchdog
from ultrafox.conf import Settings
from ultrafox.fallback import Fallback
from ultrafox.plan import Compiled
from ultrafox.pool import Threads, new_pool

logger = logging.getLogger("ultrafox.server")

# How long the connections of a stopping server, all answered, get to close by themselves.
_FAREWELL = 0.5


@dataclass(frozen=True)
class Options:
    """What the command line says."""

    host: str
    port: int
    threads: int
    access_log: str
    drain: float


class Server:
    """Serves a compiled project until it is told to stop."""

    def __init__(self, compiled: Compiled, settings: Settings, options: Options) -> None:
        self._options = options
        self.loop = new_event_loop()
        self._pool = new_pool(settings.pool.queue)
        self._threads = Threads(self._pool, options.threads)
        self._worker = _core.Worker(
            plan=compiled.plan,
            calls=compiled.calls,
            fallback=Fallback(),
            encode=dispatch.encode,
            explain=dispatch.explain,
            explain_body=dispatch.explain_body,
            report=watchdog.report,
            server=_server_config(settings, options),
            event_loop=self.loop,
            pool=self._pool,
        )
        self._worker.attach()
        self._stopping_since: float | None = None
        self._answered_since: float | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port that are listened on."""
        return self._worker.address

    def run(self, ready: Callable[[], None]) -> None:
        """Serves until SIGINT or SIGTERM; `ready` is called when connections are taken."""
        contextvars.copy_context().run(self._watch)
        for number in (signal.SIGINT, signal.SIGTERM):
            self.loop.add_signal_handler(number, self._stop)
        self._threads.start()
        # What start-up made stays: no collection needs to look at it again.
        gc.freeze()
        self.loop.call_soon(ready)
        self._run_loop()
        self._close()

    def _watch(self) -> None:
        # The reader's callback runs in a copy of this context, and so does every task that it starts.
        self._everyone = lease.install(self._pool)
        self.loop.add_reader(self._worker.fileno(), self._worker)
        self.loop.call_soon(self._worker)
        self.loop.call_soon(self._tick)

    def _tick(self) -> None:
        self._worker.tick()
        if self._stopping_since is None:
            self.loop.call_later(_core.Worker.TICK, self._tick)

    def _run_loop(self) -> None:
        while True:
            try:
                self.loop.run_forever()
                return
            except (SystemExit, KeyboardInterrupt):
                # A handler raised it: asyncio passes it on to whoever runs the loop. Signals do not come this way.
                logger.exception("A handler tried to end the process; the server goes on.")

    def _stop(self) -> None:
        if self._stopping_since is not None:
            self._worker.abort()
            self.loop.stop()
            return
        self._stopping_since = time.monotonic()
        self._worker.drain()
        self._wait_for_requests()

    def _wait_for_requests(self) -> None:
        now = time.monotonic()
        self._worker.tick()
        if self._stopping_since is None or now - self._stopping_since > self._options.drain:
            self._worker.abort()
            self.loop.call_later(0.05, self.loop.stop)
            return
        if self._worker.in_flight == 0:
            self._answered_since = self._answered_since or now
            if self._worker.connections == 0 or now - self._answered_since > _FAREWELL:
                self.loop.stop()
                return
        self.loop.call_later(0.02, self._wait_for_requests)

    def _close(self) -> None:
        self._worker.abort()
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        if tasks:
            self.loop.run_until_complete(asyncio.wait(tasks, timeout=1))
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.remove_reader(self._worker.fileno())
        self._threads.stop(timeout=1)
        self._worker.close()
        self.loop.close()


def new_event_loop() -> asyncio.AbstractEventLoop:
    """uvloop's where it is installed, asyncio's otherwise; it becomes the thread's current loop."""
    try:
        import uvloop
    except ImportError:
        loop = asyncio.new_event_loop()
    else:
        loop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop


def _server_config(settings: Settings, options: Options) -> bytes:
    limits = settings.limits
    config = {
        "host": options.host,
        "port": options.port,
        "backlog": 2048,
        "connections": limits.connections,
        "access_log": options.access_log,
        "first_byte": limits.first_byte,
        "head": limits.head,
        "body_idle": limits.body_idle,
        "body_rate": 500,
        "write_stall": limits.write_stall,
        "keep_alive": limits.keep_alive,
        "keep_alive_requests": 1000,
        "drain": options.drain,
    }
    return json.dumps(config).encode()
