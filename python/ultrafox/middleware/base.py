"""A base for own middleware: hooks before and after the handler, and on its errors."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ClassVar

from asgiref.sync import markcoroutinefunction, sync_to_async

__all__ = ["BaseMiddleware", "Middleware"]

_HOOKS = ("process_request", "process_response", "process_exception")


class Middleware:
    """Middleware with hooks; each may be `def` or `async def`, and any may be left out.

        class Clock(Middleware):
            def process_request(self, request): request.state["started"] = time.perf_counter()
            def process_response(self, request, response):
                response["X-Seconds"] = f"{time.perf_counter() - request.state['started']:.6f}"
                return response

    `process_request(request)` may answer by itself, or call or await `self.get_response(request)` and return that.
    `process_response(request, response)` may return None for the response as it is. `process_exception(request, exc)`
    sees what the handler raised and may answer it. Options come as keywords. With one hook that is `async def` the
    whole class runs on the event loop, and hooks that are `def` on a thread.
    """

    sync_capable: ClassVar[bool] = True
    async_capable: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        waits = any(inspect.iscoroutinefunction(getattr(cls, hook, None)) for hook in _HOOKS)
        cls.sync_capable, cls.async_capable = not waits, waits

    def __init__(self, get_response: Callable[..., Any], **options: Any) -> None:
        self.get_response = get_response
        self.options = options
        for name, value in options.items():
            setattr(self, name, value)
        if self.async_capable:
            markcoroutinefunction(self)

    def process_request(self, request: Any) -> Any:
        """What to do before the handler; anything but None is the response."""

    def process_response(self, request: Any, response: Any) -> Any:
        """What to do with the response; None leaves it."""

    def __call__(self, request: Any) -> Any:
        if self.async_capable:
            return self._awaited(request)
        response = self.process_request(request)
        if response is None:
            response = self.get_response(request)
        changed = self.process_response(request, response)
        return response if changed is None else changed

    async def _awaited(self, request: Any) -> Any:
        response = await _run(self.process_request, request)
        if response is None:
            response = await self.get_response(request)
        changed = await _run(self.process_response, request, response)
        return response if changed is None else changed


BaseMiddleware = Middleware


async def _run(hook: Callable[..., Any], *arguments: Any) -> Any:
    if inspect.iscoroutinefunction(hook):
        return await hook(*arguments)
    if getattr(hook, "__func__", None) in (Middleware.process_request, Middleware.process_response):
        # It is not overridden: a thread would do nothing.
        return None
    return await sync_to_async(hook, thread_sensitive=True)(*arguments)
