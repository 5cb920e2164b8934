"""What a handler returns to say more than a value: status, header fields, cookies, content type.

They are Django's responses, so `response["X-A"] = "b"`, `set_cookie` and `delete_cookie` work, and Django's middleware
takes them. They go out as they are: no response schema changes them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeAlias
from urllib.parse import urlsplit

from django.core.exceptions import DisallowedRedirect
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.encoding import iri_to_uri

from ultrafox.encoding import encode
from ultrafox.sse import event_bytes
from ultrafox.streaming import AsyncChunks, Chunks, Content, chunks_of

__all__ = [
    "HTML",
    "JSON",
    "EventSourceResponse",
    "JSONResponse",
    "PlainText",
    "Redirect",
    "Response",
    "StreamingResponse",
    "content_type_for",
    "pairs",
]

Headers: TypeAlias = "Mapping[str, str] | Iterable[tuple[str, str]] | None"

OCTETS = "application/octet-stream"
EVENTS = "text/event-stream"


class Response(HttpResponse):
    """A whole body: bytes and text as they are, None for none, anything else as JSON.

        return Response(pdf, media_type="application/pdf")
        return Response(status_code=202)

    Without `media_type` (or `content_type`, which is the same) bytes are application/octet-stream, text is text/plain,
    the rest application/json, and an empty response has no content type. Raises ValueError for a status outside 200 to
    599, TypeError for content that JSON cannot hold.
    """

    media_type: ClassVar[str | None] = None

    def __init__(
        self,
        content: Any = None,
        status_code: int = 200,
        headers: Headers = None,
        media_type: str | None = None,
        *,
        content_type: str | None = None,
    ) -> None:
        given, fields = content_type or media_type, pairs(headers)
        body, kind = _rendered(content)
        super().__init__(body, content_type=_kind(fields, given, self.media_type or kind), headers=fields)
        if not given and not self.headers.get("Content-Type"):
            del self["Content-Type"]
        if status_code != 200:
            # Left to the class where it is the usual one, so that a status that somebody sets can be told from it.
            self.status_code = _status(status_code)


class JSON(Response):
    """Any value that JSON can hold, also text and None."""

    media_type = "application/json"

    def __init__(
        self,
        data: Any = None,
        status_code: int = 200,
        headers: Headers = None,
        media_type: str | None = None,
        *,
        content_type: str | None = None,
    ) -> None:
        super().__init__(encode(data), status_code, headers, media_type, content_type=content_type)


JSONResponse = JSON


class PlainText(Response):
    """Text as text/plain, in UTF-8."""

    media_type = "text/plain"


class HTML(Response):
    """Text as text/html, in UTF-8. Nothing is escaped: that is the template's business."""

    media_type = "text/html"


class Redirect(Response):
    """Sends the client to another URL, relative or absolute: 307 by default, or 301, 302, 303, 308.

    Raises DisallowedRedirect, which is answered with 400, for control characters and for schemes outside
    `allowed_schemes`: such URLs come from clients.
    """

    statuses: ClassVar[tuple[int, ...]] = (301, 302, 303, 307, 308)
    allowed_schemes: ClassVar[tuple[str, ...]] = ("http", "https", "ftp")

    def __init__(self, url: Any, status_code: int = 307, headers: Headers = None) -> None:
        if status_code not in self.statuses:
            known = ", ".join(map(str, self.statuses))
            raise ValueError(f"Expected a redirect's status out of {known}, given {status_code!r}.")
        super().__init__(None, status_code, headers)
        self["Location"] = self._location(str(url))

    def _location(self, url: str) -> str:
        if any(unicodedata.category(character) == "Cc" for character in url):
            raise DisallowedRedirect("Expected a URL without control characters to redirect to.")
        try:
            scheme = urlsplit(url).scheme
        except ValueError as error:
            raise DisallowedRedirect(f"Expected a URL to redirect to: {error}.") from error
        if scheme and scheme not in self.allowed_schemes:
            raise DisallowedRedirect(f"Expected a URL of {', '.join(self.allowed_schemes)}, given one of {scheme}.")
        return iri_to_uri(url)

    @property
    def url(self) -> str:
        """Where it leads."""
        return self["Location"]


