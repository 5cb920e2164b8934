from __future__ import annotations

import datetime
import decimal
import enum
import json
import uuid

import msgspec
import pytest
from django.db.models import IntegerChoices, TextChoices
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from project.library.models import Book
from ultrafox.encoding import encode, encode_msgpack


class Level(IntegerChoices):
    LOW = 1, "low"


class Kind(TextChoices):
    NEW = "n", "new"


class Text(str):
    pass


class Number(int):
    pass


class Fraction(float):
    pass


class Color(enum.Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"a": decimal.Decimal("1.10")}, {"a": "1.10"}),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (datetime.date(2026, 1, 2), "2026-01-02"),
        (gettext_lazy("Monday"), "Monday"),
        ({"day": gettext_lazy("Monday")}, {"day": "Monday"}),
        (mark_safe("<b>"), "<b>"),
        (Text("x"), "x"),
        (Number(3), 3),
        (Fraction(1.5), 1.5),
        (Level.LOW, 1),
        (Kind.NEW, "n"),
        (Color.RED, "red"),
    ],
)
def test_values(value, said):
    assert json.loads(encode(value)) == said


def test_models_and_query_sets_need_a_schema(database):
    for value in (Book(), Book.objects.all(), Book.objects, {"deep": [Book()]}):
        with pytest.raises(TypeError, match="response=BookOut"):
            encode(value)


def test_anything_else_is_named():
    with pytest.raises(TypeError, match=r"given .*test_encoding.Unknown\."):
        encode([Unknown()])


class Unknown:
    pass


def test_encode_is_the_bare_function():
    """Rust calls it for every reply that fits its schema."""
    assert type(encode).__name__ == "builtin_function_or_method"


def test_models_of_pydantic():
    pydantic = pytest.importorskip("pydantic")

    class Model(pydantic.BaseModel):
        day: datetime.date = pydantic.Field(serialization_alias="Day")

    assert json.loads(encode([Model(day="2026-01-02")])) == [{"Day": "2026-01-02"}]


def test_msgpack():
    assert msgspec.msgpack.decode(encode_msgpack({"a": gettext_lazy("Monday"), "b": Text("x")})) == {
        "a": "Monday",
        "b": "x",
    }
    with pytest.raises(TypeError, match="response=BookOut"):
        encode_msgpack(Book())
    with pytest.raises(OverflowError):
        encode_msgpack(2**64)
