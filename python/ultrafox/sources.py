"""What an argument of a handler or of a dependency is made of, decided once at start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from ultrafox.markers import Mark

__all__: list[str] = []

REQUEST = -1
BODY = -2

Way = Literal["def", "async", "generator", "asyncgenerator"]
"""How a dependency is called: the last two yield once, and go on after the reply."""


@dataclass(frozen=True, slots=True)
class Take:
    """One value as Rust gives it."""

    place: int
    """REQUEST, BODY, or the place of a parameter in the plan."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of several bodies: this attribute of the decoded body."""

    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """Parameters grouped in one value: a schema, or a single parameter whose default is made anew each time."""

    schema: Any
    fields: tuple[tuple[str, int], ...]
    """The name of each field and the place of its parameter in the plan."""
    build: Callable[[dict[str, Any]], Any]
    """Makes the value of the fields that the request has. Raises RequestValidationError."""
    closed: bool = False
    """Whether other names than these in the same place of the request are refused."""


@dataclass(frozen=True, slots=True)
class Special:
    """Something that the runner makes: the context, or a response whose headers and cookies join the reply."""

    what: Literal["ctx", "response"]


@dataclass(frozen=True, slots=True)
class Depend:
    """What a dependency returns or yields."""

    dependency: Dependency


Source = Take | Part | Group | Depend | Special


@dataclass(frozen=True, slots=True)
class Slot:
    """One argument."""

    name: str
    keyword_only: bool
    source: Source


@dataclass(frozen=True, slots=True, eq=False)
class Dependency:
    """A function whose value an argument is. The same object stands wherever its value may be shared."""

    function: Callable[..., Any]
    kind: Way
    slots: tuple[Slot, ...]
    cached: bool
    """Whether one request calls it once; else every argument that names it does."""


@dataclass(frozen=True, slots=True)
class Described:
    """A parameter, for the OpenAPI document."""

    name: str
    """On the wire; a header as it is written by people."""
    source: Literal["path", "query", "header", "cookie", "form", "file"]
    annotation: Any
    """With its Annotated metadata."""
    required: bool
    default: Any
    """MISSING where there is none, or none that stays the same."""
    mark: Mark | None
    group: str | None
    """The argument that it is a field of."""


@dataclass(frozen=True, slots=True)
class BodyDescribed:
    """The body, for the OpenAPI document; the fields of a form are among the parameters."""

    kind: Literal["document", "form"]
    required: bool
    annotation: Any
    """The schema; of several bodies, a dict of their names; MISSING for forms."""
    consumes: tuple[str, ...]
    mark: Mark | None
