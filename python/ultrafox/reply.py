"""How one operation's values become answers."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeGuard, cast

import msgspec
from django.db.models import QuerySet
from django.db.models.manager import BaseManager
from django.http.response import HttpResponseBase

from ultrafox.answers import EMPTY, Answer, answer_of, join, merge, ready, response_of, waits
from ultrafox.encoding import encodable, encode
from ultrafox.inert import is_inert
from ultrafox.orm import plain_rows
from ultrafox.renderers import JSONRenderer, Renderer
from ultrafox.response import content_type_for
from ultrafox.schema.dump import Dump
from ultrafox.schema.shape import ANY, NEVER, Shape
from ultrafox.statuses import Outcome, Responses, Status, parse_responses

if TYPE_CHECKING:
    from ultrafox.request import Request

__all__ = ["Accompanied", "Answer", "Reply", "answer_of", "merge", "parse_responses", "response_of"]

JSON = "application/json"
BYTES = "application/octet-stream"
_BYTES = (bytes, bytearray, memoryview)
_ROWS = (QuerySet, BaseManager)


class Accompanied:
    """A handler's value, with the injected response that it spoke through."""

    __slots__ = ("response", "value")

    def __init__(self, value: object, response: HttpResponseBase) -> None:
        self.value = value
        self.response = response


