"""What the engine compares a reply with, to see at once that it fits its schema exactly.

A shape is a nested tuple:

    ("any",)                                     every value
    ("exact", (type, ...))                       a value of exactly one of these types
    ("list", item) · ("dict", value)             exactly a list; exactly a dict whose keys are exactly str
    ("struct", cls, (("field", shape), ...))     exactly that class, and each field fits
    ("union", (shape, ...))                      one of them fits
    ("never",)                                   nothing fits: the reply goes the long way and is rebuilt

Types alone are compared. Constraints (msgspec.Meta) and Literal values are checked where a reply is rebuilt.
"""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import inspect

__all__: list[str] = []

Shape = tuple[Any, ...]

ANY: Shape = ("any",)
NEVER: Shape = ("never",)

EXACT: dict[type[inspect.Type], tuple[type, ...]] = {
    inspect.NoneType: (type(None),),
    inspect.BoolType: (bool,),
    inspect.IntType: (int,),
    inspect.FloatType: (float, int),
    inspect.StrType: (str,),
    inspect.BytesType: (bytes,),
    inspect.DateTimeType: (datetime.datetime,),
    inspect.DateType: (datetime.date,),
    inspect.TimeType: (datetime.time,),
    inspect.TimeDeltaType: (datetime.timedelta,),
    inspect.UUIDType: (uuid.UUID,),
    inspect.DecimalType: (decimal.Decimal,),
    inspect.RawType: (msgspec.Raw,),
}


def shape_of(info: inspect.Type, within: tuple[Any, ...] = ()) -> Shape:
    """The shape of a type; `within` are the classes around it, for a class that holds itself has no shape."""
    if isinstance(info, inspect.Metadata):
        return shape_of(info.type, within)
    exact = EXACT.get(type(info))
    if exact:
        return ("exact", exact)
    match info:
        case inspect.AnyType():
            return ANY
        case inspect.EnumType() | inspect.CustomType():
            return ("exact", (info.cls,))
        case inspect.LiteralType():
            return ("exact", tuple(dict.fromkeys(type(value) for value in info.values)))
        case inspect.ListType():
            return _wrap("list", shape_of(info.item_type, within))
        case inspect.DictType() if isinstance(info.key_type, inspect.StrType):
            return _wrap("dict", shape_of(info.value_type, within))
        case inspect.UnionType():
            return _union([shape_of(member, within) for member in info.types])
        case inspect.StructType() | inspect.DataclassType():
            return _record(info, within)
        case _:
            return NEVER


def _record(info: inspect.StructType | inspect.DataclassType, within: tuple[Any, ...]) -> Shape:
    if info.cls in within:
        return NEVER
    fields = tuple((field.name, shape_of(field.type, (*within, info.cls))) for field in info.fields)
    if any(shape == NEVER for _, shape in fields):
        return NEVER
    # The class of `Page[Item]` is Page: its instances do not know their parameter, the fields do.
    return ("struct", getattr(info.cls, "__origin__", info.cls), fields)


def _wrap(name: str, inner: Shape) -> Shape:
    return NEVER if inner == NEVER else (name, inner)


def _union(shapes: Iterable[Shape]) -> Shape:
    """One shape for several, with all exact types in one test; what can never fit is left out."""
    types: dict[type, None] = {}
    others: list[Shape] = []
    for shape in shapes:
        if shape == ANY:
            return ANY
        if shape[0] == "exact":
            types.update(dict.fromkeys(shape[1]))
        elif shape != NEVER and shape not in others:
            others.append(shape)
    if types:
        others.insert(0, ("exact", tuple(types)))
    if not others:
        return NEVER
    return others[0] if len(others) == 1 else ("union", tuple(others))
