from __future__ import annotations

import datetime
from typing import Any

import msgspec
import pydantic
import pytest

from project.library.models import Author, Book
from ultrafox.schema import Dump, adapter_for
from ultrafox.schema.native import NativeAdapter
from ultrafox.schema.pydantic import PydanticAdapter
from ultrafox.schema.shape import NEVER


class AuthorOut(pydantic.BaseModel):
    id: int
    name: str


class BookOut(pydantic.BaseModel):
    id: int
    title: str
    writer: AuthorOut = pydantic.Field(alias="author")


class Flat(pydantic.BaseModel):
    title: str
    author_id: int
    pages: str = ""


class Shelf(pydantic.BaseModel):
    name: str
    books: list[Flat]


class Event(pydantic.BaseModel):
    at: datetime.datetime
    note: str | None = pydantic.Field(None, serialization_alias="Note")
    level: int = 3

    @pydantic.computed_field
    @property
    def loud(self) -> bool:
        return self.level > 5


@pydantic.dataclasses.dataclass
class Point:
    x: int


AT = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        (Event, PydanticAdapter),
        (list[Event], PydanticAdapter),
        (Event | None, PydanticAdapter),
        (dict[str, list[Event]], PydanticAdapter),
        (Point, PydanticAdapter),
        (pydantic.conint(gt=1), PydanticAdapter),
        (list[int], NativeAdapter),
        (dict[str, Any], NativeAdapter),
    ],
)
def test_which_adapter(schema, kind):
    assert isinstance(adapter_for(schema), kind)


def test_types_that_pydantic_does_not_know():
    with pytest.raises(TypeError, match="range"):
        adapter_for(dict[range, Event])


class TestReplies:
    def test_shape(self):
        assert adapter_for(Event).shape() == NEVER
        assert not adapter_for(Event).is_nothing()

    @pytest.mark.parametrize("value", [Event(at=AT), {"at": AT}, {"at": "2026-01-02T00:00:00Z", "secret": 1}])
    def test_what_the_model_writes(self, value):
        expected = {"at": "2026-01-02T00:00:00Z", "Note": None, "level": 3, "loud": False}
        assert adapter_for(Event).convert(value) == expected
        assert adapter_for(list[Event]).convert([value]) == [expected]
        assert adapter_for(dict[str, Event]).convert({"k": value}) == {"k": expected}
        assert adapter_for(Event | None).convert(value) == expected
        assert adapter_for(Event | None).convert(None) is None

    def test_objects(self):
        class Thing:
            at = AT
            level = 9

        assert adapter_for(Event).convert(Thing())["loud"] is True

    def test_what_a_subclass_adds_does_not_leave(self):
        class More(Event):
            secret: str = "s"

        assert "secret" not in adapter_for(Event).convert(More(at=AT))
        assert "secret" not in adapter_for(list[Event]).convert([More(at=AT)])[0]

    def test_options(self):
        adapter = adapter_for(Event)
        value = Event(at=AT, note=None)
        assert set(adapter.dump(value, Dump(by_alias=False))) == {"at", "note", "level", "loud"}
        assert set(adapter.dump(value, Dump(exclude_none=True))) == {"at", "level", "loud"}
        assert set(adapter.dump(value, Dump(exclude_unset=True))) == {"at", "Note", "loud"}
        assert set(adapter.dump({"at": AT}, Dump(exclude_unset=True))) == {"at", "loud"}
        assert set(adapter.dump(value, Dump(exclude_defaults=True))) == {"at", "loud"}

    def test_misfits(self):
        with pytest.raises(msgspec.ValidationError):
            adapter_for(Event).convert({"level": 1})

    def test_models_that_hold_themselves(self):
        class Tree(pydantic.BaseModel):
            name: str
            below: list[Tree] = []

        Tree.model_rebuild(_types_namespace={"Tree": Tree})
        value = {"name": "a", "below": [{"name": "b"}]}
        assert adapter_for(Tree).convert(value)["below"] == [{"name": "b", "below": []}]

    def test_root_models(self):
        Names = pydantic.RootModel[list[str]]
        assert adapter_for(Names).convert(["a"]) == ["a"]
        assert adapter_for(list[Names]).convert([Names(["a"])]) == [["a"]]


class TestModels:
    @pytest.fixture(autouse=True)
    def book(self, database):
        author = Author.objects.create(name="Ann", email="a@b")
        Book.objects.create(title="A", pages=3, author=author)
        return Book.objects.create(title="B", pages=4, author=author)

    def test_rows(self, statements):
        found = adapter_for(list[BookOut]).convert(Book.objects.all())
        assert [(one["title"], one["author"]["name"]) for one in found] == [("A", "Ann"), ("B", "Ann")]
        assert len([one for one in statements if one.startswith("SELECT")]) == 1

    def test_no_more_columns_than_the_model_names(self, statements):
        found = adapter_for(list[Flat]).convert(Book.objects.all())
        assert found[0] == {"title": "A", "author_id": Author.objects.get().id, "pages": "3"}
        assert not any("library_book.cost" in one for one in statements)

    def test_instances_and_the_first_row(self, book):
        assert adapter_for(BookOut).convert(book)["author"]["name"] == "Ann"
        assert adapter_for(BookOut).convert(Book.objects.filter(id=book.id))["title"] == "B"

    def test_rows_that_point_here(self):
        found = adapter_for(Shelf).convert(Author.objects.get())
        assert [one["title"] for one in found["books"]] == ["A", "B"]
