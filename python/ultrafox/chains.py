"""The middleware of a server, each made once however many operations it stands around.

Middleware may keep something (counters, caches, a pool), and expects to be one, as under Django. Operations with the
same layers share a chain; what is inside of it is found by the request.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ultrafox.middleware import Layer, compose

__all__: list[str] = []


class Chains:
    """The chains of one server: one for each list of layers, and for each way of calling it."""

    def __init__(self) -> None:
        self._made: list[tuple[tuple[Layer, ...], bool, Callable[[Any], Any]]] = []

    def around(self, layers: tuple[Layer, ...], is_async: bool) -> Callable[[Any], Any]:
        """The chain of these layers; `request._core` is what stands inside."""
        for made, mode, chain in self._made:
            if made == layers and mode == is_async:
                return chain
        chain = compose(layers, _Inside(is_async), view=_view)
        self._made.append((layers, is_async, chain))
        return chain


class _Inside:
    """The core of whichever operation a request is for."""

    def __init__(self, is_async: bool) -> None:
        self.is_async = is_async

    def function(self, request: Any) -> Any:
        """Never called: `_view` names the operation's own."""
        raise NotImplementedError

    def call(self, request: Any) -> Any:
        """The handler's value, or what is to be awaited for it."""
        return request._core.call(request)

    def finish(self, value: Any, request: Any) -> Any:
        """Any value as a response."""
        return request._core.finish(value, request)

    def explain(self, error: Exception, request: Any) -> Any:
        """An error as a response."""
        return request._core.explain(error, request)


def _view(request: Any) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]:
    core = request._core
    return core.function, (), core.arguments(request)
