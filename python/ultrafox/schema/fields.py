"""The fields of a schema of any library, for parameters that are grouped in it."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, NotRequired, Required

import msgspec

from ultrafox.annotations import is_model
from ultrafox.markers import MISSING

__all__: list[str] = []


@dataclass(frozen=True, slots=True)
class Field:
    """One field."""

    name: str
    wire: str
    """Its name for clients."""
    annotation: Any
    required: bool
    default: Any
    """MISSING where there is none, or where it is made anew each time."""


def fields_of(schema: Any) -> tuple[Field, ...]:
    """The fields that a value of the schema is made of. Raises TypeError for what has none, NameError as it comes."""
    origin: Any = typing.get_origin(schema) or schema
    if is_model(origin):
        return tuple(_of_model(origin))
    if issubclass(origin, msgspec.Struct):
        return tuple(_of_struct(schema))
    if typing.is_typeddict(origin):
        return tuple(_of_mapping(origin))
    if hasattr(origin, "__attrs_attrs__"):
        return tuple(_of_attrs(origin))
    return tuple(_of_dataclass(origin))


def maker_of(schema: Any) -> Callable[[dict[str, Any]], Any]:
    """What makes a value of its fields, by their names in Python. Raises ValueError for what does not fit."""
    origin: Any = typing.get_origin(schema) or schema
    if is_model(origin):
        by_name = {field.name: field.wire for field in fields_of(schema)}
        return lambda given: schema.model_validate({by_name[name]: value for name, value in given.items()})
    if typing.is_typeddict(origin):
        return dict
    return lambda given: origin(**given)


def is_closed(schema: Any) -> bool:
    """Whether the schema refuses names that it does not know."""
    origin: Any = typing.get_origin(schema) or schema
    if is_model(origin):
        return bool(origin.model_config.get("extra") == "forbid")
    return issubclass(origin, msgspec.Struct) and origin.__struct_config__.forbid_unknown_fields


def _of_struct(schema: Any) -> Iterator[Field]:
    for field in msgspec.structs.fields(schema):
        default = MISSING if field.default is msgspec.NODEFAULT else field.default
        yield Field(field.name, field.encode_name, field.type, field.required, default)


def _of_dataclass(schema: Any) -> Iterator[Field]:
    hints = typing.get_type_hints(schema, include_extras=True)
    for field in dataclasses.fields(schema):
        if field.init:
            default = MISSING if field.default is dataclasses.MISSING else field.default
            required = default is MISSING and field.default_factory is dataclasses.MISSING
            yield Field(field.name, field.name, hints[field.name], required, default)


def _of_attrs(schema: Any) -> Iterator[Field]:
    hints = typing.get_type_hints(schema, include_extras=True)
    for field in schema.__attrs_attrs__:
        if field.init:
            given = repr(field.default) != "NOTHING"
            made = given and hasattr(field.default, "factory")
            default = field.default if given and not made else MISSING
            yield Field(field.name, field.name, hints[field.name], not given, default)


def _of_mapping(schema: Any) -> Iterator[Field]:
    for name, annotation in typing.get_type_hints(schema, include_extras=True).items():
        # `__required_keys__` does not know what annotations say that were texts.
        said = typing.get_origin(annotation)
        required = name in schema.__required_keys__ if said is not NotRequired else False
        if said in (Required, NotRequired):
            annotation = typing.get_args(annotation)[0]
        yield Field(name, name, annotation, required or said is Required, MISSING)


def _of_model(schema: Any) -> Iterator[Field]:
    for name, info in schema.model_fields.items():
        alias = info.validation_alias if isinstance(info.validation_alias, str) else info.alias
        annotation = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
        default = MISSING if info.is_required() or info.default_factory is not None else info.default
        yield Field(name, alias or name, annotation, bool(info.is_required()), default)
