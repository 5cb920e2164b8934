from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from typing import Any

import msgspec
import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject

from project.library.models import Book
from ultrafox.inert import is_inert


class Out(msgspec.Struct):
    id: Any


class Color(enum.Enum):
    RED = "red"


@pytest.mark.parametrize(
    "value",
    [
        {"a": [1, None, 2.5, ("x", {b"y"})]},
        Out(1),
        [decimal.Decimal(1), uuid.UUID(int=1), datetime.date(2026, 1, 1), Color.RED],
        None,
    ],
)
def test_what_is_there(value):
    assert is_inert(value)


@pytest.mark.parametrize(
    "value",
    [Book(), [Book()], {"a": (1, Book())}, Out(Book()), object(), Book.objects.all(), SimpleLazyObject(AnonymousUser)],
)
def test_what_may_read_from_the_database(value):
    assert not is_inert(value)


def test_models_of_pydantic():
    pydantic = pytest.importorskip("pydantic")

    class Plain(pydantic.BaseModel):
        id: Any

    class Computed(Plain):
        @pydantic.computed_field
        def books(self) -> int:
            return Book.objects.count()

    class Serialized(Plain):
        @pydantic.field_serializer("id")
        def count(self, value: Any) -> int:
            return Book.objects.count()

    assert is_inert(Plain(id=[1, Plain(id=2)]))
    assert not is_inert(Plain(id=Book()))
    assert not is_inert(Computed(id=1))
    assert not is_inert(Serialized(id=1))
