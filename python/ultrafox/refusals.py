"""Errors of handlers and bodies, as what the client is told."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from django.core import exceptions as django
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.functional import Promise

from ultrafox.encoding import encode
from ultrafox.exception_handlers import ExceptionHandlers, Finish, Handler
from ultrafox.exceptions import Fault, HTTPException, RequestValidationError
from ultrafox.faults import MOST, faults_of

if TYPE_CHECKING:
    from ultrafox.dispatch import Answer
    from ultrafox.request import Request

__all__ = ["INTERNAL", "Explainer", "Fault", "Refusal"]

Headers = Mapping[str, str] | Iterable[tuple[str, str]]
Refusal = tuple[int, str, str, str | None, list[tuple[str, str]], list[Fault], bytes | None]
"""Status, code, title, detail, header fields, faults, further members as a JSON object."""

logger = logging.getLogger("ultrafox.request")

INTERNAL: Refusal = (500, "internal_error", "Internal Server Error", None, [], [], None)

# The first class that fits decides. Their texts name models and settings, so the client gets none of them.
_DJANGO: tuple[tuple[type[BaseException], tuple[int, str, str]], ...] = (
    (Http404, (404, "not_found", "Not Found")),
    (django.ObjectDoesNotExist, (404, "not_found", "Not Found")),
    (django.PermissionDenied, (403, "forbidden", "Forbidden")),
    (django.RequestDataTooBig, (413, "body_too_large", "Body Too Large")),
    (django.TooManyFieldsSent, (413, "body_too_large", "Body Too Large")),
    (django.TooManyFilesSent, (413, "body_too_large", "Body Too Large")),
    (django.DisallowedHost, (400, "disallowed_host", "Disallowed Host")),
    (django.SuspiciousOperation, (400, "bad_request", "Bad Request")),
    (django.BadRequest, (400, "bad_request", "Bad Request")),
    (MultiPartParserError, (400, "bad_request", "Bad Request")),
    (UnreadablePostError, (400, "bad_request", "Bad Request")),
)
_MEMBERS = frozenset({"type", "title", "status", "code", "detail", "trace_id", "errors"})
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*\Z")


class Explainer:
    """What the client of one operation is told of errors.

    Under `debug` an error that nobody foresaw shows itself (`ultrafox.debug`); otherwise the client gets 500
    `internal_error`, the log gets the traceback, and nothing of the inside leaves. `finish` makes an answer of what an
    exception handler of the project returns.
    """

    __slots__ = ("_debug", "_finish", "_function", "_handlers", "_label")

    def __init__(
        self,
        label: str,
        handlers: ExceptionHandlers,
        debug: bool,
        *,
        finish: Finish,
        function: Callable[..., Any] | None = None,
    ) -> None:
        self._label = label
        self._handlers = handlers
        self._debug = debug
        self._finish = finish
        self._function = function

    def explain(self, error: BaseException, request: Request | None, from_body: bool = False) -> Refusal | Answer:
        """What the client is told of an error of a handler, of its reply, or of a body's decoder. Never raises.

        `request` may be None where there are no exception handlers and no debugging. An exception handler that is
        `async def` must not wait here where an event loop runs: `aexplain` is for that.
        """
        told, error, refusal, handler = self._considered(error, request, from_body)
        if handler is None or not isinstance(error, Exception):
            return told
        try:
            return self._finish(self._handlers.run(handler, request, error, self._label), request, refusal[0])
        except BaseException as broken:
            return self._failed(broken, error)

    def has_handler(self, error: Exception) -> bool:
        """Whether the project has an exception handler for an error."""
        error_, refusal = self._understood(error, False)
        return self._handlers.find(error_, refusal[0]) is not None

    async def aexplain(
        self, error: BaseException, request: Request | None, from_body: bool = False
    ) -> Refusal | Answer:
        """`explain` on an event loop: awaits handlers that are `async def`, and runs the others on a thread."""
        told, error, refusal, handler = self._considered(error, request, from_body)
        if handler is None or not isinstance(error, Exception):
            return told
        try:
            return self._finish(await self._handlers.arun(handler, request, error), request, refusal[0])
        except Exception as broken:
            return self._failed(broken, error)

    def _considered(
        self, error: BaseException, request: Request | None, from_body: bool
    ) -> tuple[Refusal | Answer, BaseException, Refusal, Handler | None]:
        """What is told without a handler, the error as a handler sees it, its refusal, and the handler."""
        try:
            error, refusal = self._understood(error, from_body)
            handler = self._handlers.find(error, refusal[0]) if isinstance(error, Exception) else None
        except BaseException as broken:
            _log(broken, self._label)
            return INTERNAL, broken, INTERNAL, None
        # One that takes whatever comes did not foresee this error either: it is logged.
        if refusal[0] >= 500 and (handler is None or handler is self._handlers.find(Exception(), refusal[0])):
            _log(error, self._label)
        is_shown = self._debug and refusal is INTERNAL and handler is None
        return self._debugged(error, request) if is_shown else refusal, error, refusal, handler

    def _failed(self, broken: BaseException, error: BaseException) -> Refusal:
        """What is told of an error inside an exception handler."""
        if broken is not error and broken.__context__ is None:
            broken.__context__ = error
        _log(broken, self._label)
        return INTERNAL

    def _understood(self, error: BaseException, from_body: bool) -> tuple[BaseException, Refusal]:
        """The error as exception handlers see it, and what the client is told without them."""
        if from_body:
            faults = faults_of(error)
            if faults is not None:
                found = RequestValidationError(faults, code="invalid_body")
                found.__cause__ = error
                return found, _of_http(found, self._label)
            unread = _not_json(error)
            if unread is not None:
                return error, (400, "invalid_json", "Invalid JSON", unread, [], [], None)
        if isinstance(error, HTTPException):
            return error, _of_http(error, self._label)
        if isinstance(error, django.ValidationError):
            faults = _of_validation(error)
            return error, (422, "validation_error", "Validation Error", None, [], faults, None)
        return error, _of_django(error)

    def _debugged(self, error: BaseException, request: Request | None) -> Refusal | Answer:
        from ultrafox import debug

        try:
            return debug.shown(error, request, self._label, self._function)
        except BaseException as broken:
            _log(broken, "the page about an error")
            return INTERNAL


def _not_json(error: BaseException) -> str | None:
    """What is wrong with a body that is no JSON; None where it is another error."""
    if isinstance(error, msgspec.DecodeError):
        return f"{error}."
    if isinstance(error, UnicodeDecodeError):
        return "Expected text in UTF-8."
    return "The document is nested too deeply." if isinstance(error, RecursionError) else None


def _of_validation(error: django.ValidationError) -> list[Fault]:
    """Django's faults of forms and models, field by field."""
    if not hasattr(error, "error_dict"):
        return _messages(error, ["body"])
    found: list[Fault] = []
    for field, inner in error.error_dict.items():
        place: list[str | int] = ["body"] if field == django.NON_FIELD_ERRORS else ["body", str(field)]
        for one in inner:
            found += _messages(one, place)
    return found[:MOST]


