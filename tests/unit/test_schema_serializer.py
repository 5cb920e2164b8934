from __future__ import annotations

import datetime
import json
from typing import Annotated, Any

import msgspec
import pytest

from project.library.models import Author, Book
from ultrafox.encoding import encode
from ultrafox.exceptions import DeclarationError
from ultrafox.faults import faults_of
from ultrafox.schema import Dump, Serializer, adapter_for, computed_field, field_validator, model_validator
from ultrafox.schema.shape import NEVER

calls: list[str] = []


class UserIn(Serializer):
    name: str
    email: str

    @field_validator("email")
    def lower(cls, value):
        calls.append(cls.__name__)
        if "@" not in value:
            raise ValueError("Invalid email")
        return value.lower()

    @field_validator("name")
    @classmethod
    def long(cls, value):
        if len(value) < 2:
            raise ValueError("Too short")
        return value


class Range(Serializer, rename="camel"):
    first_day: int
    last_day: int = 9

    @model_validator
    def order(self):
        if self.first_day > self.last_day:
            raise ValueError("Expected first <= last")
        return self


class BookOut(Serializer):
    id: int
    title: str
    pages: int = 0

    @field_validator("title")
    def never(cls, value):
        calls.append("reply")
        raise ValueError("Not for replies")

    @computed_field
    def label(self) -> str:
        return f"{self.title} ({self.pages})"

    @computed_field
    @property
    def empty(self) -> None:
        return None


@pytest.fixture(autouse=True)
def _clear():
    calls.clear()


def refused(kind: Any, document: Any) -> list[Any]:
    with pytest.raises(msgspec.ValidationError) as error:
        adapter_for(kind).decoder()(json.dumps(document).encode())
    return faults_of(error.value) or []


class TestValidators:
    def test_they_change_values(self):
        user = adapter_for(UserIn).decoder()(b'{"name":"Ann","email":"A@B"}')
        assert user == UserIn("Ann", "a@b")
        assert adapter_for(UserIn).unpacker()(msgspec.msgpack.encode({"name": "Ann", "email": "A@B"})) == user

    def test_all_fields_that_are_wrong_are_named(self):
        assert sorted(refused(UserIn, {"name": "A", "email": "b"})) == [
            (["body", "email"], "invalid", "Invalid email."),
            (["body", "name"], "invalid", "Too short."),
        ]

    def test_inside_of_others(self):
        class Team(msgspec.Struct):
            users: list[UserIn]

        found = refused(Team, {"users": [{"name": "Ann", "email": "a@b"}, {"name": "Ann", "email": "b"}]})
        assert found == [(["body", "users", 1, "email"], "invalid", "Invalid email.")]

    def test_the_whole(self):
        assert refused(Range, {"firstDay": 10}) == [(["body"], "invalid", "Expected first <= last.")]
        assert adapter_for(Range).decoder()(b'{"firstDay":1}') == Range(1)

    def test_the_whole_is_asked_only_when_the_fields_are_right(self):
        class Both(Serializer):
            a: int

            @field_validator("a")
            def field(cls, value):
                raise ValueError("field")

            @model_validator()
            def model(self):
                raise ValueError("model")

        assert refused(Both, {"a": 1}) == [(["body", "a"], "invalid", "field.")]

    def test_calling_the_class(self):
        with pytest.raises(ValueError, match="Invalid email"):
            UserIn("Ann", "b")

    def test_they_are_inherited_and_replaced(self):
        class Admin(UserIn):
            level: int = 0

        class Loose(UserIn):
            @field_validator("email")
            def lower(cls, value):
                return value

        assert Admin("Ann", "A@B").email == "a@b" and calls == ["Admin"]
        assert Loose("Ann", "X").email == "X"

    def test_frozen_and_static(self):
        class Frozen(Serializer, frozen=True):
            a: str

            @field_validator("a")
            @staticmethod
            def upper(value):
                return value.upper()

        assert Frozen("a").a == "A"

    def test_beside_a_post_init(self):
        class Own(Serializer):
            a: int

            def __post_init__(self):
                calls.append("own")

            @field_validator("a")
            def check(cls, value):
                calls.append("check")
                return value

        Own(1)
        assert calls == ["own", "check"]

    def test_unset_values_are_not_asked(self):
        class Patch(Serializer):
            a: int | msgspec.UnsetType = msgspec.UNSET

            @field_validator("a")
            def check(cls, value):
                return value + 1

        assert Patch().a is msgspec.UNSET and Patch(1).a == 2

    def test_refused_at_once(self):
        with pytest.raises(DeclarationError, match=r"given `emial`\. Did you mean `email`"):

            class Wrong(Serializer):
                email: str

                @field_validator("emial")
                def check(cls, value): ...

        with pytest.raises(DeclarationError, match='expected mode="after"'):
            field_validator("a", mode="before")
        with pytest.raises(DeclarationError, match="expected names of fields"):
            field_validator(len)  # type: ignore[arg-type]


class TestReplies:
    @pytest.fixture
    def book(self, database):
        author = Author.objects.create(name="A", email="a@b")
        return Book.objects.create(title="B", pages=3, author=author)

    def test_validators_do_not_run(self, book):
        adapter = adapter_for(list[BookOut])
        for rows in (Book.objects.all(), [book], [{"id": 1, "title": "B"}]):
            assert adapter.convert(rows)[0]["title"] == "B"
        assert BookOut.from_model(book).title == "B"
        assert [one.id for one in BookOut.from_models(Book.objects.all())] == [book.id]
        assert calls == []
        with pytest.raises(msgspec.ValidationError):
            adapter_for(BookOut).decoder()(b'{"id":1,"title":"x"}')

    def test_computed_fields(self, book):
        adapter = adapter_for(BookOut)
        assert adapter.shape() == NEVER
        written = {"id": book.id, "title": "B", "pages": 3, "label": "B (3)", "empty": None}
        assert json.loads(encode(adapter.convert(book))) == written
        assert adapter.convert(BookOut.from_model(book)) == written
        assert BookOut.from_model(book).label == "B (3)"
        del written["empty"]
        assert adapter.dump(book, Dump(exclude_none=True)) == written

    def test_from_model_reads_no_more_than_it_names(self, book, statements):
        BookOut.from_models(Book.objects.all())
        (statement,) = [one for one in statements if "FROM library_book" in one]
        assert "cost" not in statement


def test_to_dict_and_json():
    class Inner(Serializer):
        when: datetime.date

    class Outer(Serializer, rename="camel"):
        one_inner: Inner
        some: list[Inner]
        none: int | None = None

        @computed_field
        def twice(self) -> int:
            return 2

    day = datetime.date(2026, 1, 2)
    outer = Outer(Inner(day), [Inner(day)])
    assert outer.to_dict() == {"one_inner": {"when": day}, "some": [{"when": day}], "none": None}
    assert outer.to_dict(exclude_none=True, by_alias=True) == {"oneInner": {"when": day}, "some": [{"when": day}]}
    assert json.loads(outer.to_json()) == {
        "oneInner": {"when": "2026-01-02"},
        "some": [{"when": "2026-01-02"}],
        "none": None,
        "twice": 2,
    }


def test_from_model_of_other_things():
    assert BookOut.from_model({"id": 1, "title": "x"}).pages == 0
    with pytest.raises(msgspec.ValidationError):
        BookOut.from_model({"id": 1})


def test_constraints_are_checked_first():
    class Short(Serializer):
        a: Annotated[str, msgspec.Meta(max_length=1)]

        @field_validator("a")
        def check(cls, value):
            raise AssertionError

    assert refused(Short, {"a": "long"})[0][1] == "too_long"
