"""An ASGI application below a prefix (ASGI 3.0, HTTP only)."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast
from urllib.parse import quote

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from ultrafox import set_cookie
from ultrafox.annotations import call_of
from ultrafox.answers import EMPTY
from ultrafox.exceptions import DeclarationError
from ultrafox.mounts.place import split

__all__ = ["mount_asgi"]

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]

logger = logging.getLogger("ultrafox.request")

_FAREWELL = 5.0
"""How long an application may go on after its client has left, before it is cancelled."""
_TURNS = 8
"""Rounds of the event loop in which an application that has its body ready, and middleware around it, sends it."""
# The server writes these itself.
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "proxy-authenticate", "te", "trailer", "transfer-encoding"})


def mount_asgi(path: str, app: Any) -> Callable[[Any], Awaitable[HttpResponseBase]]:
    """A handler that answers by an ASGI application.

    The application gets the body whole, `root_path` and the full `path`; no lifespan events. An error before its
    `http.response.start` is an error of the handler; one after it breaks the answer off. The head goes out with the
    first piece where that is there at once, else before it. Its `send` waits until the
    client has taken the piece before. Raises DeclarationError for what is no ASGI application.
    """
    if not callable(app) or not _takes_three(app):
        raise DeclarationError(
            f"mount_asgi({path!r}): expected an ASGI application (scope, receive, send), given {app!r}."
        )

    served: App = cast(App, app)

    async def run_asgi(request: Any) -> HttpResponseBase:
        return await Conversation(served, scope(request), bytes(request.body)).response()

    return run_asgi


def scope(request: Any) -> dict[str, Any]:
    """The connection scope of a request."""
    root, rest = split(request)
    meta = request.META
    client = (meta["REMOTE_ADDR"], int(meta.get("REMOTE_PORT") or 0)) if meta.get("REMOTE_ADDR") else None
    raw_path = getattr(request, "raw_path", None) or quote(root + rest)
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": str(meta.get("SERVER_PROTOCOL", "HTTP/1.1")).rpartition("/")[2],
        "method": request.method,
        "scheme": request.scheme,
        "path": root + rest,
        "raw_path": raw_path.encode("latin-1", "replace"),
        "query_string": str(meta.get("QUERY_STRING", "")).encode("latin-1", "replace"),
        "root_path": root,
        "headers": [
            (str(name).lower().encode("latin-1"), str(value).encode("utf-8")) for name, value in request.headers.items()
        ],
        "client": client,
        "server": (meta.get("SERVER_NAME", "localhost"), int(meta.get("SERVER_PORT") or 80)),
        "state": {},
        "extensions": {},
    }


class Conversation:
    """One request of an application, which runs as a task beside the answer."""

    def __init__(self, app: App, scope: dict[str, Any], body: bytes) -> None:
        self._app = app
        self._scope = scope
        self._body: bytes | None = body
        # One piece at a time: `send` waits until the one before is taken.
        self._pieces: asyncio.Queue[Message | None] = asyncio.Queue(1)
        self._gone = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def response(self) -> HttpResponseBase:
        """The answer, as soon as it has begun. Raises what the application raised before that."""
        self._task = asyncio.create_task(self._run())
        try:
            start = await self._next()
            _expect(start, "http.response.start")
            if int(start["status"]) not in EMPTY and not await self._goes_on():
                # Its first event may be minutes away, and the client is to know that it is connected.
                return _headed(StreamingHttpResponse(_Stream(self, b"")), start)
            first = await self.next_body()
        except BaseException:
            self.leave()
            raise
        content = bytes(first.get("body", b""))
        if first.get("more_body", False):
            return _headed(StreamingHttpResponse(_Stream(self, content)), start)
        # It may go on after its answer, as background tasks of Starlette do: nobody waits for it.
        self._gone.set()
        _keep(self._task)
        return _headed(HttpResponse(content), start)

    async def _goes_on(self) -> bool:
        """Whether the application's next message is there, or its end, without waiting for anything."""
        for _ in range(_TURNS):
            if not self._pieces.empty() or (self._task is not None and self._task.done()):
                return True
            await asyncio.sleep(0)
        return not self._pieces.empty()

    async def _run(self) -> None:
        try:
            await self._app(self._scope, self._receive, self._send)
        finally:
            # Wakes whoever waits for the next piece.
            with contextlib.suppress(asyncio.QueueFull):
                self._pieces.put_nowait(None)

    async def _receive(self) -> Message:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if self._gone.is_set():
            # ASGI 2.4: to send to a client that is gone is an OSError.
            raise OSError("The client is gone.")
        await self._pieces.put(message)

    async def next_body(self) -> Message:
        """The next piece of the body. Raises what the application raised, and RuntimeError where it just ended."""
        piece = await self._next()
        _expect(piece, "http.response.body")
        return piece

    async def _next(self) -> Message:
        """The next message of the application; raises what it raised."""
        piece = await self._taken()
        if piece is not None:
            return piece
        if self._task is not None:
            await self._task
        raise RuntimeError("The ASGI application ended before its answer was whole.")

    async def _taken(self) -> Message | None:
        task = self._task
        if task is None or (task.done() and self._pieces.empty()):
            return None
        return await self._pieces.get()

    def leave(self) -> None:
        """Tells the application that the client is gone, and cancels it where that does not end it."""
        self._gone.set()
        task = self._task
        if task is None or task.done():
            return
        # One that waits in `send` is let go.
        with contextlib.suppress(asyncio.QueueEmpty):
            self._pieces.get_nowait()
        _keep(task)
        asyncio.get_running_loop().call_later(_FAREWELL, task.cancel)


