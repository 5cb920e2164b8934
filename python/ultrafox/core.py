"""What stands inside all middleware of an operation: its dependencies, its handler, its reply."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from asgiref.sync import sync_to_async
from django.http.response import HttpResponseBase

from ultrafox import _core
from ultrafox.answers import response_of
from ultrafox.binding import Binding
from ultrafox.plan import ErrorStyle
from ultrafox.refusals import INTERNAL, Explainer
from ultrafox.reply import Reply
from ultrafox.runner import Runner

__all__: list[str] = []

ANSWER = 4
"""Members of an answer; a refusal has more."""


faults: ContextVar[list[BaseException] | None] = ContextVar("ultrafox_faults", default=None)
"""Where errors are put that became a 500 inside middleware, for the test client to raise."""


def handling(function: Callable[..., Any], explainer: Explainer, style: ErrorStyle) -> Callable[..., Any]:
    """An async runner whose errors go to exception handlers that may wait."""

    async def handled(request: Any, *values: Any) -> Any:
        try:
            return await function(request, *values)
        except Exception as error:
            if not explainer.has_handler(error):
                raise
            told: Any = await explainer.aexplain(error, request)
            return response_of(told if len(told) == ANSWER else _core.render(told, style, request.trace_id))

    return handled


class Core:
    """Made at start for one operation that has middleware."""

    def __init__(
        self,
        function: Callable[..., Any],
        runner: Runner,
        reply: Reply,
        explainer: Explainer,
        binding: Binding,
        style: ErrorStyle,
    ) -> None:
        self.function = function
        self.is_async = runner.is_async
        self._run = runner.function
        self._reply = reply
        self._explainer = explainer
        self._style = style
        self._path = tuple((param.name, place) for place, param in enumerate(binding.params) if param.source == "path")

    def around(self, chain: Callable[[Any], Any]) -> Callable[..., Any]:
        """The function that Rust calls: it keeps the values for `call`, which the chain reaches by the request."""

        def enter(request: Any, *values: Any) -> Any:
            request._core = self
            request._values = values
            return chain(request)

        async def aenter(request: Any, *values: Any) -> Any:
            return await enter(request, *values)

        return aenter if self.is_async else enter

    def arguments(self, request: Any) -> dict[str, Any]:
        """What the handler gets of the path."""
        return {name: request._values[place] for name, place in self._path}

    def call(self, request: Any) -> Any:
        """The handler's value, or what is to be awaited for it."""
        return self._run(request, *request._values)

    def finish(self, value: Any, request: Any) -> Any:
        """Any value as a response."""
        if self.is_async and self._reply.blocks(value):
            return sync_to_async(self._reply.respond)(value, request._accepted, request)
        return self._reply.respond(value, request._accepted, request)

    def explain(self, error: Exception, request: Any) -> Any:
        """An error as a response, or what is to be awaited for it."""
        if self.is_async:
            return self._aexplain(error, request)
        return self._response(self._explainer.explain(error, request), request, error)

    async def _aexplain(self, error: Exception, request: Any) -> HttpResponseBase:
        return self._response(await self._explainer.aexplain(error, request), request, error)

    def _response(self, told: Any, request: Any, error: Exception) -> HttpResponseBase:
        if len(told) == ANSWER:
            return response_of(told)
        noted = faults.get()
        if noted is not None and told[1] == INTERNAL[1]:
            noted.append(error)
        return response_of(_core.render(told, self._style, request.trace_id))
