"""Models of pydantic, and types made of them. Imported only where pydantic is."""

from __future__ import annotations

import functools
import operator
import typing
from collections import abc
from collections.abc import Callable
from typing import Any

import msgspec
import pydantic
import pydantic_core

from ultrafox.annotations import is_model, is_union
from ultrafox.schema.dump import PLAIN, Dump
from ultrafox.schema.projection import Node, Record, node_of
from ultrafox.schema.shape import NEVER, Shape

__all__: list[str] = []

# Types whose values the ORM may give in another form, as `leaves` turns them.
_LEAVES = (str, int, float, bytes)
_LISTS = (list, set, frozenset, abc.Sequence, abc.Set, abc.Collection, abc.Iterable)


class PydanticAdapter:
    """Decodes and checks by pydantic's own core; what the ORM gives is taken apart as for any other schema."""

    __slots__ = ("_adapter", "_node")

    def __init__(self, schema: Any) -> None:
        try:
            self._adapter: pydantic.TypeAdapter[Any] = pydantic.TypeAdapter(schema)
        except (pydantic.errors.PydanticUserError, pydantic_core.SchemaError) as error:
            raise TypeError(str(error).strip().partition("\n")[0]) from error
        records: dict[Any, Record] = {}
        self._node: Node = node_of(msgspec.inspect.type_info(_mirror(schema, {})), records)
        for mirror, record in records.items():
            wires = mirror.__ultrafox_wires__
            record.fields = tuple((name, wires.get(name, name), node) for name, _, node in record.fields)

    def decoder(self) -> Callable[[bytes], Any]:
        """Pydantic's own parser."""
        validate = self._adapter.validate_json

        def decode(body: bytes) -> Any:
            try:
                return validate(body)
            except pydantic.ValidationError as error:
                # What is no JSON has no other error; a list of very many would be costly to make.
                if error.error_count() == 1 and error.errors(include_input=False)[0]["type"] == "json_invalid":
                    raise msgspec.DecodeError("JSON is malformed") from error
                raise

        return decode

    def unpacker(self) -> Callable[[bytes], Any]:
        """Msgpack to builtins, and those as if they had come as JSON."""
        validate = self._adapter.validate_python
        return lambda body: validate(msgspec.msgpack.decode(body))

    def reader(self) -> Callable[[Any], Any]:
        """Builtins, as a parser gives them."""
        return self._adapter.validate_python

    def shape(self) -> Shape:
        """Pydantic writes its models itself."""
        return NEVER

    def is_nothing(self) -> bool:
        """None alone is no model."""
        return False

    def convert(self, value: Any) -> Any:
        """What pydantic writes of the value, as builtins."""
        return self.dump(value, PLAIN)

    def dump(self, value: Any, options: Dump) -> Any:
        """What pydantic writes of the value in its JSON mode. Raises msgspec.ValidationError for a misfit."""
        try:
            made = self._adapter.validate_python(self._node.project(value), from_attributes=True)
        except pydantic.ValidationError as error:
            raise msgspec.ValidationError(str(error)) from error
        return self._adapter.dump_python(
            made,
            mode="json",
            by_alias=options.by_alias,
            exclude_unset=options.exclude_unset,
            exclude_defaults=options.exclude_defaults,
            exclude_none=options.exclude_none,
            warnings=False,
        )


def _mirror(annotation: Any, made: dict[Any, Any]) -> Any:
    """The type with Structs of the same fields in the place of models, by which rows are read and taken apart."""
    if is_model(annotation):
        return made[annotation] if annotation in made else _mirror_of_model(annotation, made)
    if annotation in _LEAVES or annotation is None or annotation is type(None):
        return annotation
    origin = typing.get_origin(annotation)
    parts = typing.get_args(annotation)
    if origin is typing.Annotated:
        return _mirror(parts[0], made)
    if is_union(annotation):
        return functools.reduce(operator.or_, [_mirror(part, made) for part in parts])
    if origin in _LISTS or (origin is tuple and parts[1:] == (...,)):
        return list[_mirror(parts[0], made)]  # type: ignore[misc]
    if origin is dict:
        return dict[str, _mirror(parts[1], made)]  # type: ignore[misc]
    if isinstance(annotation, typing.NewType):
        return _mirror(annotation.__supertype__, made)
    if type(annotation).__name__ == "TypeAliasType":
        return _mirror(annotation.__value__, made)
    return Any


def _mirror_of_model(model: Any, made: dict[Any, Any]) -> Any:
    if issubclass(model, pydantic.RootModel):
        return Any
    # A model that holds itself is not followed into itself.
    made[model] = Any
    fields: list[Any] = []
    wires: dict[str, str] = {}
    for name, info in model.model_fields.items():
        alias = info.validation_alias if isinstance(info.validation_alias, str) else info.alias
        kind = _mirror(info.annotation, made)
        fields.append((name, kind, msgspec.field(default=msgspec.UNSET)))
        wires[name] = alias or name
        if alias and alias.isidentifier() and alias not in model.model_fields:
            # The attribute of an object may have either name.
            fields.append((alias, kind, msgspec.field(default=msgspec.UNSET)))
    namespace = {"__ultrafox_keeps__": (pydantic.BaseModel,), "__ultrafox_wires__": wires}
    mirror = msgspec.defstruct(model.__name__, fields, kw_only=True, namespace=namespace)
    made[model] = mirror
    return mirror
