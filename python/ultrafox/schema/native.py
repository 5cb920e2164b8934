"""The schemas that msgspec knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ultrafox.schema.projection import Node, node_of
from ultrafox.schema.shape import Shape, shape_of

__all__: list[str] = []


class NativeAdapter:
    """Struct, dataclass, TypedDict, and whatever else msgspec decodes. Made at start."""

    __slots__ = ("_info", "_node", "_schema")

    def __init__(self, schema: Any) -> None:
        self._schema = schema
        self._info = msgspec.inspect.type_info(schema)
        self._node: Node = node_of(self._info)

    def decoder(self) -> Callable[[bytes], Any]:
        """A bound method of C, nothing around it."""
        return msgspec.json.Decoder(self._schema).decode

    def shape(self) -> Shape:
        """The types of the reply's parts."""
        return shape_of(self._info)

    def convert(self, value: Any) -> Any:
        """Takes what the schema names out of the value, and checks it.

        Two steps, because `msgspec.convert` alone passes an instance on with all that is inside, also what a subclass
        added.
        """
        return msgspec.convert(self._node.project(value), self._schema)
