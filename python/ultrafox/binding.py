"""A handler's signature on a path: which argument comes from where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ultrafox.plan import BodyPlan, ParamPlan
from ultrafox.sources import (
    BODY,
    REQUEST,
    BodyDescribed,
    Depend,
    Dependency,
    Described,
    Group,
    Part,
    Slot,
    Source,
    Special,
    Take,
)

__all__ = [
    "BODY",
    "REQUEST",
    "Binding",
    "BodyDescribed",
    "Depend",
    "Dependency",
    "Described",
    "Group",
    "Part",
    "Slot",
    "Source",
    "Special",
    "Take",
]


@dataclass(frozen=True, slots=True)
class Binding:
    """A signature on a path."""

    params: tuple[ParamPlan, ...]
    """All parameters: those of the handler, and those of its dependencies."""
    defaults: tuple[Any, ...]
    """For each parameter, what it is when the request does not have it."""
    makes: tuple[Callable[[Any], Any] | None, ...]
    """For each parameter, what turns the given value into the argument's; not called for defaults."""
    choices: tuple[tuple[Any, ...] | None, ...]
    """For each parameter with kind `choice`, the values by place."""
    body: BodyPlan | None
    decoders: tuple[Callable[[bytes], Any], ...]
    """One for each media type that the body may have."""
    exact: Callable[[bytes], Any] | None
    """JSON with whole numbers beyond 64 bits; None where `decoders` are exact themselves."""
    body_default: Any
    slots: tuple[Slot, ...]
    """One for each argument of the function, in order."""
    dependencies: tuple[Dependency, ...]
    """What runs before the function although no argument names it."""
    described: tuple[Described, ...]
    body_described: BodyDescribed | None

    @property
    def direct(self) -> bool:
        """Whether Rust can call the function with the values as they are."""
        return not self.dependencies and all(isinstance(slot.source, Take) for slot in self.slots)

    @property
    def places(self) -> tuple[int, ...]:
        """For each argument REQUEST, BODY or the place of its parameter, where the binding is direct."""
        return tuple(slot.source.place for slot in self.slots if isinstance(slot.source, Take))
