"""What the document is drawn from, apart from the API: so that it can be drawn from anything else in tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ultrafox.plan import BodyPlan, ErrorStyle, ParamPlan
from ultrafox.schema.dump import PLAIN, Dump
from ultrafox.sources import BodyDescribed, Described

__all__: list[str] = []

Schema = dict[str, Any]
"""A JSON Schema, or any other object of the document."""


class Bound(Protocol):
    """A signature on a path: `binding.Binding`."""

    @property
    def params(self) -> tuple[ParamPlan, ...]: ...
    @property
    def choices(self) -> tuple[tuple[Any, ...] | None, ...]: ...
    @property
    def body(self) -> BodyPlan | None: ...
    @property
    def described(self) -> tuple[Described, ...]: ...
    @property
    def body_described(self) -> BodyDescribed | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """One operation, as far as the document shows it."""

    method: str
    path: str
    """With the prefixes; a parameter for the rest of a path looks like any other."""
    name: str
    function: Callable[..., Any]
    place: str
    """Where the handler stands, as the beginning of a refusal."""
    bound: Bound
    replies: tuple[tuple[int | str, Any], ...]
    """Statuses ("4XX" and "default" among them) with a type; None for no body, UNANNOTATED for anything."""
    produces: tuple[str, ...] = ()
    dump: Dump = PLAIN
    errors: ErrorStyle = "problem"
    tags: Sequence[str] = ()
    summary: str | None = None
    description: str | None = None
    operation_id: str | None = None
    deprecated: bool = False
    extra: Mapping[str, Any]
