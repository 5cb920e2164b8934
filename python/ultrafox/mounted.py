"""The view of a mounted API: a Django request goes through its door, and comes back as a Django response."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, cast

from asgiref.sync import markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.http.request import RawPostDataException
from django.http.response import HttpResponseBase

from ultrafox import set_cookie, target
from ultrafox.flights import APieces, Fields, Flight, Pieces, aend, afly, end, fly

if TYPE_CHECKING:
    from ultrafox.urls import Mount

__all__ = ["View"]

logger = logging.getLogger("ultrafox.server")

# What says how the request came over its connection, which the server has dealt with.
_CONNECTION = frozenset(
    {"HTTP_CONNECTION", "HTTP_KEEP_ALIVE", "HTTP_TE", "HTTP_TRAILER", "HTTP_TRANSFER_ENCODING", "HTTP_UPGRADE"}
)
_BODILESS = ("GET", "HEAD")
# Bytes that are read from memory or a file and taken apart in less time than a change of threads takes to matter.
_SHORT = 128 * 1024
# The statuses whose answers have neither body nor Content-Length.
_EMPTY = frozenset({204, 304})


class _Every:
    """Holds every alias of a database."""

    def __contains__(self, _: object) -> bool:
        return True


class View:
    """One view for Django's WSGI and ASGI handlers, without a change of threads in either.

    The ASGI handler calls views on its event loop, and there this one is async; on any other thread it is not.
    """

    csrf_exempt = True
    """What a browser sends by itself is the API's own matter."""

    # A refusal is a response here, not an exception: ATOMIC_REQUESTS would commit it.
    _non_atomic_requests = _Every()

    __slots__ = ("_mount", "_rest")

    def __init__(self, mount: Mount, rest: int) -> None:
        self._mount = mount
        # How many characters of the path are the API's.
        self._rest = rest

    def __call__(self, request: HttpRequest, *_: Any, **__: Any) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        return self._aserve(request) if _on_loop() else self._serve(request)

    def _serve(self, request: HttpRequest) -> HttpResponseBase:
        flight = self._open(request)
        if flight is None:
            return HttpResponseBadRequest()
        try:
            fly(flight)
        except BaseException:
            end(flight)
            raise
        return _response(flight, request, on_loop=False)

    async def _aserve(self, request: HttpRequest) -> HttpResponseBase:
        flight = self._open(request)
        if flight is None:
            return HttpResponseBadRequest()
        try:
            await afly(flight, long=_is_long(request))
        except BaseException:
            # The client has gone, and Django cancels the task.
            await aend(flight)
            raise
        return _response(flight, request, on_loop=True)

    def _open(self, request: HttpRequest) -> Flight | None:
        door = self._mount.door()
        raw, base = target.of(request, self._rest)
        meta: dict[str, Any] = request.META
        try:
            return door.open(
                method=request.method or "GET",
                target=raw,
                headers=_fields(request, meta),
                body=_body(request),
                peer=meta.get("REMOTE_ADDR") or None,
                secure=request.is_secure(),
                base=base,
                inherit=request.__dict__,
            )
        except ValueError as error:
            # A method or a field that HTTP does not have, and that the server let through.
            logger.warning("Bad request: %s", error)
            return None


def _on_loop() -> bool:
    return asyncio._get_running_loop() is not None  # pyright: ignore[reportPrivateUsage]


def _marked(mark: object) -> property:
    return property(lambda _: mark if _on_loop() else None)


def _probe() -> None: ...


# The attribute by which `iscoroutinefunction` knows a callable that is marked as async; its name is Python's own.
for _name, _mark in vars(markcoroutinefunction(_probe)).items():
    setattr(View, _name, _marked(_mark))


def _fields(request: HttpRequest, meta: dict[str, Any]) -> Fields:
    fields = [(name, str(value)) for key, value in meta.items() if (name := _field(key)) and _is_sent(key, value)]
    if "HTTP_HOST" not in meta:
        # Clients of HTTP/1.0 and Django's own test client name none, and Django takes the server's name then.
        fields.append(("host", str(cast("Any", request)._get_raw_host())))
    if settings.USE_X_FORWARDED_HOST and "HTTP_X_FORWARDED_HOST" in meta:
        host = str(meta["HTTP_X_FORWARDED_HOST"])
        return [*(field for field in fields if field[0] != "host"), ("host", host)]
    return fields


