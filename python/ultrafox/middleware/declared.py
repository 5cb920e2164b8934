"""`@middleware` and `@skip_middleware`: what a function says about the layers around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ultrafox import policy
from ultrafox.annotations import place_of, plain_function
from ultrafox.exceptions import DeclarationError
from ultrafox.middleware.layer import Layer, layers

__all__ = ["declared_layers", "declared_skips", "middleware", "skip_middleware"]

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def middleware(*given: Any) -> Callable[[Decorated], Decorated]:
    """Puts layers around one handler, inside those of the API and the routers; the first is the outermost.

    Takes what `middleware=[…]` takes.
    """

    def decorate(function: Decorated) -> Decorated:
        policy.attach(function, "middleware", layers(given, place_of(function)))
        return function

    return decorate


def skip_middleware(*names: Any) -> Callable[[Decorated], Decorated]:
    """Leaves layers out for one handler: class, function, dotted or short name, `"cors"`-like slug, `"*"` for all."""
    if not names:
        raise DeclarationError('Expected what to skip, as in @skip_middleware("cors"), given nothing.')
    for name in names:
        if not isinstance(name, str) and not callable(name):
            raise DeclarationError(f"@skip_middleware: expected names, classes or functions, given {name!r}.")

    def decorate(function: Decorated) -> Decorated:
        policy.attach(function, "skip_middleware", names)
        return function

    return decorate


def declared_layers(function: Callable[..., Any]) -> tuple[Layer, ...]:
    """The layers that decorators put around a function, outermost first."""
    # The decorator that stands highest runs last, and is the outermost.
    return tuple(one for group in reversed(_attached(function, "middleware")) for one in group)


def declared_skips(function: Callable[..., Any]) -> tuple[Any, ...]:
    """What decorators leave out for a function."""
    return tuple(name for group in _attached(function, "skip_middleware") for name in group)


def _attached(function: Callable[..., Any], name: str) -> list[tuple[Any, ...]]:
    for holder in (function, plain_function(function)):
        found: dict[str, list[tuple[Any, ...]]] = getattr(holder, "__ultrafox__", {})
        if name in found:
            return list(found[name])
    return []