class _Stream:
    """The pieces of a body. Django calls `close` at every end of the answer, on whichever thread."""

    def __init__(self, conversation: Conversation, first: bytes) -> None:
        self._conversation = conversation
        self._loop = asyncio.get_running_loop()
        self._first = first
        self._ended = False

    def __aiter__(self) -> _Stream:
        return self

    async def __anext__(self) -> bytes:
        first, self._first = self._first, b""
        if first:
            return first
        while not self._ended:
            piece = await self._conversation.next_body()
            self._ended = not piece.get("more_body", False)
            if body := bytes(piece.get("body", b"")):
                return body
        self._conversation.leave()
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Ends it before its time."""
        self._ended = True
        self._conversation.leave()

    def close(self) -> None:
        """Ends it before its time, from any thread."""
        self._ended = True
        with contextlib.suppress(RuntimeError):
            # The loop may be closed by then.
            self._loop.call_soon_threadsafe(self._conversation.leave)


_KEPT: set[asyncio.Task[None]] = set()


def _keep(task: asyncio.Task[None]) -> None:
    """Keeps a task alive until its end; the loop alone would forget it."""
    _KEPT.add(task)
    task.add_done_callback(_ended)


def _ended(task: asyncio.Task[None]) -> None:
    _KEPT.discard(task)
    error = None if task.cancelled() else task.exception()
    # OSError is how it hears that its client is gone.
    if error is not None and not isinstance(error, OSError):
        logger.error("A mounted ASGI application failed after its answer", exc_info=error)


def _headed(response: HttpResponse | StreamingHttpResponse, start: Message) -> HttpResponseBase:
    """The answer with status and fields of `http.response.start`; a field may stand there several times."""
    response.status_code = int(start["status"])
    del response["Content-Type"]
    found: dict[str, list[str]] = {}
    for name, value in start.get("headers", ()):
        found.setdefault(bytes(name).decode("latin-1"), []).append(bytes(value).decode("latin-1"))
    for name, values in found.items():
        if name.lower() == "set-cookie":
            for value in values:
                set_cookie.keep(response.cookies, value)
        elif name.lower() not in _HOP_BY_HOP:
            response[name] = ", ".join(values)
    return response


def _expect(message: Message, kind: str) -> None:
    if message.get("type") != kind:
        raise RuntimeError(f"Expected {kind} from the ASGI application, given {message.get('type')!r}.")


def _takes_three(app: Any) -> bool:
    if isinstance(app, type):
        return False
    try:
        inspect.signature(app).bind(None, None, None)
    except TypeError:
        return False
    except ValueError:
        return call_of(app) is not None
    return True
