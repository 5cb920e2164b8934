"""The schemas that msgspec knows."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import msgspec

from ultrafox.schema.choices import choice_of
from ultrafox.schema.dump import PLAIN, Dump, written
from ultrafox.schema.plain import Plain, plain_of
from ultrafox.schema.projection import Node, Record, node_of
from ultrafox.schema.shape import NEVER, Shape, shape_of
from ultrafox.schema.trust import trusting

__all__: list[str] = []


class NativeAdapter:
    """Struct, dataclass, TypedDict, and whatever else msgspec decodes. Made at start."""

    __slots__ = ("_decoder", "_info", "_is_written", "_node", "_plain", "_schema", "_validates")

    def __init__(self, schema: Any) -> None:
        self._schema = schema
        self._info = msgspec.inspect.type_info(schema)
        records: dict[Any, Record] = {}
        self._node: Node = node_of(self._info, records)
        self._is_written = any(getattr(cls, "__ultrafox_computed__", None) or _leaves_defaults(cls) for cls in records)
        self._validates = any(getattr(cls, "__ultrafox_validators__", None) for cls in records)
        self._plain: Plain | None = plain_of(self._node)
        # Also finds what msgspec refuses in a reply: two untagged Structs in one union.
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(schema, dec_hook=choice_of)

    def decoder(self) -> Callable[[bytes], Any]:
        """A bound method of C, nothing around it."""
        return self._decoder.decode

    def unpacker(self) -> Callable[[bytes], Any]:
        """The same for msgpack."""
        return msgspec.msgpack.Decoder(self._schema, dec_hook=choice_of).decode

    def reader(self) -> Callable[[Any], Any]:
        """The same for builtins, whose types must be right already."""
        return functools.partial(msgspec.convert, type=self._schema, dec_hook=choice_of)

    def shape(self) -> Shape:
        """The types of the reply's parts; what msgspec would not write whole is always written anew."""
        return NEVER if self._is_written else shape_of(self._info)

    def is_nothing(self) -> bool:
        """The schema of a handler that is annotated with `-> None`."""
        return isinstance(self._info, msgspec.inspect.NoneType)

    def convert(self, value: Any) -> Any:
        """Takes what the schema names out of the value, and checks it."""
        made = self.made(value)
        return written(made, PLAIN) if self._is_written else made

    def dump(self, value: Any, options: Dump) -> Any:
        """The same, written out as the options say.

        A field counts as set when the value has it: the key of a mapping, an attribute of an object, a column of a row.
        """
        if not options.exclude_unset:
            return written(self.made(value), options)
        given = self._node.project(value)
        return written(self._checked(given), options, given)

    def made(self, value: Any) -> Any:
        """The value as instances of the schema.

        Two steps, because `msgspec.convert` alone passes an instance on with all that is inside, also what a subclass
        added. Rows of the database have nothing inside, and one step is enough where they fit as they are.
        """
        if self._plain is not None:
            value = self._plain.read(value)
            if self._plain.is_certain(value):
                try:
                    return self._checked(value, from_attributes=True)
                except msgspec.ValidationError:
                    # A number where the schema says str: the projection knows what to do about it.
                    pass
        return self._checked(self._node.project(value))

    def _checked(self, value: Any, *, from_attributes: bool = False) -> Any:
        if self._validates:
            return trusting(functools.partial(self._converted, value, from_attributes))
        return self._converted(value, from_attributes)

    def _converted(self, value: Any, from_attributes: bool) -> Any:
        return msgspec.convert(value, self._schema, from_attributes=from_attributes, dec_hook=choice_of)


def _leaves_defaults(cls: Any) -> bool:
    """Whether msgspec writes its own instances of a dataclass without fields: a default stays in the class."""
    cls = getattr(cls, "__origin__", cls)
    if not dataclasses.is_dataclass(cls):
        return False
    slots = getattr(cls, "__slots__", ())
    return any(one.default is not dataclasses.MISSING and one.name not in slots for one in dataclasses.fields(cls))
