"""Layers around a core, as Django's BaseHandler builds them around a view."""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from asgiref.sync import async_to_sync, sync_to_async
from django.core.exceptions import MiddlewareNotUsed
from django.http.response import HttpResponseBase

from ultrafox.middleware.layer import Layer, is_async

__all__ = ["Core", "View", "compose"]

logger = logging.getLogger("ultrafox.request")

View = Callable[[Any], tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]]
"""The function, the positional and the named arguments that process_view is told of a request."""
Chain = Callable[[Any], Any]


class Core(Protocol):
    """What stands inside all layers: dependencies, function, reply."""

    @property
    def is_async(self) -> bool:
        """Whether `call` gives something to await, and with it the whole chain."""
        ...

    @property
    def function(self) -> Callable[..., Any]:
        """The user's function, for process_view."""
        ...

    def call(self, request: Any) -> Any:
        """The function's value. May raise."""
        ...

    def finish(self, value: Any, request: Any) -> Any:
        """Any value as a response; in an async core it may give something to await. May raise."""
        ...

    def explain(self, error: Exception, request: Any) -> Any:
        """An error as a response; in an async core it may give something to await."""
        ...


def compose(
    layers: Sequence[Layer], core: Core, *, view: View | None = None
) -> Callable[[Any], HttpResponseBase | Awaitable[HttpResponseBase]]:
    """One function of a request: the layers, outermost first, around a core; async where the core is.

    A layer of the other mode is adapted by asgiref, as in Django. An exception becomes a response at the boundary of
    the layer that raised it. process_view, process_exception and process_template_response act as in Django:
    the first from the outside inwards, the others from the inside outwards. MiddlewareNotUsed takes a layer out.
    """
    hooks = Hooks(core, view or functools.partial(_named, core))
    chain: Chain = _boundary(hooks.run_async if core.is_async else hooks.run, core, core.is_async)
    mode = core.is_async
    for one in reversed(layers):
        can_sync, can_async = one.modes
        wanted = False if can_sync and not mode else can_async
        inner = _adapted(chain, mode, wanted)
        try:
            made = one.make(inner)
        except MiddlewareNotUsed as unused:
            logger.debug("%s is not used: %s", one.name, unused)
            continue
        hooks.take(made)
        chain, mode = _boundary(_checked(made, one, wanted), core, wanted), wanted
    return _adapted(chain, mode, core.is_async)


class Hooks:
    """The core with the hooks that layers have for what happens inside all of them."""

    def __init__(self, core: Core, view: View) -> None:
        self._core = core
        self._of_view = view
        self._views: list[Callable[..., Any]] = []
        self._errors: list[Callable[..., Any]] = []
        self._templates: list[Callable[..., Any]] = []

    def take(self, made: Any) -> None:
        """Takes the hooks of a layer that stands around all that were taken before."""
        if hasattr(made, "process_view"):
            self._views.insert(0, made.process_view)
        if hasattr(made, "process_exception"):
            self._errors.append(made.process_exception)
        if hasattr(made, "process_template_response"):
            self._templates.append(made.process_template_response)

    def run(self, request: Any) -> HttpResponseBase:
        """The response of a core that is called."""
        for hook in self._views:
            answer = _called(hook, request, *self._of_view(request))
            if answer is not None:
                return _response(answer, hook)
        try:
            value = self._core.call(request)
        except Exception as error:
            value = self._answered(error, request)
        if _is_template(value):
            value = self._rendered(value, request)
        response: HttpResponseBase = self._core.finish(value, request)
        return response

    def _answered(self, error: Exception, request: Any) -> HttpResponseBase:
        for hook in self._errors:
            answer = _called(hook, request, error)
            if answer is not None:
                return _response(answer, hook)
        raise error

    def _rendered(self, value: Any, request: Any) -> Any:
        for hook in self._templates:
            value = _response(_called(hook, request, value), hook)
        try:
            return value.render() if _is_template(value) else value
        except Exception as error:
            return self._answered(error, request)

    async def run_async(self, request: Any) -> HttpResponseBase:
        """The response of a core that is awaited."""
        for hook in self._views:
            answer = await _awaited(hook, request, *self._of_view(request))
            if answer is not None:
                return _response(answer, hook)
        try:
            value = await self._core.call(request)
        except Exception as error:
            value = await self._answered_async(error, request)
        if _is_template(value):
            value = await self._rendered_async(value, request)
        return await _settled(self._core.finish(value, request))

    async def _answered_async(self, error: Exception, request: Any) -> HttpResponseBase:
        for hook in self._errors:
            answer = await _awaited(hook, request, error)
            if answer is not None:
                return _response(answer, hook)
        raise error

    async def _rendered_async(self, value: Any, request: Any) -> Any:
        for hook in self._templates:
            value = _response(await _awaited(hook, request, value), hook)
        try:
            return await _awaited(value.render) if _is_template(value) else value
        except Exception as error:
            return await self._answered_async(error, request)


def _named(core: Core, request: Any) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]:
    match = getattr(request, "resolver_match", None)
    return core.function, (), dict(match.kwargs) if match is not None else {}


def _is_template(value: Any) -> bool:
    return isinstance(value, HttpResponseBase) and callable(getattr(value, "render", None))


def _called(hook: Callable[..., Any], *arguments: Any) -> Any:
    return (async_to_sync(hook) if is_async(hook) else hook)(*arguments)


async def _awaited(hook: Callable[..., Any], *arguments: Any) -> Any:
    return await (hook if is_async(hook) else sync_to_async(hook, thread_sensitive=True))(*arguments)


def _adapted(chain: Chain, mode: bool, wanted: bool) -> Chain:
    if mode == wanted:
        return chain
    return sync_to_async(chain, thread_sensitive=True) if wanted else async_to_sync(chain)


def _checked(made: Chain, one: Layer, mode: bool) -> Chain:
    """The layer, refused where it gives anything but a response."""
    if mode:

        async def checked_async(request: Any) -> HttpResponseBase:
            return _response(await made(request), one.name)

        return checked_async
    return lambda request: _response(made(request), one.name)


def _response(given: Any, source: Any) -> HttpResponseBase:
    if isinstance(given, HttpResponseBase):
        return given
    name = source if isinstance(source, str) else getattr(source, "__qualname__", repr(source))
    if asyncio.iscoroutine(given):
        given.close()
        raise TypeError(
            f"{name} returned a coroutine that nobody awaits. Declare it with `async def`, or put"
            " django.utils.decorators.async_only_middleware over its factory."
        )
    raise TypeError(
        f"Expected a response from the middleware {name}, given {type(given).__name__}."
        " Return what call_next(request) gave, or a Response."
    )


def _boundary(chain: Chain, core: Core, mode: bool) -> Chain:
    """No exception leaves: the next layer outside gets a response."""
    if mode:

        async def told_async(request: Any) -> HttpResponseBase:
            try:
                response: HttpResponseBase = await chain(request)
            except Exception as error:
                response = await _settled(core.explain(error, request))
            return response

        return told_async

    def told(request: Any) -> HttpResponseBase:
        try:
            response: HttpResponseBase = chain(request)
        except Exception as error:
            given = core.explain(error, request)
            # An async core, and a layer of it that is not.
            response = async_to_sync(_settled)(given) if inspect.isawaitable(given) else given
        return response

    return told


async def _settled(given: Any) -> HttpResponseBase:
    response: HttpResponseBase = await given if inspect.isawaitable(given) else given
    return response
