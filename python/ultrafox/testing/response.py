"""The reply to a test's request."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from http import HTTPStatus
from typing import Any

from ultrafox.flights import APieces, Flight, Pieces
from ultrafox.testing.cookies import Cookies
from ultrafox.testing.headers import Headers
from ultrafox.testing.outgoing import Request
from ultrafox.testing.reading import Incremental, Lines, resized

__all__ = ["AsyncResponse", "HTTPStatusError", "Response"]

_CHARSET = re.compile(r"charset=[\"']?([\w.:-]+)", re.IGNORECASE)


class HTTPStatusError(Exception):
    """`raise_for_status()` met a status of 400 or more; `response` is the reply."""

    def __init__(self, response: BaseResponse) -> None:
        super().__init__(f"{response.status_code} {response.reason_phrase} for {response.request.url}")
        self.response = response
        self.request = response.request


class BaseResponse:
    """What is known of a reply before its body is read."""

    def __init__(self, request: Request, flight: Flight) -> None:
        self.request = request
        self.status_code = flight.status
        self.fields = flight.headers
        self._content: bytes | None = None

    @property
    def headers(self) -> Headers:
        """Its header fields."""
        return Headers(self.fields)

    @property
    def cookies(self) -> Cookies:
        """The cookies that it sets."""
        jar = Cookies()
        for line in self.headers.get_list("set-cookie"):
            jar.take(line)
        return jar

    @property
    def url(self) -> str:
        """The URL that was asked for."""
        return self.request.url

    @property
    def reason_phrase(self) -> str:
        """The status in words; nothing for one that has none."""
        try:
            return HTTPStatus(self.status_code).phrase
        except ValueError:
            return ""

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status_code <= 299

    @property
    def is_redirect(self) -> bool:
        """Whether it names another place."""
        return self.status_code in (301, 302, 303, 307, 308) and "location" in self.headers

    @property
    def is_error(self) -> bool:
        """Whether the status is 4xx or 5xx."""
        return self.status_code >= 400

    @property
    def encoding(self) -> str:
        """The charset of the content type; UTF-8 where it names none."""
        match = _CHARSET.search(self.headers.get("content-type", ""))
        return match[1] if match else "utf-8"

    @property
    def content(self) -> bytes:
        """The whole body, decompressed where it is gzip or deflate. Raises RuntimeError for a stream not yet read."""
        if self._content is None:
            raise RuntimeError("Expected a reply that is read, given a stream. Call read() or iterate over it.")
        coding = self.headers.get("content-encoding")
        return zlib.decompress(self._content, 47) if coding in ("gzip", "deflate") and self._content else self._content

    @property
    def raw(self) -> bytes:
        """The whole body as it was sent."""
        if self._content is None:
            return self.content
        return self._content

    @property
    def text(self) -> str:
        """The body as text; what its charset cannot read is replaced."""
        return self.content.decode(self.encoding, "replace")

    def json(self, **options: Any) -> Any:
        """The body as JSON. Raises json.JSONDecodeError."""
        return json.loads(self.content, **options)

    @property
    def data(self) -> Any:
        """The body as JSON, as Ninja's test client has it."""
        return self.json()

    def __getitem__(self, name: str) -> str:
        """A header field, as in Django's responses."""
        return self.headers[name]

    def __contains__(self, name: str) -> bool:
        return name in self.headers

    def has_header(self, name: str) -> bool:
        """Whether it has a field, as in Django's responses."""
        return name in self.headers

    def _check_status(self) -> None:
        if self.is_error:
            raise HTTPStatusError(self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} [{self.status_code} {self.reason_phrase}]>"


