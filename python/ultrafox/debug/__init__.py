"""What a developer sees of an error that nobody foresaw, under DEBUG and never without it.

A browser gets a page, `Accept: text/plain` the traceback, everybody else the problem with a member `debug`. Values
under names that Django's SafeExceptionReporterFilter holds for secrets are hidden in all three.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from ultrafox.debug.facts import Facts, gather
from ultrafox.debug.page import POLICY, render
from ultrafox.debug.shown import cut

if TYPE_CHECKING:
    from ultrafox.dispatch import Answer
    from ultrafox.refusals import Refusal
    from ultrafox.request import Request

__all__ = ["shown"]

_LINES = 200
_PLAIN = [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
_HTML = [*_PLAIN, ("Content-Security-Policy", POLICY)]


def shown(
    error: BaseException, request: Request | None, label: str, function: Callable[..., Any] | None
) -> Refusal | Answer:
    """The error in the form that the client prefers. Only to be called under DEBUG; status 500 always."""
    wanted = preferred(_accept(request))
    if wanted == "html":
        facts = gather(error, request, label, function)
        return 500, "text/html; charset=utf-8", _bytes(render(facts)), list(_HTML)
    if wanted == "text":
        return 500, "text/plain; charset=utf-8", _bytes(_text(gather(error, request, label, function))), list(_PLAIN)
    members = {
        "debug": {
            "type": f"{type(error).__module__}.{type(error).__qualname__}",
            "message": _message(error),
            "traceback": _traceback(error),
        }
    }
    return 500, "internal_error", "Internal Server Error", None, [], [], msgspec.json.encode(members)


def preferred(accept: str) -> Literal["html", "text", "json"]:
    """The form that an Accept field (RFC 9110, 12.5.1) names first among those of the highest quality."""
    ranges: list[tuple[float, str]] = []
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        ranges.append((_quality(parameters), name))
    for quality, name in sorted(ranges, key=lambda found: -found[0]):
        if quality == 0:
            break
        if name in ("text/html", "application/xhtml+xml"):
            return "html"
        if name in ("text/plain", "text/*"):
            return "text"
        if name in ("*/*", "application/*") or name.endswith(("/json", "+json")):
            return "json"
    return "json"


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def _accept(request: Request | None) -> str:
    return str(request.headers.get("Accept", "")) if request is not None else ""


def _message(error: BaseException) -> str:
    try:
        return cut(str(error), 2000).encode("utf-8", "backslashreplace").decode()
    except BaseException as broken:
        return f"<its text cannot be shown: {type(broken).__name__}>"


def _traceback(error: BaseException) -> list[str]:
    try:
        # TracebackException never looks at locals; a limit keeps a deep recursion short.
        told = traceback.TracebackException.from_exception(error, limit=-50, compact=True)
        lines = "".join(told.format()).splitlines()
    except BaseException as broken:
        return [f"<the traceback cannot be shown: {type(broken).__name__}>"]
    return [cut(line, 1000).encode("utf-8", "backslashreplace").decode() for line in lines[-_LINES:]]


def _text(facts: Facts) -> str:
    parts = [*_traceback(facts.error), "", f"handler: {facts.handler}", f"request: {facts.method} {facts.url}"]
    if facts.trace_id:
        parts.append(f"trace: {facts.trace_id}")
    parts += [f"sql: {query.sql} ({query.time} s)" for query in facts.queries]
    return "\n".join([*parts, ""])


def _bytes(text: str) -> bytes:
    # Source lines and values may hold halves of surrogate pairs.
    return text.encode("utf-8", "backslashreplace")
