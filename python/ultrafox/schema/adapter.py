"""The one door to schema libraries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from ultrafox.schema.native import NativeAdapter
from ultrafox.schema.shape import Shape

__all__ = ["Adapter", "adapter_for"]


class Adapter(Protocol):
    """What the rest of the package asks of a schema."""

    def decoder(self) -> Callable[[bytes], Any]:
        """What makes JSON a value of the schema: the library's bare function where it can be.

        It raises msgspec's errors.
        """
        ...

    def shape(self) -> Shape:
        """What the engine compares a reply with."""
        ...

    def is_nothing(self) -> bool:
        """Whether None is all that fits."""
        ...

    def convert(self, value: Any) -> Any:
        """A value for the reply that holds what the schema names and nothing else. Raises ValueError for a misfit."""


def adapter_for(schema: Any) -> Adapter:
    """The adapter of a schema. Raises TypeError for a type that no library knows."""
    return NativeAdapter(schema)
