"""One worker process: event loop, reactor, pool, and a clean stop."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import json
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from types import FrameType
from typing import Any

from ultrafox import _core, lease, watchdog
from ultrafox.conf import Settings
from ultrafox.fallback import EXPLAINER, Fallback
from ultrafox.lifespan import Lifespan
from ultrafox.origin import with_places
from ultrafox.plan import Compiled
from ultrafox.pool import Threads, new_pool

logger = logging.getLogger("ultrafox.server")

# How long the connections of a stopping server, all answered, get to close by themselves.
_FAREWELL = 0.5

# How long cancelled tasks, and then busy pool threads, get to end.
_PATIENCE = 1.0

# How long a stop may take beyond its drain; it is more than all the parts of it together.
_GRACE = 5.0


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
        self._threads = Threads(self._pool, options.threads, self.loop)
        try:
            self._worker = _core.Worker(
                plan=compiled.plan,
                calls=compiled.calls,
                fallback=Fallback(),
                explain=EXPLAINER.explain,
                report=watchdog.report,
                server=_server_config(settings, options),
                event_loop=self.loop,
                pool=self._pool,
            )
        except ValueError as error:
            raise with_places(error, compiled.places) from None
        self._worker.attach()
        self._lifespan = Lifespan(compiled.apis)
        self._stopping_since: float | None = None
        self._answered_since: float | None = None
        self._deadline: threading.Timer | None = None
        self._closing = False
        self.left_behind = False
        """Whether tasks or threads went on when `run` returned. An interpreter does not end well beside them."""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port that are listened on."""
        return self._worker.address

    def run(self, ready: Callable[[], None]) -> None:
        """Serves until SIGINT or SIGTERM; `ready` is called when connections are taken."""
        self._threads.start()
        contextvars.copy_context().run(self._enter)
        for number in (signal.SIGINT, signal.SIGTERM):
            self.loop.add_signal_handler(number, self._stop)
            # The loop hears of signals by its wake-up descriptor, once it runs; this is called while it is blocked too.
            signal.signal(number, self._set_deadline)
        # What start-up made stays: no collection needs to look at it again.
        gc.freeze()
        self.loop.call_soon(ready)
        self._run_loop()
        self._close()

    def _enter(self) -> None:
        # The reader's callback runs in a copy of this context, and so does every task that it starts.
        self._everyone = lease.install(self._pool)
        if self._lifespan:
            self.loop.run_until_complete(self._lifespan.start())
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
            self._halt()
            return
        self._stopping_since = time.monotonic()
        self._worker.drain()
        self._wait_for_requests()

    def _set_deadline(self, _number: int, _frame: FrameType | None) -> None:
        # The second signal means at once.
        seconds = _GRACE if self._deadline else self._options.drain + _GRACE
        self._deadline = threading.Timer(seconds, self._give_up)
        self._deadline.daemon = True
        self._deadline.start()

    def _give_up(self) -> None:
        if self._stopping_since is None:
            what = "A handler blocks the event loop and keeps the server from stopping"
        else:
            what = "The server has not ended in time"
        logger.critical("%s; the process ends without it.", what)
        os._exit(1)

    def _wait_for_requests(self) -> None:
        now = time.monotonic()
        self._worker.tick()
        if self._stopping_since is None or now - self._stopping_since > self._options.drain:
            self._worker.abort()
            self.loop.call_later(0.05, self._halt)
            return
        if self._worker.in_flight == 0:
            self._answered_since = self._answered_since or now
            if self._worker.connections == 0 or now - self._answered_since > _FAREWELL:
                self._halt()
                return
        self.loop.call_later(0.02, self._wait_for_requests)

    def _halt(self) -> None:
        # Signals and timers of before may still call this while the tasks are being ended.
        if not self._closing:
            self.loop.stop()

    def _close(self) -> None:
        self._closing = True
        for number in (signal.SIGINT, signal.SIGTERM):
            # There is nothing more to ask for, and the rest of the logs is to be written.
            self.loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_IGN)
        try:
            self._worker.abort()
            self._leave()
            self._end_tasks()
            self.loop.remove_reader(self._worker.fileno())
        finally:
            if not self._threads.stop(timeout=_PATIENCE):
                self.left_behind = True
            # Also writes the rest of the access log.
            self._worker.close()
            self.loop.close()
            if self._deadline is not None and not _others():
                self._deadline.cancel()

    def _leave(self) -> None:
        """Leaves the lifespans, whatever they raise: the rest of the stop is to come."""
        try:
            self._run_until_complete(asyncio.wait_for(self._lifespan.stop(), self._options.drain + _PATIENCE))
        except Exception:
            logger.exception("A lifespan failed at its end.")

    def _end_tasks(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while (tasks := asyncio.all_tasks(self.loop)) and time.monotonic() < deadline:
            for task in tasks:
                task.cancel()
            self._run_until_complete(asyncio.wait(tasks, timeout=deadline - time.monotonic()))
        self._run_until_complete(asyncio.wait_for(self.loop.shutdown_asyncgens(), _PATIENCE / 2))
        for task in asyncio.all_tasks(self.loop):
            self.left_behind = True
            logger.warning("%s goes on although it is cancelled; the server ends without it.", _name(task))
            # It has been said.
            task._log_destroy_pending = False  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]

    def _run_until_complete(self, coroutine: Coroutine[Any, Any, object]) -> None:
        try:
            self.loop.run_until_complete(coroutine)
        except TimeoutError:
            pass
        except (SystemExit, KeyboardInterrupt):
            logger.exception("A handler tried to end the process, which is ending.")


def _others() -> bool:
    """Whether there are threads that the interpreter will wait for."""
    return any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread())


def _name(task: asyncio.Task[Any]) -> str:
    """The coroutine of a task and the line where it waits."""
    coroutine = task.get_coro()
    frame: FrameType | None = getattr(coroutine, "cr_frame", None)
    name = str(getattr(coroutine, "__qualname__", coroutine))
    return f"{name} ({frame.f_code.co_filename}:{frame.f_lineno})" if frame else name


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
    }
    return json.dumps(config).encode()
