"""The one door to schema libraries."""

from __future__ import annotations

import sys
import typing
from collections.abc import Callable
from typing import Any, Protocol

from ultrafox.annotations import is_model
from ultrafox.schema.dump import Dump
from ultrafox.schema.native import NativeAdapter
from ultrafox.schema.shape import Shape

__all__ = ["Adapter", "adapter_for"]


class Adapter(Protocol):
    """What the rest of the package asks of a schema."""

    def decoder(self) -> Callable[[bytes], Any]:
        """What makes JSON a value of the schema: the library's bare function where it can be.

        It raises the library's errors, which `faults.faults_of` takes apart.
        """
        ...

    def unpacker(self) -> Callable[[bytes], Any]:
        """The same for msgpack."""
        ...

    def reader(self) -> Callable[[Any], Any]:
        """The same for builtins, as a parser gives them."""
        ...

    def shape(self) -> Shape:
        """What the engine compares a reply with."""
        ...

    def is_nothing(self) -> bool:
        """Whether None is all that fits."""
        ...

    def convert(self, value: Any) -> Any:
        """A value for the reply that holds what the schema names and nothing else. Raises ValueError for a misfit."""
        ...

    def dump(self, value: Any, options: Dump) -> Any:
        """The same, written out as the options say: builtins that msgspec can encode."""
        ...


def adapter_for(schema: Any) -> Adapter:
    """The adapter of a schema. Raises TypeError for a type that no library knows."""
    if is_pydantic(schema):
        from ultrafox.schema.pydantic import PydanticAdapter

        return PydanticAdapter(schema)
    return NativeAdapter(schema)


def is_pydantic(schema: Any) -> bool:
    """Whether a type is pydantic's, or is made of such: its adapter then reads the whole."""
    if "pydantic" not in sys.modules:
        return False
    if is_model(schema) or hasattr(schema, "__get_pydantic_core_schema__") or _is_dataclass_of_pydantic(schema):
        return True
    if type(schema).__name__ == "TypeAliasType":
        return is_pydantic(schema.__value__)
    if isinstance(schema, typing.NewType):
        return is_pydantic(schema.__supertype__)
    metadata = getattr(schema, "__metadata__", ())
    foreign = any(type(item).__module__.partition(".")[0] in ("pydantic", "annotated_types") for item in metadata)
    return foreign or any(is_pydantic(part) for part in typing.get_args(schema))


def _is_dataclass_of_pydantic(schema: Any) -> bool:
    return isinstance(schema, type) and "__pydantic_core_schema__" in vars(schema)
