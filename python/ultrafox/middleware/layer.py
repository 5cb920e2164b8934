"""One layer: what users may name as middleware, read into one form."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import markcoroutinefunction
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from ultrafox.annotations import call_of
from ultrafox.exceptions import DeclarationError

__all__ = ["Layer", "layer", "layers", "remaining", "stack"]

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class Layer:
    """A middleware that is not made yet: `make(get_response)` makes it."""

    target: Any
    """What the user named: a class, a factory, or a function of (request, call_next)."""
    options: Mapping[str, Any] = field(default_factory=dict)
    wraps: bool = False
    """Whether `target` is a function of (request, call_next), not a factory."""

    @property
    def name(self) -> str:
        """The dotted name."""
        found = self.target
        while isinstance(found, functools.partial):
            found = found.func
        found = found if hasattr(found, "__qualname__") else type(found)
        return f"{found.__module__}.{found.__qualname__}"

    @property
    def names(self) -> frozenset[str]:
        """What `@skip_middleware` may call it: dotted or short name, or `rate_limit` for a RateLimitMiddleware."""
        short = self.name.rpartition(".")[2]
        stem = _CAPITAL.sub("_", short.removesuffix("Middleware") or short).lower()
        return frozenset({self.name, short, stem, stem.replace("_", ""), stem.replace("_", "-")})

    @property
    def modes(self) -> tuple[bool, bool]:
        """Whether it can be called, and whether it can be awaited (Django's sync_capable and async_capable)."""
        if self.wraps:
            waits = is_async(self.target)
            return not waits, waits
        if hasattr(self.target, "sync_capable") or hasattr(self.target, "async_capable"):
            return (
                bool(getattr(self.target, "sync_capable", True)),
                bool(getattr(self.target, "async_capable", False)),
            )
        waits = isinstance(self.target, type) and is_async(getattr(self.target, "__call__", None))  # noqa: B004
        return not waits, waits

    def make(self, get_response: Callable[..., Any]) -> Any:
        """The middleware around `get_response`. Raises MiddlewareNotUsed where it takes itself out."""
        if self.wraps:
            return _Wrapped(self.target, get_response, dict(self.options))
        made = self.target(get_response, **self.options)
        if made is None:
            raise ImproperlyConfigured(f"Expected a middleware from {self.name}, given None.")
        return made


class _Wrapped:
    """A function of (request, call_next) as middleware."""

    def __init__(self, function: Callable[..., Any], call_next: Callable[..., Any], options: dict[str, Any]) -> None:
        self._function = function
        self._call_next = call_next
        self._options = options
        if is_async(function):
            markcoroutinefunction(self)

    def __call__(self, request: Any) -> Any:
        return self._function(request, self._call_next, **self._options)


def layers(given: Iterable[Any] | None, place: str) -> tuple[Layer, ...]:
    """Reads `middleware=[…]`; `place` begins the message of a DeclarationError."""
    if given is None:
        return ()
    if isinstance(given, (str, Mapping)) or not isinstance(given, Iterable):
        raise DeclarationError(f"{place}: expected a list for `middleware`, as in middleware=[{given!r}].")
    return tuple(layer(one, place) for one in given)


def layer(given: Any, place: str) -> Layer:
    """Reads one entry. Raises DeclarationError for what is no middleware, and for a name that cannot be imported."""
    if isinstance(given, Layer):
        return given
    target, options = _with_options(given, place)
    if isinstance(target, str):
        target = _imported(target, place)
    while isinstance(target, functools.partial):
        partial: functools.partial[Any] = target
        if partial.args:
            break
        target, options = partial.func, {**partial.keywords, **options}
    if not callable(target):
        raise DeclarationError(
            f"{place}: expected a middleware: a class, a dotted name, a function (request, call_next) or a factory"
            f" (get_response), given {target!r}."
        )
    found = Layer(target, options, _takes_next(target, options, place))
    if found.modes == (False, False):
        raise DeclarationError(
            f"{place}: expected {found.name} to have sync_capable or async_capable set, given neither."
        )
    return found


def stack(*groups: Iterable[Layer]) -> tuple[Layer, ...]:
    """Groups of layers, outermost first, as one list in which each stands once: where it stood first."""
    found: list[Layer] = []
    for group in groups:
        found += [one for one in group if one not in found]
    return tuple(found)


def remaining(given: Sequence[Layer], skipped: Iterable[Any]) -> tuple[Layer, ...]:
    """The layers that are left where a function skips some: by name, class, function, or `"*"` for all."""
    skipped = tuple(skipped)
    if "*" in [one for one in skipped if isinstance(one, str)]:
        return ()
    return tuple(one for one in given if not any(_is_meant(one, name) for name in skipped))


def is_async(function: Any) -> bool:
    """Whether calling it gives something to await."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call_of(function))


def _is_meant(one: Layer, name: Any) -> bool:
    return name in one.names if isinstance(name, str) else name is one.target


def _with_options(given: Any, place: str) -> tuple[Any, dict[str, Any]]:
    if not isinstance(given, tuple):
        return given, {}
    if len(given) != 2 or not isinstance(given[1], Mapping):
        raise DeclarationError(f'{place}: expected (middleware, {{"option": value}}), given {given!r}.')
    return given[0], dict(given[1])


def _imported(name: str, place: str) -> Any:
    try:
        return import_string(name)
    except ImportError as error:
        raise DeclarationError(
            f"{place}: expected the dotted name of a middleware, given {name!r}: {error}."
        ) from error


def _takes_next(target: Any, options: Mapping[str, Any], place: str) -> bool:
    """Whether a target is called with (request, call_next) for each request, not once with (get_response)."""
    if isinstance(target, type):
        return False
    try:
        given = inspect.signature(target).parameters.values()
    except ValueError:
        return False
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    needed = [one for one in given if one.kind in positional and one.default is one.empty and one.name not in options]
    if len(needed) in (1, 2):
        return len(needed) == 2
    if any(one.kind is inspect.Parameter.VAR_POSITIONAL for one in given):
        return False
    raise DeclarationError(
        f"{place}: expected a middleware that takes (request, call_next) or (get_response), given"
        f" {getattr(target, '__qualname__', target)}{inspect.signature(target)}."
    )