def _is_sent(key: str, value: object) -> bool:
    """Servers give these two empty where a client sends none."""
    return value is not None and (value != "" or key not in ("CONTENT_TYPE", "CONTENT_LENGTH"))


@functools.lru_cache(maxsize=1024)
def _field(key: str) -> str | None:
    """The header field behind an entry of META."""
    if key.startswith("HTTP_"):
        return None if key in _CONNECTION else key[5:].replace("_", "-").lower()
    return key.replace("_", "-").lower() if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else None


def _body(request: HttpRequest) -> bytes | Callable[[int], bytes] | None:
    """The body as it comes: `request.body` would hold it to Django's limit, here the operation's counts."""
    if hasattr(request, "_body"):
        # A middleware has read it.
        return request.body
    if getattr(request, "_read_started", False):
        return _was_read
    length = request.META.get("CONTENT_LENGTH")
    if length:
        return None if length == "0" else request.read
    environ: dict[str, Any] | None = getattr(request, "environ", None)
    if environ is not None:
        # Django reads nothing of a chunked body; a server that says so ends the stream by itself.
        chunked = "HTTP_TRANSFER_ENCODING" in environ and environ.get("wsgi.input_terminated")
        return environ["wsgi.input"].read if chunked else None
    return None if request.method in _BODILESS else _if_any(request.read)


def _if_any(read: Callable[[int], bytes]) -> Callable[[int], bytes] | None:
    """The body of a request that does not say how long it is; Django's ASGI handler has all of it by now."""
    first = read(1)

    def go_on(size: int) -> bytes:
        nonlocal first
        begun, first = first, b""
        return begun + read(size - len(begun))

    return go_on if first else None


def _is_long(request: HttpRequest) -> bool:
    """Whether reading the body may take long: what was chunked does not say."""
    length = str(request.META.get("CONTENT_LENGTH") or "")
    return int(length) > _SHORT if length.isdecimal() else request.method not in _BODILESS


def _was_read(_: int) -> bytes:
    cure = "Take such middleware off the API's paths, or read request.body there: it is kept."
    logger.error("A middleware read the request's body, by request.POST or request.read(), before the API. %s", cure)
    raise RawPostDataException(f"Expected a body that nobody has read, given one that is gone. {cure}")


def _response(flight: Flight, request: HttpRequest, *, on_loop: bool) -> HttpResponseBase:
    body = flight.body
    head = request.method == "HEAD"
    response: HttpResponse | StreamingHttpResponse
    if body is not None or head:
        response = Whole(b"" if head else body or b"", status=flight.status)
        response.counts = not head
    else:
        response = StreamingHttpResponse(APieces(flight) if on_loop else Pieces(flight), status=flight.status)
    _set_fields(response, flight.headers)
    if head and body is not None and flight.status not in _EMPTY:
        response["Content-Length"] = str(len(body))
    if flight.status >= 500:
        # The error has been logged, with the handler's name.
        cast("Any", response)._has_been_logged = True
    # A stream that HEAD leaves unread has its ends as well.
    if flight.afterwards or body is None:
        closers: list[Callable[[], object]] = cast("Any", response)._resource_closers
        closers.append(functools.partial(end, flight, on_loop=on_loop))
    else:
        flight.close()
    return response


class Whole(HttpResponse):
    """An answer that is all there. Its length is said when it is sent: a middleware may change it before."""

    counts = True

    def items(self) -> Iterable[tuple[str, str]]:
        fields = [*super().items()]
        if self.counts and self.status_code not in _EMPTY and not self.has_header("Content-Length"):
            fields.append(("Content-Length", str(len(self.content))))
        return fields


def _set_fields(response: HttpResponse | StreamingHttpResponse, fields: Fields) -> None:
    # What Django would look at in each field, Rust has: all are names and values that can be sent.
    headers: dict[str, tuple[str, str]] = cast("Any", response.headers)._store
    headers.clear()
    for name, value in fields:
        if name == "set-cookie":
            set_cookie.keep(response.cookies, value)
        elif name in headers:
            headers[name] = name, f"{headers[name][1]}, {value}"
        else:
            headers[name] = name, value