def _messages(error: django.ValidationError, loc: list[str | int]) -> list[Fault]:
    return [
        (loc, str(getattr(one, "code", None) or "invalid"), str(message))
        for one in error.error_list[:MOST]
        for message in one.messages
    ]


def _of_django(error: BaseException) -> Refusal:
    for kind, (status, code, title) in _DJANGO:
        if isinstance(error, kind):
            return status, code, title, None, [], [], None
    return INTERNAL


def _of_http(error: HTTPException, label: str) -> Refusal:
    detail: Any = error.detail
    members: dict[str, Any] = {}
    if isinstance(detail, Promise):
        detail = str(detail)
    elif detail is not None and not isinstance(detail, str):
        detail, members = None, {"data": detail}
    if isinstance(error.extra, Mapping):
        further: Mapping[Any, Any] = error.extra
        members |= {str(name): value for name, value in further.items() if name not in _MEMBERS}
    elif error.extra is not None:
        members["extra"] = error.extra
    headers = _headers(error.headers, label)
    faults = error.faults[:MOST] if isinstance(error, RequestValidationError) else []
    return error.status_code, error.problem_code, error.title, detail, headers, faults, _encoded(members, label)


def _encoded(members: dict[str, Any], label: str) -> bytes | None:
    try:
        return encode(members) if members else None
    except (TypeError, ValueError, RecursionError):
        logger.exception("%s raised a refusal with data that JSON cannot hold: left out", label)
        return None


def _headers(headers: Headers | None, label: str) -> list[tuple[str, str]]:
    """The header fields that can be sent: one with a line break would be a second answer."""
    kept: list[tuple[str, str]] = []
    for name, value in dict(headers or ()).items() if isinstance(headers, Mapping) else headers or ():
        name, value = str(name), str(value)
        if _HEADER_NAME.match(name) and _HEADER_VALUE.match(value):
            kept.append((name, value))
        else:
            logger.error("%s raised a refusal with the header field %r, which cannot be sent: left out", label, name)
    return kept


def _log(error: BaseException, label: str) -> None:
    try:
        logger.error("%s failed: %s", label, type(error).__name__, exc_info=(type(error), error, error.__traceback__))
    except BaseException:
        logger.error("%s failed, and its error cannot be shown", label)
