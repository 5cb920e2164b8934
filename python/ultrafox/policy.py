"""What is declared about operations beside their signature: by keywords of API, Router and operation, or by decorators.

The nearest wins; lists (tags, middleware, dependencies) are joined from the outside in. A decorator only leaves a note
on the function, so its place among other decorators does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from ultrafox.annotations import plain_function

__all__: list[str] = []

NOTES = "__ultrafox__"

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What holds for an operation. None and empty where nothing is said."""

    tags: tuple[str, ...] = ()
    middleware: tuple[Any, ...] = ()
    dependencies: tuple[Any, ...] = ()
    renderers: tuple[Any, ...] | None = None
    parsers: tuple[Any, ...] | None = None
    compress: bool | None = None
    by_alias: bool | None = None
    exclude_unset: bool | None = None
    exclude_defaults: bool | None = None
    exclude_none: bool | None = None
    include_in_schema: bool | None = None
    deprecated: bool | None = None

    def within(self, outer: Policy) -> Policy:
        """This policy inside another."""
        chosen = {
            field.name: getattr(outer, field.name)
            for field in fields(self)
            if getattr(self, field.name) is None and getattr(outer, field.name) is not None
        }
        return replace(
            self,
            tags=tuple(dict.fromkeys((*outer.tags, *self.tags))),
            middleware=(*outer.middleware, *self.middleware),
            dependencies=(*outer.dependencies, *self.dependencies),
            **chosen,
        )


KEYWORDS = tuple(field.name for field in fields(Policy))


def policy_of(given: Mapping[str, Any]) -> Policy:
    """The policy that keywords declare."""
    return Policy(**{name: _frozen(given[name]) for name in KEYWORDS if name in given})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, (list, set, tuple)) else value


def attach(function: F, name: str, value: Any) -> F:
    """Leaves a note on a function."""
    plain = plain_function(function)
    notes: dict[str, list[Any]] = plain.__dict__.setdefault(NOTES, {})
    notes.setdefault(name, []).append(value)
    return function


def attached(function: Callable[..., Any], name: str) -> tuple[Any, ...]:
    """The notes of a name, the outermost decorator's first."""
    notes: Mapping[str, Iterable[Any]] = getattr(plain_function(function), NOTES, {})
    return tuple(reversed(tuple(notes.get(name, ()))))


def no_compress(function: F) -> F:
    """Sends the operation's answer as it is, whatever codings the client accepts."""
    return attach(function, "compress", False)
