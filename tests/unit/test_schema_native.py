"""What the conversion of replies lets out, by every kind of schema and value."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import types
import uuid
from collections import UserDict, deque
from typing import Annotated, Any, Generic, Literal, NotRequired, TypedDict, TypeVar

import msgspec
import pytest
from django.db.models import IntegerChoices, TextChoices
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from project.library.models import Author, Book
from ultrafox.encoding import encode
from ultrafox.exceptions import NotFound
from ultrafox.schema import adapter_for

T = TypeVar("T")
CANARY = "canary"


class Inner(msgspec.Struct):
    a: int


class Leaky(Inner):
    secret: str = CANARY


class Outer(msgspec.Struct):
    inner: Inner
    many: list[Inner] = []
    by_name: dict[str, Inner] = {}
    maybe: Inner | None = None
    several: tuple[Inner, ...] = ()
    pair: tuple[int, Inner] | None = None


class Camel(msgspec.Struct, rename="camel"):
    user_name: str
    user_id: int = 0


class Renamed(msgspec.Struct):
    class_: str = msgspec.field(name="class")


class Row(msgspec.Struct, array_like=True):
    a: int
    b: Inner | None = None


class Cat(msgspec.Struct, tag=True):
    name: str


class Dog(msgspec.Struct, tag=True, tag_field="kind"):
    name: str
    tail: int


class Bird(msgspec.Struct, tag="bird"):
    name: str
    wings: int


class Optional(msgspec.Struct, omit_defaults=True):
    count: int = 0
    index: int = 0


class Patch(msgspec.Struct):
    name: str | msgspec.UnsetType = msgspec.UNSET


class Page(msgspec.Struct, Generic[T]):
    items: list[T]
    total: int = 0


class Tree(msgspec.Struct):
    name: str
    children: list[Tree] = []


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    a: int


@dataclasses.dataclass
class Point:
    x: int
    inner: Inner | None = None


@dataclasses.dataclass
class Point3(Point):
    secret: str = CANARY


class Named(TypedDict):
    a: int
    inner: NotRequired[Inner]


class Kind(TextChoices):
    NEW = "n", "new"


class Level(IntegerChoices):
    LOW = 1, "low"


class Color(enum.Enum):
    RED = "red"


class Text(str):
    pass


def rich(**attributes: Any) -> Any:
    return types.SimpleNamespace(secret=CANARY, **attributes)


def sent(schema: Any, value: Any) -> Any:
    body = encode(adapter_for(schema).convert(value))
    assert CANARY.encode() not in body
    return msgspec.json.decode(body)


LEAKY = Leaky(1)
ONE = {"a": 1}
OUTER = {"inner": ONE, "many": [], "by_name": {}, "maybe": None, "several": [], "pair": None}


@pytest.mark.parametrize(
    ("schema", "value", "answer"),
    [
        (Inner, Inner(1), ONE),
        (Inner, LEAKY, ONE),
        (Inner, {"a": 1, "secret": CANARY}, ONE),
        (Inner, UserDict(a=1, secret=CANARY), ONE),
        (Inner, rich(a=1), ONE),
        (Outer, Outer(LEAKY), OUTER),
        (Outer, Outer(Inner(1), many=[LEAKY]), {**OUTER, "many": [ONE]}),
        (Outer, Outer(Inner(1), by_name={"x": LEAKY}), {**OUTER, "by_name": {"x": ONE}}),
        (Outer, Outer(Inner(1), maybe=LEAKY), {**OUTER, "maybe": ONE}),
        (Outer, Outer(Inner(1), several=(LEAKY,)), {**OUTER, "several": [ONE]}),
        (Outer, Outer(Inner(1), pair=(1, LEAKY)), {**OUTER, "pair": [1, ONE]}),
        (Outer, rich(inner=rich(a=1), many=(rich(a=2),)), {**OUTER, "many": [{"a": 2}]}),
        (list[Inner], [LEAKY, {"a": 2}, rich(a=3)], [ONE, {"a": 2}, {"a": 3}]),
        (list[Inner], (LEAKY,), [ONE]),
        (list[Inner], deque([LEAKY]), [ONE]),
        (list[Inner], {"x": LEAKY}.values(), [ONE]),
        (dict[str, Inner], {"x": LEAKY}, {"x": ONE}),
        (dict[str, list[Inner]], {"x": [LEAKY]}, {"x": [ONE]}),
        (Page[Inner], {"items": [LEAKY]}, {"items": [ONE], "total": 0}),
        (Page[Inner], Page([LEAKY], 1), {"items": [ONE], "total": 1}),
        (
            Tree,
            rich(name="a", children=[rich(name="b", children=[])]),
            {"name": "a", "children": [{"name": "b", "children": []}]},
        ),
        (Point, Point3(1, LEAKY), {"x": 1, "inner": ONE}),
        (Point, Point(1, LEAKY), {"x": 1, "inner": ONE}),
        (Named, {"a": 1, "secret": CANARY}, ONE),
        (Named, {"a": 1, "inner": LEAKY}, {"a": 1, "inner": ONE}),
        (Named, rich(a=1), ONE),
        (Strict, {"a": 1, "secret": CANARY}, ONE),
    ],
)
def test_what_is_named_leaves_and_nothing_else(schema, value, answer):
    assert sent(schema, value) == answer


class TestNames:
    @pytest.mark.parametrize(
        "value",
        [
            Camel("ann", 1),
            {"user_name": "ann", "user_id": 1},
            {"userName": "ann", "userId": 1},
            rich(user_name="ann", user_id=1),
        ],
    )
    def test_in_python_and_on_the_wire(self, value):
        assert sent(Camel, value) == {"userName": "ann", "userId": 1}
        assert sent(list[Camel], [value]) == [{"userName": "ann", "userId": 1}]

    def test_single_fields(self):
        assert sent(Renamed, rich(class_="x")) == sent(Renamed, {"class": "x"}) == {"class": "x"}


class TestForms:
    def test_arrays(self):
        assert sent(Row, {"a": 1, "b": LEAKY}) == [1, ONE]
        assert sent(Row, Row(1, LEAKY)) == [1, ONE]
        assert sent(Row, [1, LEAKY, CANARY]) == [1, ONE]

    def test_tags(self):
        assert sent(Cat, rich(name="tom")) == {"type": "Cat", "name": "tom"}
        assert sent(Cat | Bird, Bird("tit", 2)) == {"type": "bird", "name": "tit", "wings": 2}
        assert sent(Cat | Bird, {"type": "bird", "name": "tit", "wings": 2, "secret": CANARY})["type"] == "bird"
        assert sent(Bird | Cat, rich(name="tom")) == {"type": "Cat", "name": "tom"}
        assert sent(Dog, Dog("rex", 1)) == {"kind": "Dog", "name": "rex", "tail": 1}

    def test_defaults_and_absent_values(self):
        assert sent(Optional, Optional(0, 1)) == {"index": 1}
        assert sent(Patch, Patch()) == sent(Patch, {}) == {}
        assert sent(Patch, Patch("x")) == {"name": "x"}

    @pytest.mark.parametrize("value", [[], "text", 5, None, (1, 2), b"x", Inner, 1.5, decimal.Decimal(1), Color.RED])
    def test_methods_of_builtins_are_no_fields(self, value):
        with pytest.raises(ValueError, match="Expected `object`"):
            sent(Optional, value)
        with pytest.raises(ValueError, match="Expected `object`"):
            sent(list[Optional], [value])

    @pytest.mark.parametrize(
        ("schema", "value", "answer"),
        [
            (int | str, 5, 5),
            (int | str, "5", "5"),
            (str | None, 5, "5"),
            (str | None, None, None),
            (str | None, gettext_lazy("Monday"), "Monday"),
            (Inner | str, "x", "x"),
            (Inner | list[Inner], [LEAKY], [ONE]),
            (Inner | list[Inner], LEAKY, ONE),
            (Inner | int | None, None, None),
            (Inner | None, LEAKY, ONE),
            (Any, {"a": [1]}, {"a": [1]}),
            (list, [1, "x"], [1, "x"]),
            (dict, {1: "x"}, {"1": "x"}),
            (set[int], {1}, [1]),
            (Literal["a", "b"], "a", "a"),
        ],
    )
    def test_unions_and_builtins(self, schema, value, answer):
        assert sent(schema, value) == answer


class TestScalars:
    @pytest.mark.parametrize(
        ("schema", "value", "answer"),
        [
            (str, 5, "5"),
            (str, decimal.Decimal("1.10"), "1.10"),
            (str, uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
            (str, Text("x"), "x"),
            (str, mark_safe("<b>"), "<b>"),
            (str, Kind.NEW, "n"),
            (str, Color.RED, "red"),
            (str, datetime.date(2026, 1, 2), "2026-01-02"),
            (str, gettext_lazy("Monday"), "Monday"),
            (int, Level.LOW, 1),
            (float, 1, 1.0),
            (float, decimal.Decimal("1.5"), 1.5),
            (decimal.Decimal, 1.5, "1.5"),
            (Kind, "n", "n"),
            (Kind, Kind.NEW, "n"),
            (Level, 1, 1),
            (Kind | None, "n", "n"),
            (Color, "red", "red"),
            (Color, Color.RED, "red"),
            (bytes, memoryview(b"a"), "YQ=="),
            (datetime.date, datetime.date(2026, 1, 2), "2026-01-02"),
            (Annotated[str, msgspec.Meta(max_length=2)], 12, "12"),
        ],
    )
    def test_on_their_way_out(self, schema, value, answer):
        holder = msgspec.defstruct("Holder", [("value", schema)])
        assert sent(schema, value) == answer
        assert sent(holder, {"value": value}) == {"value": answer}
        assert sent(list[holder], [rich(value=value)]) == [{"value": answer}]

    @pytest.mark.parametrize(
        ("schema", "value"),
        [
            (str, True),
            (str, None),
            (str, b"x"),
            (str, [CANARY]),
            (int, True),
            (int, "5"),
            (int, 1.5),
            (bool, 1),
            (Color, "green"),
            (Kind, "x"),
            (Level, "n"),
            (Literal["a"], "b"),
            (Annotated[int, msgspec.Meta(ge=3)], 1),
            (Inner, {}),
            (Inner, {"a": "1"}),
            (list[Inner], {"a": 1}),
            (list[int], "12"),
            (tuple[int, int], [1]),
            (dict[str, int], [1]),
        ],
    )
    def test_what_does_not_fit(self, schema, value):
        with pytest.raises(ValueError, match=r"Expected|Invalid|Object missing"):
            sent(schema, value)


class TestModels:
    class BookOut(msgspec.Struct):
        id: int
        title: str

    class Keyed(msgspec.Struct):
        title: str
        author: int
        author_id: int

    class Deep(msgspec.Struct):
        title: str
        author: Inner | None = None

    class Text(msgspec.Struct):
        id: str
        title: str

    @pytest.fixture
    def book(self, database):
        return Book.objects.create(title="One", pages=1, author=Author.objects.create(name="Ann", email=CANARY))

    def test_instances(self, book):
        answer = {"id": book.pk, "title": "One"}
        assert sent(self.BookOut, book) == answer
        assert sent(list[self.BookOut], [book, answer, book]) == [answer] * 3
        assert sent(self.Text, book) == {"id": str(book.pk), "title": "One"}
        assert sent(list[self.Text], [book]) == [{"id": str(book.pk), "title": "One"}]

    def test_lazy_instances(self, book):
        for schema, value in ((self.BookOut, book), (self.Keyed, book)):
            lazy = SimpleLazyObject(lambda value=value: value)
            assert sent(schema, lazy) == sent(schema, value)
            assert sent(list[schema], [lazy]) == [sent(schema, value)]

    def test_foreign_keys_by_name_are_their_keys(self, book):
        answer = {"title": "One", "author": book.author_id, "author_id": book.author_id}
        assert sent(self.Keyed, book) == answer
        assert sent(list[self.Keyed], Book.objects.all()) == [answer]
        assert sent(list[self.Keyed], [book]) == [answer]

    def test_a_relation_that_is_not_there(self):
        assert sent(self.Deep, Book(title="x")) == {"title": "x", "author": None}

    def test_query_sets_inside_a_reply(self, book):
        answer = {"items": [{"id": book.pk, "title": "One"}], "total": 1}
        assert sent(Page[self.BookOut], {"items": Book.objects.all(), "total": 1}) == answer

    def test_the_first_row(self, book):
        assert sent(self.BookOut, Book.objects.all()) == {"id": book.pk, "title": "One"}
        assert sent(self.BookOut | None, Book.objects.all()) == {"id": book.pk, "title": "One"}
        assert sent(self.BookOut | None, Book.objects.none()) is None
        with pytest.raises(NotFound):
            sent(self.BookOut, Book.objects.none())
        with pytest.raises(NotFound):
            sent(self.Keyed, Book.objects.none())


class TestAtStart:
    def test_the_decoder_is_the_bare_function(self):
        decode = adapter_for(list[Inner]).decoder()
        assert decode(b'[{"a":1}]') == [Inner(1)]
        assert type(decode).__name__ == "builtin_function_or_method"

    def test_choices_of_django_in_a_body(self):
        decode = adapter_for(dict[str, Kind]).decoder()
        assert decode(b'{"a":"n"}') == {"a": Kind.NEW}
        with pytest.raises(msgspec.ValidationError, match=r"Invalid enum value 'x' - at `\$\[\.\.\.\]`"):
            decode(b'{"a":"x"}')

    @pytest.mark.parametrize("schema", [Book, list[Book], dict[str, Book | None], type("Alien", (), {}), object])
    def test_types_that_nobody_knows(self, schema):
        with pytest.raises(TypeError, match="expected a Struct, dataclass, TypedDict or builtin type, given"):
            adapter_for(schema)
