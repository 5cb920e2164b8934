from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import uuid
from typing import Annotated, Any, Generic, Literal, TypedDict, TypeVar

import msgspec
import pytest

from ultrafox.schema.shape import ANY, NEVER, shape_of

T = TypeVar("T")
NONE = type(None)


class Color(enum.Enum):
    RED = "red"


class Item(msgspec.Struct, rename="camel"):
    item_name: str
    price: float = 1.0


ITEM = ("struct", Item, (("item_name", ("exact", (str,))), ("price", ("exact", (float, int)))))


class Cat(msgspec.Struct, tag=True):
    x: int


class Dog(msgspec.Struct, tag=True):
    y: int


class Page(msgspec.Struct, Generic[T]):
    items: list[T]


class Tree(msgspec.Struct):
    left: Tree | None = None


class Named(TypedDict):
    a: int


class Patch(msgspec.Struct):
    name: str | msgspec.UnsetType = msgspec.UNSET


@dataclasses.dataclass
class Point:
    x: int


def exact(*types: type) -> tuple[Any, ...]:
    return ("exact", types)


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        (Any, ANY),
        (None, exact(NONE)),
        (int, exact(int)),
        (float, exact(float, int)),
        (Annotated[int, msgspec.Meta(ge=1)], exact(int)),
        (Annotated[int, msgspec.Meta(title="n")], exact(int)),
        (bytes, exact(bytes)),
        (datetime.datetime, exact(datetime.datetime)),
        (decimal.Decimal, exact(decimal.Decimal)),
        (uuid.UUID, exact(uuid.UUID)),
        (Color, exact(Color)),
        (Literal["a", "b"], exact(str)),
        (list, ("list", ANY)),
        (list[int], ("list", exact(int))),
        (dict[str, int], ("dict", exact(int))),
        (dict, NEVER),
        (dict[int, int], NEVER),
        (set[int], NEVER),
        (tuple[int, str], NEVER),
        (tuple[int, ...], NEVER),
        (list[set[int]], NEVER),
        (dict[str, set[int]], NEVER),
        (Named, NEVER),
        (Item, ITEM),
        (list[Item], ("list", ITEM)),
        (Point, ("struct", Point, (("x", exact(int)),))),
        (Patch, ("struct", Patch, (("name", exact(str)),))),
        (Page[Item], ("struct", Page, (("items", ("list", ITEM)),))),
        (Tree, ("struct", Tree, (("left", exact(NONE)),))),
    ],
)
def test_shapes(kind, shape):
    assert shape_of(msgspec.inspect.type_info(kind)) == shape


@pytest.mark.parametrize(
    ("kind", "types", "others"),
    [
        (int | None, {int, NONE}, 0),
        (int | str | None, {int, str, NONE}, 0),
        (Item | None, {NONE}, 1),
        (Cat | Dog, set(), 2),
        (Cat | Dog | None, {NONE}, 2),
        (list[int] | str, {str}, 1),
        (set[int] | str, {str}, 0),
    ],
)
def test_unions(kind, types, others):
    shape = shape_of(msgspec.inspect.type_info(kind))
    members = shape[1] if shape[0] == "union" else (shape,)
    plain = [member for member in members if member[0] == "exact"]
    assert {one for member in plain for one in member[1]} == types
    assert len(members) - len(plain) == others


def test_unions_with_anything_take_anything():
    assert shape_of(msgspec.inspect.type_info(Any | None)) == ANY
