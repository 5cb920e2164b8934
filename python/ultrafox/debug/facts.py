"""What is known of an error: its chain with frames, the request, the handler, the SQL."""

from __future__ import annotations

import inspect
import linecache
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from django.db import connections
from django.views.debug import SafeExceptionReporterFilter, get_exception_reporter_filter

from ultrafox.annotations import place_of
from ultrafox.debug.asked import Asked, asked
from ultrafox.debug.shown import HIDDEN, Shown, cut

if TYPE_CHECKING:
    from ultrafox.request import Request

__all__ = ["Facts", "Frame", "Link", "Query", "gather"]

_FIRST, _LAST = 10, 40
"""Frames of one error that are shown: the outermost and the innermost."""
_ERRORS = 10
_QUERIES = 50
_LOCALS = 40
_AROUND = 4
"""Source lines before and after the one that runs."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One call: its place, the lines around it as (number, text), its locals as (name, text)."""

    file: str
    line: int
    name: str
    source: list[tuple[int, str]]
    values: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Link:
    """One error of the chain; `how` says what it is to the one before it."""

    how: str
    kind: str
    message: str
    frames: list[Frame]
    omitted: int


@dataclass(frozen=True, slots=True)
class Query:
    """A statement, and how many seconds it took, as Django wrote it down."""

    alias: str
    sql: str
    time: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is shown. All texts are bounded and without secrets, and none is escaped for HTML."""

    error: BaseException
    chain: list[Link]
    handler: str
    parameters: list[tuple[str, str]]
    asked: Asked | None
    queries: list[Query]

    @property
    def method(self) -> str:
        """The request's method."""
        return self.asked.method if self.asked else ""

    @property
    def url(self) -> str:
        """The request's URL."""
        return self.asked.url if self.asked else ""

    @property
    def trace_id(self) -> str:
        """What the log names the request by."""
        return self.asked.trace_id if self.asked else ""


class _AlwaysOn(SafeExceptionReporterFilter):
    """Django's own filter rests under DEBUG; `@sensitive_variables` is meant all the same."""

    def is_active(self, request: Any) -> bool:
        return True


def gather(error: BaseException, request: Request | None, label: str, function: Callable[..., Any] | None) -> Facts:
    """Collects what is known, each part for itself: one that cannot be had leaves the others."""
    chosen: Any = get_exception_reporter_filter(request)  # type: ignore[arg-type,unused-ignore]
    rules = _AlwaysOn() if type(chosen) is SafeExceptionReporterFilter else chosen
    shown = Shown(rules)
    return Facts(
        error=error,
        chain=[_link(how, one, shown, rules, request) for how, one in _chain(error)],
        handler=f"{label}: {place_of(function)}" if function is not None else label,
        parameters=_parameters(function),
        asked=asked(request, shown) if request is not None else None,
        queries=_queries(),
    )


def _chain(error: BaseException) -> Iterator[tuple[str, BaseException]]:
    """The error, its causes and contexts, and the parts of groups; each once."""
    waiting: list[tuple[str, BaseException]] = [("", error)]
    seen: set[int] = set()
    while waiting and len(seen) < _ERRORS:
        how, one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield how, one
        if isinstance(one, BaseExceptionGroup):
            waiting += [("a part of it", part) for part in one.exceptions[:_ERRORS]]
        if one.__cause__ is not None:
            waiting.append(("its cause", one.__cause__))
        elif one.__context__ is not None and not one.__suppress_context__:
            waiting.append(("raised while this was handled", one.__context__))


def _link(how: str, error: BaseException, shown: Shown, rules: Any, request: Any) -> Link:
    calls, omitted = _calls(error.__traceback__)
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    try:
        message = cut(str(error), 4000)
    except BaseException as broken:
        message = f"<its text cannot be shown: {type(broken).__name__}>"
    return Link(how, kind, message, [_frame(frame, line, shown, rules, request) for frame, line in calls], omitted)


def _calls(traceback: TracebackType | None) -> tuple[list[tuple[FrameType, int]], int]:
    found: list[tuple[FrameType, int]] = []
    while traceback is not None:
        found.append((traceback.tb_frame, traceback.tb_lineno or 0))
        traceback = traceback.tb_next
    omitted = len(found) - _FIRST - _LAST
    return (found, 0) if omitted <= 0 else (found[:_FIRST] + found[-_LAST:], omitted)


def _frame(frame: FrameType, line: int, shown: Shown, rules: Any, request: Any) -> Frame:
    code = frame.f_code
    return Frame(code.co_filename, line, code.co_name, _source(frame, line), _values(frame, shown, rules, request))


def _source(frame: FrameType, line: int) -> list[tuple[int, str]]:
    try:
        lines = linecache.getlines(frame.f_code.co_filename, frame.f_globals)
    except Exception:
        return []
    first = max(1, line - _AROUND)
    return [
        (number, cut(text.rstrip("\r\n"))) for number, text in enumerate(lines[first - 1 : line + _AROUND], start=first)
    ]


def _values(frame: FrameType, shown: Shown, rules: Any, request: Any) -> list[tuple[str, str]]:
    try:
        pairs = list(rules.get_traceback_frame_variables(request, frame))
    except BaseException as broken:
        return [("…", f"<its variables cannot be shown: {type(broken).__name__}>")]
    # The filter writes its own stars.
    stars = getattr(rules, "cleansed_substitute", HIDDEN)
    return [
        (str(name), HIDDEN if isinstance(value, str) and value == stars else shown.named(name, value))
        for name, value in pairs[:_LOCALS]
    ]


def _parameters(function: Callable[..., Any] | None) -> list[tuple[str, str]]:
    try:
        given = inspect.signature(function).parameters if function is not None else {}
        return [(name, cut(str(parameter))) for name, parameter in given.items()]
    except Exception:
        return []


def _queries() -> list[Query]:
    """The last statements on this thread's connections, which Django notes under DEBUG."""
    found: list[Query] = []
    for connection in connections.all(initialized_only=True):
        for note in list(connection.queries_log)[-_QUERIES:]:
            found.append(Query(connection.alias, cut(str(note.get("sql", "")), 2000), str(note.get("time", ""))))
    return found[-_QUERIES:]
