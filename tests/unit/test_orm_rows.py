"""Which columns are read for which schema, and that the rows are those of the query."""

from __future__ import annotations

import msgspec
import pytest
from django.db.models import Count, F, Prefetch

from project.library.models import Author, Book
from ultrafox.encoding import encode
from ultrafox.orm import plain_rows
from ultrafox.schema import adapter_for


class AuthorOut(msgspec.Struct):
    id: int
    name: str


class BookOut(msgspec.Struct):
    id: int
    title: str


class Deep(msgspec.Struct):
    title: str
    author: AuthorOut


class Shelf(msgspec.Struct):
    name: str
    books: list[BookOut]


class DeepShelf(msgspec.Struct):
    title: str
    author: Shelf


class Counted(msgspec.Struct):
    name: str
    count: int


class Title(msgspec.Struct):
    title: str


class Shown(msgspec.Struct):
    title: str
    shown: str


@pytest.fixture(autouse=True)
def books(database):
    ann, bob = (
        Author.objects.create(id=number, name=name, email="canary") for number, name in ((1, "Ann"), (2, "Bob"))
    )
    for number in range(1, 5):
        Book.objects.create(id=number, title=f"T{number}", pages=number * 10, author=[ann, bob][number % 2])


@pytest.fixture
def asked(books, statements):
    """Converts a reply; gives it and the SQL."""

    def ask(schema, value):
        statements.clear()
        answer = msgspec.json.decode(encode(adapter_for(schema).convert(value)))
        return answer, list(statements)

    return ask


def columns(sql: str) -> set[str]:
    return {part.split(" AS ")[0].strip().split(".")[-1] for part in sql[7 : sql.index(" FROM ")].split(", ")}


def titles(*numbers: int) -> list[dict[str, object]]:
    return [{"id": number, "title": f"T{number}"} for number in numbers]


def test_only_the_columns_of_the_schema(asked):
    answer, (sql,) = asked(list[BookOut], Book.objects.all())
    assert answer == titles(1, 2, 3, 4)
    assert columns(sql) == {"id", "title"}


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        (lambda: Book.objects, (1, 2, 3, 4)),
        (lambda: Book.objects.all()[1:3], (2, 3)),
        (lambda: Book.objects.order_by("-pages")[:1], (4,)),
        (lambda: Book.objects.filter(author__name="Ann"), (2, 4)),
        (lambda: Book.objects.select_related("author"), (1, 2, 3, 4)),
        (lambda: Book.objects.prefetch_related("author"), (1, 2, 3, 4)),
        (lambda: Book.objects.only("pages"), (1, 2, 3, 4)),
        (lambda: Book.objects.defer("title"), (1, 2, 3, 4)),
        (lambda: Book.objects.annotate(more=F("pages") + 1).filter(more__gt=30), (3, 4)),
        (lambda: Book.objects.none(), ()),
        (lambda: Author.objects.get(id=2).books, (1, 3)),
        (lambda: Book.objects.values("id", "title", "cost"), (1, 2, 3, 4)),
    ],
)
def test_the_rows_are_those_of_the_query(asked, query, numbers):
    answer, statements = asked(list[BookOut], query())
    assert answer == titles(*numbers)
    assert len(statements) <= 1 or columns(statements[-1]) == {"id", "title"}


def test_distinct_rows_stay_distinct(asked):
    Book.objects.update(title="same")
    answer, (sql,) = asked(list[Title], Book.objects.distinct())
    assert len(answer) == 4
    assert columns(sql) == {["DISTINCT library_book", "id"][-1], "title"}


def test_foreign_keys_are_joined(asked):
    for query in (Book.objects.all(), Book.objects.select_related("author"), Book.objects.defer("author")):
        answer, (sql,) = asked(list[Deep], query[:1])
        assert answer == [{"title": "T1", "author": {"id": 2, "name": "Bob"}}]
        assert "JOIN" in sql and "email" not in sql and "pages" not in sql


def test_relations_to_many_are_read_once(asked):
    answer, statements = asked(list[Shelf], Author.objects.order_by("id"))
    assert answer == [{"name": "Ann", "books": titles(2, 4)}, {"name": "Bob", "books": titles(1, 3)}]
    assert len(statements) == 2 and "email" not in statements[0]
    answer, statements = asked(list[DeepShelf], Book.objects.filter(id=1))
    assert answer == [{"title": "T1", "author": {"name": "Bob", "books": titles(1, 3)}}]
    assert len(statements) == 2


def test_what_the_handler_prefetched_its_own_way_stays(asked):
    query = Author.objects.order_by("id").prefetch_related(Prefetch("books", Book.objects.filter(id__gt=2)))
    answer, statements = asked(list[Shelf], query)
    assert answer == [{"name": "Ann", "books": titles(4)}, {"name": "Bob", "books": titles(3)}]
    assert len(statements) == 2


def test_annotations(asked):
    for query in (
        Author.objects.annotate(count=Count("books")),
        Author.objects.annotate(count=Count("books")).distinct(),
    ):
        answer, (sql,) = asked(list[Counted], query.order_by("id"))
        assert answer == [{"name": "Ann", "count": 2}, {"name": "Bob", "count": 2}]
        assert "email" not in sql[: sql.index("FROM")]
    grouped = Author.objects.values("name").annotate(count=Count("books")).order_by("name")
    assert asked(list[Counted], grouped)[0] == [{"name": "Ann", "count": 2}, {"name": "Bob", "count": 2}]


def test_properties_are_read_without_a_query_for_each_row(asked, monkeypatch):
    monkeypatch.setattr(Book, "shown", property(lambda book: f"{book.title}/{book.pages}"), raising=False)
    answer, statements = asked(list[Shown], Book.objects.filter(id__lt=3))
    assert [one["shown"] for one in answer] == ["T1/10", "T2/20"]
    assert len(statements) == 1


def test_rows_that_were_read_already_are_not_read_again(asked):
    query = Book.objects.all()
    list(query)
    answer, statements = asked(list[BookOut], query)
    assert (answer, statements) == (titles(1, 2, 3, 4), [])
    assert asked(BookOut, query) == (titles(1)[0], [])


def test_the_first_row(asked):
    Book._meta.ordering, before = [], Book._meta.ordering
    try:
        answer, (sql,) = asked(BookOut, Book.objects.all())
    finally:
        Book._meta.ordering = before
    assert answer == titles(1)[0]
    assert "ORDER BY" in sql and "LIMIT 1" in sql and columns(sql) == {"id", "title"}
    assert asked(BookOut, Book.objects.order_by("-pages"))[0] == titles(4)[0]
    assert asked(BookOut, Book.objects.all()[1:3])[0] == titles(2)[0]
    assert asked(Deep, Book.objects.filter(id=2))[0] == {"title": "T2", "author": {"id": 1, "name": "Ann"}}


def test_raw_queries_and_lists(asked):
    assert asked(list[BookOut], Book.objects.raw("SELECT * FROM library_book WHERE id < 3"))[0] == titles(1, 2)
    assert asked(list[BookOut], list(Book.objects.all()[:1]))[0] == titles(1)
    assert asked(list[int], Book.objects.values_list("id", flat=True))[0] == [1, 2, 3, 4]


def test_rows_without_schema():
    assert list(plain_rows(Book.objects.values("id")[:1])) == [{"id": 1}]
    for query in (Book.objects.all(), Book.objects, Book.objects.only("id")):
        with pytest.raises(TypeError, match=r"response=list\[BookOut\], or return `\.values\(\.\.\.\)`"):
            plain_rows(query)