class Reply:
    """Made at start for one operation; its methods run once per request, on any thread."""

    __slots__ = ("_dump", "_label", "_renderers", "_responses", "shape", "status")

    def __init__(
        self,
        responses: Responses,
        *,
        label: str,
        status: int | None = None,
        renderers: Sequence[Renderer] = (),
        dump: Dump | None = None,
    ) -> None:
        self._responses = responses
        self._label = label
        self._renderers = tuple(renderers)
        self._dump = None if dump == Dump() else dump
        self.status: int = responses.status if status is None else status
        """The status of a value that comes without one."""
        self.shape: Shape | None = self._fast_shape()
        """What Rust may encode by itself; None where there is no schema, NEVER where `finish` sees every value."""

    @property
    def produces(self) -> tuple[str, ...]:
        """The media types to choose from; none where JSON is all there is."""
        return tuple(renderer.media_type for renderer in self._renderers)

    def finish(self, value: object, accepted: int = 0, request: Request | None = None) -> Answer:
        """The answer for any value that a handler returns; may read from the database.

        `accepted` is the place of the chosen media type in `produces`. Raises TypeError for what cannot be a reply.
        """
        if isinstance(value, HttpResponseBase):
            return answer_of(value)
        if isinstance(value, Accompanied):
            answer = self.finish(value.value, accepted, request)
            return merge(answer, value.response, explicit=self._is_explicit(value.value))
        status, body, is_named = self._parted(value)
        self._refuse(body)
        outcome = self._outcome(status)
        if outcome.schema is not None:
            body = self._converted(body, outcome.schema)
            if outcome.is_empty:
                return self._empty(status, is_named or self._responses.is_mapping)
        elif body is None:
            return self._empty(status, is_named)
        elif isinstance(body, _BYTES):
            return (status, None, b"", []) if status in EMPTY else (status, BYTES, bytes(body), [])
        elif isinstance(body, _ROWS):
            body = list(plain_rows(body))
        return self._rendered(body, status, accepted, request)

    def respond(self, value: object, accepted: int = 0, request: Request | None = None) -> HttpResponseBase:
        """`finish` for middleware: a response of Django, which is the handler's own where it returned one."""
        if isinstance(value, HttpResponseBase):
            return ready(value)
        if isinstance(value, Accompanied):
            explicit = self._is_explicit(value.value)
            return join(self.respond(value.value, accepted, request), value.response, explicit=explicit)
        return response_of(self.finish(value, accepted, request))

    def blocks(self, value: object) -> bool:
        """Whether `finish(value)` may wait for the database or the disk, and so must leave the loop's thread."""
        if isinstance(value, Accompanied):
            return self.blocks(value.value)
        if isinstance(value, HttpResponseBase):
            return waits(value)
        status, body, _ = self._parted(value)
        outcome = self._responses.of(status)
        if outcome is None or outcome.schema is None:
            return isinstance(body, _ROWS)
        return not is_inert(body)

    def names_status(self, value: object) -> bool:
        """Whether a value comes with a status of its own."""
        return isinstance(value, (Status, Accompanied)) or self._has_status(value)

    def _fast_shape(self) -> Shape | None:
        outcome = self._responses.of(self.status)
        # Rust asks for the shape only where the first representation was chosen.
        json = not self._renderers or type(self._renderers[0]) is JSONRenderer
        if outcome is None or outcome.is_empty or self._dump or not json:
            return NEVER
        if outcome.schema is None:
            return None
        shape = outcome.schema.shape()
        # What fits everything fits response objects, too, which are not to be encoded.
        return NEVER if shape == ANY else shape

    def _parted(self, value: object) -> tuple[int, object, bool]:
        """Status, body, and whether the handler named the status."""
        if isinstance(value, Status):
            return value.status_code, value.body, True
        if self._has_status(value):
            return value[0], value[1], True
        return self.status, value, False

    def _has_status(self, value: object) -> TypeGuard[tuple[int, object]]:
        """Whether a value is `status, body`. No subclass of tuple is: `Point(200, 300)` has two numbers of its own."""
        if type(value) is not tuple:
            return False
        parts = cast("tuple[object, ...]", value)
        if len(parts) != 2 or type(parts[0]) is not int or not 100 <= parts[0] <= 599:
            return False
        outcome = self._responses.of(self.status)
        return self._responses.is_mapping or outcome is None or not outcome.takes_tuples

    def _is_explicit(self, value: object) -> bool:
        return isinstance(value, HttpResponseBase) or self._parted(value)[2]

    def _refuse(self, value: object) -> None:
        """Values that no schema would make a reply of, with what their handler was meant to do."""
        kind = type(value).__name__
        if inspect.isawaitable(value):
            if inspect.iscoroutine(value):
                value.close()
            raise TypeError(
                f"{self._label} returned a {kind} that nobody awaits."
                " Declare the handler with `async def`, or await it there."
            )
        if isinstance(value, Iterator) or inspect.isasyncgen(value):
            raise TypeError(
                f"{self._label} returned a {kind}. Expected a list: it may be read once only. To send it bit by bit,"
                " return StreamingResponse or EventSourceResponse of it."
            )
        if isinstance(value, (HttpResponseBase, Status, Accompanied)):
            raise TypeError(f"{self._label} returned a {kind} with a status beside it. Set the status in the {kind}.")

    def _outcome(self, status: int) -> Outcome:
        outcome = self._responses.of(status)
        if status < 200:
            raise TypeError(f"{self._label} returned the status {status}. Expected one from 200 to 599.")
        if outcome is None:
            raise TypeError(
                f"{self._label} returned the status {status}, which its `response` does not declare. Declared:"
                f" {self._responses.declared()}. Add it, as in response={{200: Item, {status}: Problem}}."
            )
        return outcome

    def _converted(self, value: object, schema: Any) -> Any:
        try:
            return schema.convert(value) if self._dump is None else schema.dump(value, self._dump)
        except ValueError as error:
            raise TypeError(
                f"{self._label} returned {type(value).__qualname__}, which does not fit its response schema: {error}"
            ) from error

    def _rendered(self, value: object, status: int, accepted: int, request: Request | None) -> Answer:
        if status in EMPTY:
            return status, None, b"", []
        if not self._renderers:
            return status, JSON, encode(value), []
        renderer = self._renderers[accepted]
        if not renderer.takes_objects:
            value = msgspec.to_builtins(value, enc_hook=encodable)
        body: Any = renderer.render(value, request=request, status=status)
        if isinstance(body, str):
            body = body.encode()
        if not isinstance(body, _BYTES):
            raise TypeError(
                f"{type(renderer).__qualname__}.render returned {type(body).__qualname__}. Expected bytes or str."
            )
        return status, content_type_for(renderer.media_type), bytes(body), []

    def _empty(self, status: int, is_named: bool) -> Answer:
        """No body: 204, unless somebody named another status."""
        return 204 if status == 200 and not is_named else status, None, b"", []
