"""One request and its reply, as every door takes and gives them."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

BASE = "/contract"


@dataclass(frozen=True, slots=True)
class Ask:
    """A request below the mount."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @property
    def target(self) -> str:
        return f"{BASE}{self.path}"

    @property
    def fields(self) -> list[tuple[str, str]]:
        """All header fields that go over the wire."""
        fields = [("host", "localhost"), ("accept", "*/*")]
        own = {name for name, _ in self.headers}
        fields = [pair for pair in fields if pair[0] not in own] + list(self.headers)
        if self.body or self.method in ("POST", "PUT", "PATCH"):
            fields.append(("content-length", str(len(self.body))))
        return fields


# What belongs to a server, a moment or a connection.
_ITS_OWN = {"date", "server", "connection", "keep-alive", "transfer-encoding"}
_TRACE = re.compile(rb'("trace_id":")[0-9a-f]{32}(")')
# The moment at which Max-Age will be over.
_EXPIRES = re.compile(r"expires=\w{3}, [^;]*(?=; Max-Age)")


@dataclass(frozen=True, slots=True)
class Seen:
    """A reply, as far as doors may not differ in it."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    traced: bool = field(default=False)


def seen(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> Seen:
    """Leaves out what is each server's own, and the values of trace ids and moments."""
    given = [(name.lower(), value) for name, value in headers]
    traced = any(name == "x-trace-id" and re.fullmatch("[0-9a-f]{32}", value) for name, value in given)
    cookies = [(name, _EXPIRES.sub("expires=then", value)) for name, value in given if name == "set-cookie"]
    rest: dict[str, str] = {}
    for name, value in given:
        if name not in _ITS_OWN and name not in ("set-cookie", "x-trace-id"):
            # One field in several lines says the same as one line (RFC 9110, 5.3).
            rest[name] = f"{rest[name]}, {value}" if name in rest else value
    # What the server counts itself, where the handler does not.
    rest.pop("content-length", None)
    # Where a coded stream was flushed shows in its bytes: the pieces are each door's own.
    if rest.get("content-encoding") == "gzip" and body:
        body = gzip.decompress(body)
    return Seen(status, (*sorted(rest.items()), *cookies), _TRACE.sub(rb"\1T\2", body), traced)
