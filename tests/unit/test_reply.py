from __future__ import annotations

import asyncio
import datetime
import decimal
import enum
import json
import uuid
from typing import Any

import msgspec
import pytest
from django.utils.translation import gettext_lazy

from project.library.models import Author, Book
from ultrafox.dispatch import Reply, encode
from ultrafox.exceptions import NotFound
from ultrafox.schema import adapter_for


class Out(msgspec.Struct):
    id: int
    title: str = ""


class Secret(Out):
    password: str = "canary"


class Color(enum.Enum):
    RED = "red"


def reply(schema: Any = ..., status: int = 200) -> Reply:
    return Reply(None if schema is ... else adapter_for(schema), status, "shop.handler")


def sent(answer: Any) -> Any:
    status, kind, body, headers = answer
    assert headers == []
    return status, kind, json.loads(body) if kind == "application/json" else body


class TestWithoutSchema:
    @pytest.mark.parametrize("value", [(201, {"a": 1}), (404, None), (100, 1), (599, "x")])
    def test_a_tuple_that_begins_with_a_status(self, value):
        with pytest.raises(TypeError, match=rf"shop\.handler returned .* \({value[0]}, …\).* status_code="):
            reply().finish(value)

    @pytest.mark.parametrize("value", [(99, 1), (600, 1), (201, 1, 2), (True, 1), ("201", 1), [201, 1]])
    def test_other_tuples(self, value):
        assert sent(reply().finish(value))[2] == list(value)

    @pytest.mark.parametrize(
        ("value", "status", "answer"),
        [
            (None, 200, (204, None, b"")),
            (None, 202, (202, None, b"")),
            (b"\xff", 200, (200, "application/octet-stream", b"\xff")),
            (bytearray(b"a"), 201, (201, "application/octet-stream", b"a")),
            (memoryview(b"a"), 200, (200, "application/octet-stream", b"a")),
            ("text", 200, (200, "application/json", "text")),
            (gettext_lazy("Monday"), 200, (200, "application/json", "Monday")),
            ((1, 2), 200, (200, "application/json", [1, 2])),
            ({1}, 200, (200, "application/json", [1])),
            (Secret(1), 200, (200, "application/json", {"id": 1, "title": "", "password": "canary"})),
            ({"a": 1}, 204, (204, None, b"")),
        ],
    )
    def test_values(self, value, status, answer):
        assert sent(reply(status=status).finish(value)) == answer

    def test_query_sets(self, database):
        Author.objects.create(name="Ann", email="a@x")
        answer = reply().finish
        assert sent(answer(Author.objects.values("name")))[2] == [{"name": "Ann"}]
        assert sent(answer(Author.objects.values_list("name", "email")))[2] == [["Ann", "a@x"]]
        assert sent(answer(Author.objects.values_list("name", flat=True)))[2] == ["Ann"]
        for value in (Author.objects.all(), Author.objects):
            with pytest.raises(TypeError, match=r"response=list\[AuthorOut\]"):
                answer(value)
        with pytest.raises(TypeError, match="response=AuthorOut"):
            answer(Author())

    def test_it_waits_for_query_sets_alone(self):
        blocks = reply().blocks
        assert blocks(Book.objects.all()) and blocks(Book.objects)
        assert not any(map(blocks, ({}, object(), Book(), [Book()], b"")))


class TestRefused:
    @pytest.mark.parametrize("schema", [..., Out])
    def test_what_nobody_awaits(self, schema):
        async def forgotten():
            return 1

        with pytest.raises(TypeError, match=r"shop\.handler returned a coroutine that nobody awaits"):
            reply(schema).finish(forgotten())

        async def with_a_future():
            return reply(schema).finish(asyncio.get_running_loop().create_future())

        with pytest.raises(TypeError, match="returned a Future that nobody awaits"):
            asyncio.run(with_a_future())

    @pytest.mark.parametrize("schema", [..., list[int]])
    def test_what_can_be_read_once_only(self, schema):
        async def later():
            yield 1

        for value in ((number for number in [1]), iter([1]), later(), map(str, [1])):
            with pytest.raises(TypeError, match="Expected a list"):
                reply(schema).finish(value)

    def test_what_json_cannot_hold(self):
        with pytest.raises(TypeError, match="Expected a value that JSON can hold"):
            reply().finish({"a": object()})

    @pytest.mark.parametrize("value", [{}, {"id": [1]}, 5, None, "text", [Out(1)], object()])
    def test_what_does_not_fit(self, value):
        with pytest.raises(TypeError, match=r"shop\.handler returned .* which does not fit its response schema"):
            reply(Out).finish(value)


class TestWithSchema:
    def test_nothing_else_leaves(self):
        for value in (Secret(1), {"id": 1, "password": "canary"}, Out(1)):
            assert sent(reply(Out).finish(value)) == (200, "application/json", {"id": 1, "title": ""})

    def test_optional(self):
        assert sent(reply(Out | None).finish(None)) == (200, "application/json", None)
        assert reply(Out | None).shape[0] == "union"
        assert sent(reply(set[int] | None).finish(None)) == (200, "application/json", None)

    def test_nothing(self):
        nothing = reply(None)
        assert nothing.shape == ("never",)
        assert nothing.finish(None) == (204, None, b"", [])
        assert reply(None, 202).finish(None) == (202, None, b"", [])
        with pytest.raises(TypeError, match="does not fit"):
            nothing.finish({"password": "canary"})

    def test_query_sets(self, database):
        author = Author.objects.create(name="Ann", email="a@x")
        book = Book.objects.create(title="One", pages=1, author=author)
        assert sent(reply(list[Out]).finish(Book.objects.all()))[2] == [{"id": book.pk, "title": "One"}]
        assert sent(reply(Out).finish(Book.objects.all()))[2] == {"id": book.pk, "title": "One"}
        assert sent(reply(Out).finish(book))[2] == {"id": book.pk, "title": "One"}
        with pytest.raises(NotFound):
            reply(Out).finish(Book.objects.none())

    @pytest.mark.parametrize(
        "value",
        [
            {"a": [1, None, 2.5, ("x", {b"y"})]},
            Secret(1),
            [decimal.Decimal(1), uuid.UUID(int=1), datetime.date(2026, 1, 1), Color.RED],
            None,
        ],
    )
    def test_what_is_there_blocks_nothing(self, value):
        assert not reply(list[Out]).blocks(value)

    @pytest.mark.parametrize("value", [Book(), [Book()], {"a": (1, Book())}, Out(Book()), object(), Book.objects.all()])
    def test_what_may_read_from_the_database_blocks(self, value):
        assert reply(list[Out]).blocks(value)


def test_encode_is_the_bare_function():
    assert type(encode).__name__ == "builtin_function_or_method"
