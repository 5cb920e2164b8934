"""A raw HTTP/1 client: it sends the bytes it is given, and reads replies strictly."""

from __future__ import annotations

import json
import select
import socket
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

BODILESS = {204, 304}


@dataclass(frozen=True)
class Reply:
    """One complete reply."""

    version: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def header(self, name: str) -> str | None:
        values = self.all(name)
        assert len(values) < 2, f"{name} came {len(values)} times: {values}"
        return values[0] if values else None

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def closes(self) -> bool:
        return (self.header("connection") or "").lower() == "close"


def request(
    target: str = "/",
    method: str = "GET",
    *,
    host: str | None = "localhost",
    headers: Iterable[tuple[str, str]] = (),
    body: bytes | None = None,
    version: str = "HTTP/1.1",
) -> bytes:
    """A well-formed request, or one with whatever faults its parts bring."""
    lines = [f"{method} {target} {version}"]
    if host is not None:
        lines.append(f"Host: {host}")
    lines += [f"{name}: {value}" for name, value in headers]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + (body or b"")


def chunked(*chunks: bytes) -> bytes:
    """The chunked form of a body, with its end."""
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


class Closed(Exception):
    """The server closed the connection where a reply was expected."""


class Wire:
    """One connection."""

    def __init__(
        self, port: int, *, host: str = "127.0.0.1", timeout: float = 10.0, receive_buffer: int | None = None
    ) -> None:
        self.timeout = timeout
        self.buffer = b""
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, data: bytes) -> Wire:
        self.socket.sendall(data)
        return self

    def send_slowly(self, data: bytes, *, size: int = 1, pause: float = 0.0) -> Wire:
        """In pieces that arrive one by one."""
        for start in range(0, len(data), size):
            self.socket.sendall(data[start : start + size])
            if pause:
                time.sleep(pause)
        return self

    def half_close(self) -> Wire:
        """Says that nothing more will be sent; replies can still be read."""
        self.socket.shutdown(socket.SHUT_WR)
        return self

    def reset(self) -> None:
        """Leaves with a RST instead of a FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self) -> None:
        self.socket.close()

    __del__ = close

    def readable(self, seconds: float) -> bool:
        """Whether something (bytes, or the end) arrives in that time."""
        return bool(self.buffer) or bool(select.select([self.socket], [], [], seconds)[0])

    def receive(self, *, head: bool = False, interim: bool = False) -> Reply:
        """The next complete reply. `head`: it answers HEAD; `interim`: 1xx counts as a reply."""
        while True:
            reply = self._reply(head)
            if interim or reply.status >= 200:
                return reply

    def rest(self) -> list[Reply]:
        """All replies until the server closes."""
        replies = []
        while True:
            try:
                replies.append(self.receive())
            except Closed:
                return replies

    def at_end(self) -> bool:
        """Waits for the server to close; False when it sends anything first, or does not close."""
        try:
            return self.buffer == b"" and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False

    def _more(self) -> bool:
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError as error:
            raise Closed(f"reset with {self.buffer[:80]!r} unread") from error
        self.buffer += data
        return bool(data)

    def _line(self) -> bytes:
        while b"\r\n" not in self.buffer:
            if not self._more():
                raise Closed(f"closed after {self.buffer[:80]!r}")
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def _exactly(self, length: int) -> bytes:
        while len(self.buffer) < length:
            if not self._more():
                raise AssertionError(f"closed within a body: {len(self.buffer)} of {length} bytes came")
        data, self.buffer = self.buffer[:length], self.buffer[length:]
        return data

    def _reply(self, head: bool) -> Reply:
        version, status, reason = (self._line().decode("latin-1") + " ").split(" ", 2)
        headers = []
        while line := self._line():
            name, colon, value = line.decode("latin-1").partition(":")
            assert colon and name == name.strip(), f"not a header line: {line!r}"
            headers.append((name, value.strip()))
        reply = Reply(version, int(status), reason.strip(), tuple(headers), b"")
        if head or reply.status < 200 or reply.status in BODILESS:
            return reply
        return Reply(version, reply.status, reply.reason, reply.headers, self._body(reply))

    def _body(self, reply: Reply) -> bytes:
        length, coding = reply.header("content-length"), reply.header("transfer-encoding")
        assert length is None or coding is None, "both Content-Length and Transfer-Encoding"
        if coding is not None:
            assert coding == "chunked"
            return self._chunks()
        if length is not None:
            return self._exactly(int(length))
        while self._more():
            pass
        data, self.buffer = self.buffer, b""
        return data

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self._line().split(b";")[0], 16):
            body += self._exactly(size)
            assert self._exactly(2) == b"\r\n", "a chunk without its end"
        while self._line():
            pass
        return body


def talk(port: int, data: bytes, *, timeout: float = 10.0) -> list[Reply]:
    """Everything the server says to these bytes until it closes."""
    with Wire(port, timeout=timeout) as wire:
        wire.send(data)
        return wire.rest()


def once(port: int, data: bytes, *, head: bool = False, timeout: float = 10.0) -> Reply:
    """The first reply to these bytes."""
    with Wire(port, timeout=timeout) as wire:
        return wire.send(data).receive(head=head)
