"""Annotations that are types when the handler is declared."""

import uuid
from typing import Annotated, Optional

import msgspec
import pytest

from ultrafox.params import Header
from ultrafox.signature import read


class Item(msgspec.Struct):
    name: str


def handler(
    request,
    id: uuid.UUID,
    item: "Item",
    q: Optional[str],  # noqa: UP045
    *,
    key: Annotated[str, Header("X")],
) -> "list[Item]": ...


def test_read():
    signature = read(handler, {}, returns=True)
    assert [argument.role for argument in signature.arguments] == ["request", "param", "body", "param", "param"]
    assert [argument.default for argument in signature.arguments][3] is None
    assert signature.returns == list[Item]


def test_type_aliases_of_newer_pythons():
    names: dict[str, object] = {}
    try:
        exec("type Number = int\ndef handler(n: Number, m: Number | None = None): ...", names)
    except SyntaxError:
        pytest.skip("this Python has no `type` statement")
    found = read(names["handler"], names, returns=True).arguments
    assert [argument.scalar.kinds for argument in found if argument.scalar] == [("int",), ("int",)]
