from __future__ import annotations

import dataclasses
import functools
import typing
from collections.abc import Sequence
from typing import Annotated, Any, NewType, Optional, TypedDict

import msgspec
import pytest

from ultrafox.annotations import evaluate, is_schema, name_of, peel, place_of, plain_function
from ultrafox.exceptions import DeclarationError

UserId = NewType("UserId", int)


class Item(msgspec.Struct):
    name: str


class Box(msgspec.Struct, typing.Generic[typing.TypeVar("T")]):  # type: ignore[misc]
    pass


@dataclasses.dataclass
class Point:
    x: int


class Person(TypedDict):
    name: str


@pytest.mark.parametrize(
    ("annotation", "core", "metadata", "optional"),
    [
        (int, int, (), False),
        (int | None, int, (), True),
        (Optional[int], int, (), True),  # noqa: UP045
        (Annotated[int, "a"], int, ("a",), False),
        (Annotated[int | None, "a"], int, ("a",), True),
        (Annotated[int, "a"] | None, int, ("a",), True),
        (UserId, int, (), False),
        (Annotated[Annotated[UserId, "a"], "b"], int, ("a", "b"), False),
        (int | str | None, int | str, (), True),
        (list[int] | None, list[int], (), True),
    ],
)
def test_peel(annotation, core, metadata, optional):
    peeled = peel(annotation)
    assert (peeled.core, peeled.metadata, peeled.optional) == (core, metadata, optional)


@pytest.mark.parametrize(
    "annotation",
    [
        Item,
        Point,
        Person,
        dict,
        list,
        dict[str, int],
        list[int],
        set[int],
        Sequence[int],
        tuple[int, ...],
        Item | list[Item],
    ],
)
def test_schemas(annotation):
    assert is_schema(annotation)


@pytest.mark.parametrize("annotation", [int, str, Any, int | str, Item | int, "Item", None])
def test_no_schemas(annotation):
    assert not is_schema(annotation)


def test_evaluate_names_what_is_missing():
    def handler(): ...

    assert evaluate("list[Item] | None", handler, {}, "here") == list[Item] | None
    assert evaluate("Local", handler, {"Local": int}, "here") is int
    with pytest.raises(DeclarationError, match=r"^here: .*given `Absent`: .*Import or define the name above"):
        evaluate("Absent", handler, {}, "here")
    with pytest.raises(DeclarationError, match=r"given `list\[Itme\]`: .*Did you mean `Item`\?"):
        evaluate("list[Itme]", handler, {}, "here")
    with pytest.raises(DeclarationError, match="expected a type"):
        evaluate("1 +", handler, {}, "here")


def test_the_function_below():
    def plain(a: int): ...

    @functools.wraps(plain)
    def wrapper(*args: Any): ...

    class Handler:
        def method(self): ...

        def __call__(self): ...

    assert plain_function(wrapper) is plain
    assert plain_function(functools.partial(wrapper, 1)) is plain
    assert plain_function(Handler().method) is Handler.method
    assert plain_function(Handler()) is Handler.__call__
    assert plain_function(len) is len


def test_places():
    def handler(): ...

    line = handler.__code__.co_firstlineno
    assert place_of(handler) == f"{__file__}:{line}: handler `test_places.<locals>.handler`"


def test_names():
    assert [name_of(item) for item in (int, list[int], Item)] == ["int", "list[int]", "Item"]