class Response(BaseResponse):
    """A reply. One that is streamed is read by `iter_bytes`, `iter_text`, `iter_lines` or `read`, and closed then."""

    def __init__(self, request: Request, flight: Flight, ended: Callable[[], None]) -> None:
        super().__init__(request, flight)
        self._ended: Callable[[], None] | None = ended
        self._pieces: Pieces | None = None
        if request.method == "HEAD":
            self._content = b""
        elif (body := flight.body) is not None:
            self._content = body
        else:
            self._pieces = Pieces(flight)

    def read(self) -> bytes:
        """The rest of the body; all of it if nothing was read before."""
        if self._content is None:
            self._content = b"".join(self.iter_raw())
        return self.content

    def iter_raw(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """The body's pieces as the handler gave them, or in pieces of one size."""
        if self._pieces is None:
            whole = self.raw
            pieces = iter([whole] if whole else [])
        else:
            pieces = self._to_end(self._pieces)
        return pieces if chunk_size is None else resized(pieces, chunk_size)

    iter_bytes = iter_raw

    def iter_content(self, chunk_size: int | None = None, decode_unicode: bool = False) -> Iterator[Any]:
        """The body in pieces, as django-bolt's test client gives it."""
        return self.iter_text(chunk_size) if decode_unicode else self.iter_raw(chunk_size)

    def iter_text(self, chunk_size: int | None = None) -> Iterator[str]:
        """The body's pieces as text; a character that was split comes whole with the later piece."""
        decoder = Incremental(self.encoding)
        for piece in self.iter_raw(chunk_size):
            if text := decoder.text(piece):
                yield text
        if text := decoder.end():
            yield text

    def iter_lines(self) -> Iterator[str]:
        """The body's lines, without their ends."""
        lines = Lines()
        for text in self.iter_text():
            yield from lines.of(text)
        yield from lines.end()

    @property
    def streaming_content(self) -> Iterator[bytes]:
        """The body's pieces, as in Django's streaming responses."""
        return self.iter_raw()

    @property
    def streaming(self) -> bool:
        """Whether the body comes in pieces."""
        return self._pieces is not None

    def raise_for_status(self) -> Response:
        """Itself, or HTTPStatusError for a status of 400 or more."""
        self._check_status()
        return self

    def close(self) -> None:
        """Reads no further: the handler's stream is closed, and what runs after the reply runs."""
        ended, self._ended = self._ended, None
        if ended is not None:
            ended()

    def __enter__(self) -> Response:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _to_end(self, pieces: Pieces) -> Iterator[bytes]:
        try:
            yield from pieces
        finally:
            self.close()


class AsyncResponse(BaseResponse):
    """A reply. One that is streamed is read by `aiter_bytes`, `aiter_text`, `aiter_lines` or `aread`."""

    def __init__(self, request: Request, flight: Flight, ended: Callable[[], Any]) -> None:
        super().__init__(request, flight)
        self._ended: Callable[[], Any] | None = ended
        self._pieces: APieces | None = None
        if request.method == "HEAD":
            self._content = b""
        elif (body := flight.body) is not None:
            self._content = body
        else:
            self._pieces = APieces(flight)

    async def aread(self) -> bytes:
        """The rest of the body; all of it if nothing was read before."""
        if self._content is None:
            self._content = b"".join([piece async for piece in self.aiter_raw()])
        return self.content

    async def aiter_raw(self) -> AsyncIterator[bytes]:
        """The body's pieces as the handler gave them."""
        if self._pieces is None:
            if whole := self.raw:
                yield whole
            return
        try:
            async for piece in self._pieces:
                yield piece
        finally:
            await self.aclose()

    aiter_bytes = aiter_raw

    async def aiter_text(self) -> AsyncIterator[str]:
        """The body's pieces as text; a character that was split comes whole with the later piece."""
        decoder = Incremental(self.encoding)
        async for piece in self.aiter_raw():
            if text := decoder.text(piece):
                yield text
        if text := decoder.end():
            yield text

    async def aiter_lines(self) -> AsyncIterator[str]:
        """The body's lines, without their ends."""
        lines = Lines()
        async for text in self.aiter_text():
            for line in lines.of(text):
                yield line
        for line in lines.end():
            yield line

    def raise_for_status(self) -> AsyncResponse:
        """Itself, or HTTPStatusError for a status of 400 or more."""
        self._check_status()
        return self

    async def aclose(self) -> None:
        """Reads no further: the handler's stream is closed, and what runs after the reply runs."""
        ended, self._ended = self._ended, None
        if ended is not None:
            await ended()

    async def __aenter__(self) -> AsyncResponse:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
