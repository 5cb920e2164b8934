from __future__ import annotations

import msgspec
import pytest

from project.library.models import Author, Book
from ultrafox.orm.columns import record_of, select


class AuthorOut(msgspec.Struct):
    pk: int
    name: str


class Full(msgspec.Struct):
    title: str
    author: AuthorOut
    author_id: int


class Keys(msgspec.Struct):
    author: int
    pages: int | None


class Shelf(msgspec.Struct):
    books: list[Full]


class Self(msgspec.Struct):
    title: str
    author: Ring


class Ring(msgspec.Struct):
    books: list[Self]
    name: str


class Odd(msgspec.Struct):
    title: str
    save: str


@pytest.mark.parametrize(
    ("model", "schema", "columns", "joined", "fetched", "whole"),
    [
        (Author, AuthorOut, ["pk", "name"], [], [], False),
        (Book, Keys, ["author", "pages"], [], [], False),
        (Book, Full, ["title", "author", "author__pk", "author__name", "author_id"], ["author"], [], False),
        (Author, Shelf, ["id"], [], ["books"], False),
        (Book, Self, ["title", "author", "author__id", "author__name"], ["author"], ["author__books"], False),
        (Book, Odd, ["title"], [], [], True),
    ],
)
def test_select(model, schema, columns, joined, fetched, whole):
    selection = select(model, msgspec.inspect.type_info(schema), frozenset())
    assert (selection.columns, selection.joined, selection.fetched) == (columns, joined, fetched)
    assert selection.whole is whole
    assert selection.flat is not bool(joined or fetched or whole)


def test_names_that_the_query_adds():
    selection = select(Book, msgspec.inspect.type_info(Odd), frozenset({"save"}))
    assert (selection.columns, selection.flat) == (["title", "save"], True)


@pytest.mark.parametrize(
    ("kind", "found"), [(Full, True), (Full | None, True), (list[Full], False), (int, False), (int | None, False)]
)
def test_record_of(kind, found):
    record = record_of(msgspec.inspect.type_info(kind))
    assert (record is not None and record.cls is Full) is found