class StreamingResponse(StreamingHttpResponse):
    """A body that is made while it is sent, as fast as the client takes it.

        async def rows():
            async for order in Order.objects.all():
                yield f"{order.pk}\\n"

        return StreamingResponse(rows(), media_type="text/plain")

    `content` is a sync or async iterator, an iterable, a file, or a generator function, called or not; its chunks are
    bytes or str. It is closed at the end, when it fails, and when the client goes away; where it fails, the answer
    breaks off, so that nobody takes it for complete.
    """

    def __init__(
        self,
        content: Content,
        status_code: int = 200,
        headers: Headers = None,
        media_type: str | None = None,
        *,
        content_type: str | None = None,
    ) -> None:
        fields = pairs(headers)
        kind = _kind(fields, content_type or media_type, OCTETS)
        self.own_chunks = self._chunks(content)
        super().__init__(self.own_chunks, content_type=kind, headers=fields)
        if status_code != 200:
            self.status_code = _status(status_code)

    def made_of_own_chunks(self) -> bool:
        """Whether nothing was put around the stream since."""
        return getattr(self, "_iterator", None) is self.own_chunks

    def _chunks(self, content: Content) -> Chunks | AsyncChunks:
        return chunks_of(content)


class EventSourceResponse(StreamingResponse):
    """Server-sent events (WHATWG HTML, 9.2). The content yields str, ServerSentEvent, or what becomes JSON.

        async def prices():
            yield {"price": 1}
            yield ServerSentEvent("closed", event="end", id="2")

        return EventSourceResponse(prices())

    Nothing between may keep it back: `Cache-Control: no-cache` and `X-Accel-Buffering: no` are added where the
    headers do not say otherwise.
    """

    def __init__(self, content: Content, status_code: int = 200, headers: Headers = None) -> None:
        super().__init__(content, status_code, headers, EVENTS)
        self.headers.setdefault("Cache-Control", "no-cache")
        self.headers.setdefault("X-Accel-Buffering", "no")

    def _chunks(self, content: Content) -> Chunks | AsyncChunks:
        return chunks_of(content, event_bytes)


def content_type_for(media_type: str) -> str:
    """The media type with the charset of what is text; events are UTF-8 by their definition.

    >>> content_type_for("text/csv")
    'text/csv; charset=utf-8'
    """
    plain = media_type.lower()
    if not plain.startswith("text/") or plain.startswith(EVENTS) or "charset=" in plain:
        return media_type
    return f"{media_type}; charset=utf-8"


def _rendered(content: Any) -> tuple[bytes, str]:
    """The bytes of a content, and what they are."""
    if content is None:
        return b"", ""
    if isinstance(content, (bytes, bytearray, memoryview)):
        return bytes(content), OCTETS
    if isinstance(content, str):
        return str(content).encode(), "text/plain"
    return encode(content), "application/json"


def _kind(headers: list[tuple[str, str]], given: str | None, default: str) -> str | None:
    """The content type to hand to Django; None where the header fields have it."""
    if given:
        return content_type_for(given)
    named = any(name.lower() == "content-type" for name, _ in headers)
    return None if named else content_type_for(default)


def pairs(headers: Headers) -> list[tuple[str, str]]:
    """Header fields one by one, however they are given."""
    if headers is None:
        return []
    given: Iterable[tuple[Any, Any]] = headers.items() if isinstance(headers, Mapping) else headers
    return [(str(name), str(value)) for name, value in given]


def _status(status: Any) -> int:
    if isinstance(status, bool) or not isinstance(status, int) or not 200 <= status <= 599:
        raise ValueError(f"Expected a status from 200 to 599, given {status!r}.")
    return int(status)
