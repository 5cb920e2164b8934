"""What a project answers to exceptions of its handlers, instead of a problem.

    @api.exception_handler(OutOfStock)
    def out_of_stock(request, exc):
        return 409, {"left": exc.left}

The class that is nearest in the exception's MRO decides. A handler of a status stands behind every class but
`HTTPException`, `HttpError` and `Exception`: it is asked for `HTTPException(418)` and for whatever else would be
answered with that status, such as Http404.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

from asgiref.sync import async_to_sync, sync_to_async

from ultrafox.annotations import call_of, place_of
from ultrafox.exceptions import DeclarationError, HttpError, HTTPException

if TYPE_CHECKING:
    from ultrafox.dispatch import Answer
    from ultrafox.request import Request

__all__ = ["ExceptionHandlers", "Finish", "register_exception_handlers"]

Handler = Callable[[Any, Any], Any]
Finish = Callable[[object, "Request | None", int], "Answer"]
"""Makes an answer of what an exception handler returned: (value, request, the status where the value names none)."""
Decorated = TypeVar("Decorated", bound=Callable[..., Any])

logger = logging.getLogger("ultrafox.request")

_GENERAL = (HTTPException, HttpError, Exception)


class ExceptionHandlers:
    """The exception handlers of one API, by class and by status."""

    __slots__ = ("_classes", "_statuses")

    def __init__(self) -> None:
        self._classes: dict[type[Exception], Handler] = {}
        self._statuses: dict[int, Handler] = {}

    def __bool__(self) -> bool:
        return bool(self._classes or self._statuses)

    @property
    def wait(self) -> bool:
        """Whether one of them is `async def`."""
        return any(map(inspect.iscoroutinefunction, (*self._classes.values(), *self._statuses.values())))

    def add(self, kind: type[Exception] | int, handler: Handler) -> None:
        """Answers exceptions of a class, or those that end in a status (300 to 599), by `handler(request, exc)`.

        Raises DeclarationError for what no exception can meet. The last one that is added for a kind counts.
        """
        _check_handler(handler)
        if isinstance(kind, type) and issubclass(kind, Exception):
            self._classes[kind] = handler
        elif _is_status(kind):
            self._statuses[int(kind)] = handler
        else:
            raise DeclarationError(
                f"{place_of(handler)}: expected a class of exceptions or a status from 300 to 599, as in"
                f" @api.exception_handler(KeyError), given {kind!r}."
            )

    def register(self, kind: type[Exception] | int) -> Callable[[Decorated], Decorated]:
        """`add` as a decorator."""

        def decorate(handler: Decorated) -> Decorated:
            self.add(kind, handler)
            return handler

        return decorate

    def find(self, error: BaseException, status: int = 500) -> Handler | None:
        """The handler for an error that would be answered with `status`."""
        for kind in type(error).__mro__:
            if kind in _GENERAL and status in self._statuses:
                return self._statuses[status]
            if kind in self._classes:
                return self._classes[kind]
        return None

    def run(self, handler: Handler, request: Request | None, error: Exception, label: str) -> Any:
        """The value of a handler, from code that cannot await: an `async def` may wait only off the event loop."""
        value = handler(request, error)
        if not inspect.iscoroutine(value):
            return value
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return async_to_sync(_awaited)(value)
        return _stepped(value, label)

    async def arun(self, handler: Handler, request: Request | None, error: Exception) -> Any:
        """The value of a handler; one that is `def` runs on a thread."""
        if inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(call_of(handler)):
            return await handler(request, error)
        return await sync_to_async(handler, thread_sensitive=True)(request, error)


async def _awaited(value: Coroutine[Any, Any, Any]) -> Any:
    return await value


def _stepped(value: Coroutine[Any, Any, Any], label: str) -> Any:
    """Runs a coroutine up to its end, which it must reach without waiting."""
    try:
        value.send(None)
    except StopIteration as ended:
        return ended.value
    value.close()
    name = str(getattr(value, "__qualname__", value))
    logger.error("%s: the exception handler %s waits, which it cannot here. Declare it with `def`.", label, name)
    raise RuntimeError(f"Expected an exception handler that does not wait here, given {name}. Declare it with `def`.")


def register_exception_handlers(api: Any) -> None:
    """Gives all errors of an API the shape `{"ok": false, "error": …, "code": …}`."""
    from ultrafox.api import API

    if not isinstance(api, API):
        raise DeclarationError(f"register_exception_handlers: expected an API, given {api!r}.")
    api.errors = "boost"


def _is_status(kind: Any) -> TypeGuard[int]:
    return isinstance(kind, int) and not isinstance(kind, bool) and 300 <= kind <= 599


def _check_handler(handler: Any) -> None:
    if not callable(handler) or isinstance(handler, type):
        raise DeclarationError(f"Expected a function (request, exc) as exception handler, given {handler!r}.")
    try:
        inspect.signature(handler).bind(None, None)
    except ValueError:
        return  # Written in C: it does not say.
    except TypeError:
        raise DeclarationError(
            f"{place_of(handler)}: expected an exception handler that takes (request, exc), given"
            f" {inspect.signature(handler)}."
        ) from None
