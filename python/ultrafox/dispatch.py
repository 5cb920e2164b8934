"""Where Rust and the user's code meet: how an operation is called, and how its value becomes an answer.

Errors become refusals in `refusals.py`.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import inspect
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, TypeGuard, cast

import msgspec
from django.db.models import QuerySet
from django.db.models.manager import BaseManager

from ultrafox.encoding import encode
from ultrafox.orm import plain_rows
from ultrafox.refusals import Refusal, explain, explain_body
from ultrafox.schema import Adapter
from ultrafox.schema.shape import NEVER, Shape

__all__ = ["Answer", "Call", "Refusal", "Reply", "encode", "explain", "explain_body"]

Mode = Literal["async", "pool", "inline"]
Answer = tuple[int, str | None, bytes | Iterable[bytes], list[tuple[str, str]]]
"""Status, content type, body, further header fields."""

JSON = "application/json"
BYTES = "application/octet-stream"
_BYTES = (bytes, bytearray, memoryview)
# Neither conversion nor encoding of these can reach the database.
_TIMES = (datetime.date, datetime.datetime, datetime.time, datetime.timedelta)
_INERT = frozenset((type(None), bool, int, float, str, bytes, uuid.UUID, decimal.Decimal, *_TIMES))
EMPTY = (204, 205, 304)
"""Statuses of replies that have no body."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Call:
    """How Rust calls one operation. It reads the fields, and never anything else of the package, while it serves."""

    function: Callable[..., Any]
    """The user's function: positional arguments, then those after `*` by name."""
    mode: Mode
    arguments: tuple[int, ...]
    """For each argument: -1 the request, -2 the body, else the place of its parameter in the plan."""
    keywords: tuple[str, ...]
    """The names of the last arguments: those after `*`."""
    defaults: tuple[object, ...]
    """For each parameter of the plan: its value when the request does not have it."""
    body_default: object
    decode: Callable[[bytes], Any] | None
    """JSON to the body argument. What it raises goes to `explain_body`."""
    status: int
    shape: Shape | None
    """What the reply is compared with; None where there is no schema."""
    finish: Callable[[object], Answer]
    """Any value to an answer. What it raises goes to `explain`."""
    blocks: Callable[[object], bool]
    """Whether `finish` may wait for the database, and so must not run on the loop's thread."""


class Reply:
    """How one operation's values become answers."""

    __slots__ = ("_label", "_nothing", "_schema", "_status", "shape")

    def __init__(self, schema: Adapter | None, status: int, label: str) -> None:
        self._schema = schema
        self._status = status
        self._label = label
        # An operation whose schema says "nothing" answers 204; the engine's own way would be the JSON `null`.
        self._nothing = schema is not None and schema.is_nothing()
        self.shape: Shape | None = None if schema is None else NEVER if self._nothing else schema.shape()

    def finish(self, value: object) -> Answer:
        """The answer for any value that a handler returns; may read from the database."""
        if inspect.isawaitable(value):
            if inspect.iscoroutine(value):
                value.close()
            raise TypeError(
                f"{self._label} returned a {type(value).__name__} that nobody awaits."
                " Declare the handler with `async def`, or await it there."
            )
        if isinstance(value, Iterator) or inspect.isasyncgen(value):
            raise TypeError(
                f"{self._label} returned a {type(value).__name__}. Expected a list: it may be read once only."
            )
        if self._schema is not None:
            value = self._converted(value)
            return self._empty() if self._nothing else self._json(value)
        if value is None:
            return self._empty()
        if _has_status(value):
            raise TypeError(
                f"{self._label} returned a tuple that begins with a status, ({value[0]}, …), which this version does"
                " not serve. Return the body alone and declare status_code= at the operation, or raise HttpError; a"
                " list of two numbers goes out as it is."
            )
        if isinstance(value, _BYTES):
            return self._status, BYTES, bytes(value), []
        return self._json(list(plain_rows(value)) if isinstance(value, (QuerySet, BaseManager)) else value)

    def blocks(self, value: object) -> bool:
        """Whether `finish(value)` may read from the database."""
        if self._schema is None:
            return isinstance(value, (QuerySet, BaseManager))
        return not _is_inert(value)

    def _converted(self, value: object) -> Any:
        schema = self._schema
        if schema is None:
            return value
        try:
            return schema.convert(value)
        except msgspec.ValidationError as error:
            raise TypeError(
                f"{self._label} returned {type(value).__qualname__}, which does not fit its response schema: {error}"
            ) from error

    def _json(self, value: object) -> Answer:
        if self._status in EMPTY:
            return self._status, None, b"", []
        return self._status, JSON, encode(value), []

    def _empty(self) -> Answer:
        return 204 if self._status == 200 else self._status, None, b"", []


def _has_status(value: object) -> TypeGuard[tuple[int, object]]:
    """Whether a value looks like `status, body`, as peers write it."""
    if not isinstance(value, tuple):
        return False
    parts = cast("tuple[object, ...]", value)
    return len(parts) == 2 and type(parts[0]) is int and 100 <= parts[0] <= 599


def _is_inert(value: Any) -> bool:
    """Whether all parts of a value are there already."""
    kind: type[Any] = type(value)
    if kind in _INERT or issubclass(kind, enum.Enum):
        return True
    if kind in (list, tuple, set, frozenset):
        return all(map(_is_inert, value))
    if kind is dict:
        return all(map(_is_inert, value.values()))
    if issubclass(kind, msgspec.Struct):
        return all(_is_inert(getattr(value, field)) for field in kind.__struct_fields__)
    return False
