"""Errors of handlers and bodies, as what the client is told."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from django.core import exceptions as django
from django.http import Http404
from django.utils.functional import Promise

from ultrafox.encoding import encode
from ultrafox.exceptions import HTTPException

__all__ = ["Refusal", "explain", "explain_body"]

Fault = tuple[list[str | int], str, str]
"""Where it is, a code, a sentence."""
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
    (django.DisallowedHost, (400, "disallowed_host", "Disallowed Host")),
    (django.SuspiciousOperation, (400, "bad_request", "Bad Request")),
    (django.BadRequest, (400, "bad_request", "Bad Request")),
)
_MEMBERS = frozenset({"type", "title", "status", "code", "detail", "trace_id", "errors"})
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*\Z")


def explain(error: BaseException, label: str) -> Refusal:
    """What the client is told of an error that a handler raised, or that its reply caused. Never raises.

    Whatever is not a refusal is 500 `internal_error`, is logged with its traceback, and tells the client nothing.
    """
    try:
        refusal = _of_http(error, label) if isinstance(error, HTTPException) else _of_django(error)
    except BaseException as broken:
        _log(broken, label)
        refusal = INTERNAL
    if refusal[0] >= 500:
        _log(error, label)
    return refusal


def explain_body(error: BaseException) -> Refusal:
    """What the client is told of an error that decoding its body caused. Never raises.

    422 `invalid_body` with one fault where the body does not fit its schema, 400 `invalid_json` where it is not JSON.
    """
    if isinstance(error, msgspec.ValidationError):
        return 422, "invalid_body", "Invalid Body", None, [], [_fault(str(error))], None
    if isinstance(error, msgspec.DecodeError):
        return 400, "invalid_json", "Invalid JSON", f"{error}.", [], [], None
    if isinstance(error, UnicodeDecodeError):
        return 400, "invalid_json", "Invalid JSON", "Expected text in UTF-8.", [], [], None
    if isinstance(error, RecursionError):
        return 400, "invalid_json", "Invalid JSON", "The document is nested too deeply.", [], [], None
    return explain(error, "the body's schema")


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
    return error.status_code, error.problem_code, error.title, detail, headers, [], _encoded(members, label)


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


_AT = re.compile(r"(?P<said>.*?)(?: - at (?:`key` in )?`\$(?P<path>.*)`)?\Z", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[(\.\.\.)\]")
# The same codes as the engine's for parameters (crates/engine/src/params).
_CODES = (
    (re.compile(r"of length <="), "too_long"),
    (re.compile(r"of length >="), "too_short"),
    (re.compile(r"matching regex"), "pattern_mismatch"),
    (re.compile(r"Expected `\w+` >="), "greater_than_equal"),
    (re.compile(r"Expected `\w+` >"), "greater_than"),
    (re.compile(r"Expected `\w+` <="), "less_than_equal"),
    (re.compile(r"Expected `\w+` <"), "less_than"),
    (re.compile(r"Invalid UUID"), "uuid_expected"),
    (re.compile(r"Invalid enum value"), "choice_expected"),
)
_EXPECTED = re.compile(r"Expected `(\w+)(?: \| null)?`, got `")
_FIELD = re.compile(r"Object (missing required|contains unknown) field `(.*)`\Z", re.DOTALL)


def _fault(text: str) -> Fault:
    """Reads msgspec's message.

    >>> _fault("Expected `int`, got `str` - at `$.tags[3].id`")
    (['body', 'tags', 3, 'id'], 'int_expected', 'Expected `int`, got `str`.')
    """
    match = _AT.match(text)
    said, path = (match["said"], match["path"] or "") if match else (text, "")
    loc: list[str | int] = ["body"]
    for name, index, _ in _STEP.findall(path):
        # A value of a mapping comes as `[...]`: msgspec does not say which.
        loc.append(name or (int(index) if index else "*"))
    field = _FIELD.match(said)
    if field:
        return [*loc, field[2]], "missing" if field[1] == "missing required" else "unknown", f"{said}."
    return loc, _code(said), said if said.endswith((".", "!", "?")) else f"{said}."


def _code(said: str) -> str:
    for pattern, code in _CODES:
        if pattern.search(said):
            return code
    expected = _EXPECTED.match(said)
    return f"{expected[1]}_expected" if expected else "invalid"
