"""Server-sent events as bytes (WHATWG HTML, 9.2.5 and 9.2.6)."""

from __future__ import annotations

import re
from typing import Any

from django.utils.functional import Promise

from ultrafox.encoding import encode

__all__ = ["ServerSentEvent", "event_bytes"]

# What a client takes for the end of a line. Python's `splitlines` knows more, which are text here.
_LINE = re.compile(r"\r\n|\r|\n")


class ServerSentEvent:
    """One event: text as it is, anything else as JSON; of several lines, too.

    `event` names its type, `id` is what a client that comes back sends as `Last-Event-ID`, `retry` is in milliseconds,
    `comment` reaches no listener and keeps the connection alive. Raises ValueError for a line break in `event` or `id`,
    which would be another field, and for a negative `retry`.
    """

    __slots__ = ("comment", "data", "event", "id", "retry")

    def __init__(
        self,
        data: Any = None,
        event: str | None = None,
        id: str | int | None = None,
        retry: int | None = None,
        comment: str | None = None,
    ) -> None:
        self.data = data
        self.event = _line("event", event)
        self.id = _line("id", id)
        self.retry = _milliseconds(retry)
        self.comment = comment

    def __repr__(self) -> str:
        fields = ((name, getattr(self, name)) for name in self.__slots__)
        return f"ServerSentEvent({', '.join(f'{name}={value!r}' for name, value in fields if value is not None)})"

    def encode(self) -> bytes:
        """The event as it is sent. Raises TypeError for data that JSON cannot hold."""
        lines: list[str] = []
        if self.comment is not None:
            lines += [f": {line}" for line in _LINE.split(self.comment)]
        if self.event is not None:
            lines.append(f"event: {self.event}")
        if self.id is not None:
            lines.append(f"id: {self.id}")
        if self.retry is not None:
            lines.append(f"retry: {self.retry}")
        # An event without data never reaches a listener: one with a name alone means to.
        if self.data is not None or (self.event is not None and self.comment is None):
            lines += [f"data: {line}" for line in _LINE.split(_text(self.data))]
        return ("\n".join(lines) + "\n\n").encode()


def event_bytes(item: object) -> bytes:
    """Whatever a stream of events yields, as one event."""
    if isinstance(item, ServerSentEvent):
        return item.encode()
    return "".join(f"data: {line}\n" for line in _LINE.split(_text(item))).encode() + b"\n"


def _text(data: object) -> str:
    if data is None:
        return ""
    if isinstance(data, (str, Promise)):
        return str(data)
    if isinstance(data, (bytes, bytearray, memoryview)):
        return bytes(data).decode()
    return encode(data).decode()


def _milliseconds(retry: Any) -> int | None:
    if retry is not None and (isinstance(retry, bool) or not isinstance(retry, int) or retry < 0):
        raise ValueError(f"Expected milliseconds for `retry`, given {retry!r}.")
    return None if retry is None else int(retry)


def _line(name: str, value: object) -> str | None:
    if value is None:
        return None
    text = str(value)
    if _LINE.search(text) or "\0" in text:
        raise ValueError(f"Expected one line of text for `{name}` of an event, given {text!r}.")
    return text
