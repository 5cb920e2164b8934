from __future__ import annotations

import asyncio
import dataclasses
import datetime
import json
from typing import Any, NamedTuple

import msgspec
import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils.translation import gettext_lazy

from project.library.models import Author, Book
from ultrafox.exceptions import NotFound
from ultrafox.files import FileResponse
from ultrafox.renderers import JSONRenderer, MsgpackRenderer, Renderer
from ultrafox.reply import Accompanied, Reply
from ultrafox.response import JSON, Redirect, Response, StreamingResponse
from ultrafox.schema.dump import Dump
from ultrafox.signature import UNANNOTATED
from ultrafox.statuses import Status, codes_4xx, parse_responses


class Out(msgspec.Struct):
    id: int
    title: str = ""


class Secret(Out):
    password: str = "canary"


class Problem(msgspec.Struct):
    detail: str


def reply(response: Any = UNANNOTATED, status: int | None = None, **options: Any) -> Reply:
    return Reply(parse_responses(response, status, "shop"), label="shop.handler", **options)


def sent(answer: Any) -> Any:
    status, kind, body, headers = answer
    assert headers == []
    return status, kind, json.loads(body) if kind == "application/json" else body


class TestWithoutSchema:
    @pytest.mark.parametrize(
        ("value", "answer"),
        [
            ((201, {"a": 1}), (201, "application/json", {"a": 1})),
            ((404, None), (404, None, b"")),
            ((200, None), (200, None, b"")),
            ((599, "x"), (599, "application/json", "x")),
            ((204, {"a": 1}), (204, None, b"")),
            ((200, b"x"), (200, "application/octet-stream", b"x")),
            ((304, b"x"), (304, None, b"")),
            (Status(201, {"a": 1}), (201, "application/json", {"a": 1})),
            (Status(404), (404, None, b"")),
            (Status(200, (201, 1)), (200, "application/json", [201, 1])),
            ((200, (201, 1)), (200, "application/json", [201, 1])),
        ],
    )
    def test_a_status_beside_the_body(self, value, answer):
        assert sent(reply().finish(value)) == answer

    @pytest.mark.parametrize("value", [(99, 1), (600, 1), (201, 1, 2), (True, 1), ("201", 1), [201, 1]])
    def test_other_tuples(self, value):
        assert sent(reply().finish(value))[2] == list(value)

    def test_a_tuple_with_names_is_no_status(self):
        class Point(NamedTuple):
            x: int
            y: int

        assert sent(reply().finish(Point(200, 300)))[2] == [200, 300]

    @pytest.mark.parametrize("value", [(100, 1), Status(199)])
    def test_no_reply_ends_with_1xx(self, value):
        with pytest.raises(TypeError, match=r"shop\.handler returned the status 1\d\d\. Expected one from 200"):
            reply().finish(value)

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
    @pytest.mark.parametrize("schema", [UNANNOTATED, Out])
    def test_what_nobody_awaits(self, schema):
        async def forgotten():
            return 1

        with pytest.raises(TypeError, match=r"shop\.handler returned a coroutine that nobody awaits"):
            reply(schema).finish(forgotten())

        async def with_a_future():
            return reply(schema).finish(asyncio.get_running_loop().create_future())

        with pytest.raises(TypeError, match="returned a Future that nobody awaits"):
            asyncio.run(with_a_future())

    @pytest.mark.parametrize("schema", [UNANNOTATED, list[int]])
    def test_what_can_be_read_once_only(self, schema):
        async def later():
            yield 1

        for value in ((number for number in [1]), iter([1]), later(), map(str, [1])):
            with pytest.raises(TypeError, match=r"Expected a list: .* return StreamingResponse or EventSourceResponse"):
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

    def test_an_error_of_the_schemas_library_is_ours_and_not_the_clients(self):
        """msgspec's errors would be told as 422."""
        with pytest.raises(TypeError) as caught:
            reply(Out).finish({})
        assert not isinstance(caught.value, ValueError)

    def test_what_is_there_blocks_nothing(self):
        for value in ({"a": [1]}, Secret(1), (200, Out(1)), Status(200, [1])):
            assert not reply({200: list[Out]}).blocks(value)

    def test_what_may_read_from_the_database_blocks(self):
        for value in (Book(), [Book()], object(), Book.objects.all(), (200, Book()), Status(200, Book())):
            assert reply({200: list[Out]}).blocks(value)

    def test_the_shape_is_that_of_the_usual_status(self):
        assert reply({201: Out, 404: Problem}).shape == reply(Out).shape
        assert reply({201: Out}).status == 201
        assert reply({200: None, 404: Problem}).shape == ("never",)
        assert reply({201: Out, 202: Out}).shape == ("never",)
        assert reply({200: Any, 404: Problem}).shape is None
        assert reply(Any | None).shape == ("never",)


class TestPerStatus:
    MAPPED: Any = {200: Out, 202: None, codes_4xx: Problem, 418: Any}

    @pytest.mark.parametrize(
        ("value", "answer"),
        [
            (Secret(1), (200, "application/json", {"id": 1, "title": ""})),
            ((200, Secret(1)), (200, "application/json", {"id": 1, "title": ""})),
            ((404, {"detail": "x", "secret": 1}), (404, "application/json", {"detail": "x"})),
            (Status(403, {"detail": "x", "secret": 1}), (403, "application/json", {"detail": "x"})),
            ((202, None), (202, None, b"")),
            ((418, {"any": 1}), (418, "application/json", {"any": 1})),
            ((418, b"tea"), (418, "application/octet-stream", b"tea")),
        ],
    )
    def test_each_status_has_its_schema(self, value, answer):
        assert sent(reply(self.MAPPED).finish(value)) == answer

    @pytest.mark.parametrize("value", [(201, Out(1)), Status(500, {}), (503, None)])
    def test_a_status_that_is_not_declared(self, value):
        with pytest.raises(
            TypeError, match=r"which its `response` does not declare. Declared: 200, 202, codes_4xx\. Add"
        ):
            reply(self.MAPPED).finish(value)

    def test_one_type_is_declared_for_one_status(self):
        with pytest.raises(TypeError, match=r"returned the status 404, .* Declared: 200"):
            reply(Out).finish((404, {"detail": "x"}))
        assert sent(reply(Out).finish((200, Out(1))))[0] == 200

    def test_the_rest(self):
        answer = reply({200: Out, ...: Problem}).finish
        assert sent(answer((500, {"detail": "x"}))) == (500, "application/json", {"detail": "x"})

    def test_what_does_not_fit_its_status(self):
        for value in ((404, Out(1)), (202, {"a": 1}), Status(200, {"detail": "x"})):
            with pytest.raises(TypeError, match="which does not fit its response schema"):
                reply(self.MAPPED).finish(value)

    def test_a_status_without_a_body_that_was_named(self):
        assert reply({200: None}).finish(None) == (200, None, b"", [])
        assert reply({204: None}).finish(None) == (204, None, b"", [])

    def test_a_tuple_where_the_schema_wants_one(self):
        assert sent(reply(tuple[int, int]).finish((200, 300))) == (200, "application/json", [200, 300])
        assert sent(reply({200: tuple[int, int]}).finish((200, (1, 2)))) == (200, "application/json", [1, 2])


class TestResponseObjects:
    @pytest.mark.parametrize("response", [UNANNOTATED, Out, None, {200: Out}])
    def test_they_go_out_as_they_are(self, response):
        assert reply(response).finish(JSON({"password": "canary"}, 418)) == (
            418,
            "application/json",
            b'{"password":"canary"}',
            [],
        )
        given = HttpResponse("x", content_type="a/b")
        given.set_cookie("a", "1")
        given.set_cookie("b", "2")
        assert reply(response).finish(given) == (
            200,
            "a/b",
            b"x",
            [("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2; Path=/")],
        )

    def test_streams(self):
        for kind in (StreamingResponse, StreamingHttpResponse):
            _, _, body, _ = reply(Out).finish(kind(["a", "b"]))
            assert not isinstance(body, bytes)
            assert list(body) == [b"a", b"b"]

    def test_a_status_beside_one_is_a_mistake(self):
        for value in ((404, JSON({})), Status(404, HttpResponse()), Status(404, Status(200))):
            with pytest.raises(TypeError, match=r"with a status beside it\. Set the status in the"):
                reply().finish(value)

    def test_which_of_them_wait(self):
        blocks = reply(Out).blocks
        assert blocks(FileResponse("/nothing"))
        assert blocks(SimpleTemplateResponse("x.html"))
        assert not any(map(blocks, (HttpResponse(), JSON({}), StreamingResponse([]), Redirect("/"))))

    def test_what_middleware_gets(self):
        given = JSON({})
        assert reply().respond(given) is given
        made: Any = reply(Out, 201).respond(Secret(1))
        assert (made.status_code, made["Content-Type"], made.content) == (
            201,
            "application/json",
            b'{"id":1,"title":""}',
        )
        assert reply().respond(None).status_code == 204


class TestInjected:
    def injected(self) -> Response:
        response = Response(status_code=202)
        response["X-A"] = "1"
        response.set_cookie("a", "1")
        return response

    def test_its_fields_are_added(self):
        for value in ({"id": 1}, Out(1)):
            for answer in (
                reply(Out).finish(Accompanied(value, self.injected())),
                self.answered(reply(Out).respond(Accompanied(value, self.injected()))),
            ):
                status, kind, _, headers = answer
                assert (status, kind) == (202, "application/json")
                assert headers == [("X-A", "1"), ("Set-Cookie", "a=1; Path=/")]

    @pytest.mark.parametrize("value", [(404, None), Status(404), HttpResponse(status=404)])
    def test_a_status_that_the_handler_names_wins(self, value):
        assert reply().finish(Accompanied(value, self.injected()))[0] == 404
        assert reply().respond(Accompanied(value, self.injected())).status_code == 404

    def test_it_waits_as_its_value(self):
        assert reply(Out).blocks(Accompanied(Book(), self.injected()))
        assert not reply(Out).blocks(Accompanied(Out(1), self.injected()))

    @staticmethod
    def answered(response: Any) -> Any:
        return reply().finish(response)


class Lines(Renderer):
    media_type = "text/x-lines"

    def render(self, data, *, request, status):
        return f"{request} {status} {data!r}"


class Broken(Renderer):
    media_type = "a/b"

    def render(self, data, *, request, status):
        return data


class TestRenderers:
    def test_they_are_chosen_by_their_place(self):
        several = reply(Out, renderers=(JSONRenderer(), MsgpackRenderer(), Lines()))
        assert several.produces == ("application/json", "application/msgpack", "text/x-lines")
        assert several.finish(Secret(1), 0) == (200, "application/json", b'{"id":1,"title":""}', [])
        _, kind, body, _ = several.finish(Secret(1), 1)
        assert (kind, msgspec.msgpack.decode(body)) == ("application/msgpack", {"id": 1, "title": ""})
        request: Any = "request"
        assert several.finish((200, Secret(1)), 2, request) == (
            200,
            "text/x-lines; charset=utf-8",
            b"request 200 {'id': 1, 'title': ''}",
            [],
        )

    def test_what_has_no_representation(self):
        several = reply(renderers=(Lines(),))
        assert several.finish(None) == (204, None, b"", [])
        assert several.finish(b"x") == (200, "application/octet-stream", b"x", [])
        assert several.finish((304, {"a": 1})) == (304, None, b"", [])

    def test_rust_encodes_json_where_that_is_the_first(self):
        assert reply(Out, renderers=(JSONRenderer(),)).shape == reply(Out).shape
        assert reply(Out, renderers=(JSONRenderer(), Lines())).shape == reply(Out).shape
        assert reply(Out, renderers=(Lines(), JSONRenderer())).shape == ("never",)
        assert reply(renderers=(Lines(),)).shape == ("never",)

    def test_one_that_renders_neither_text_nor_bytes(self):
        with pytest.raises(TypeError, match=r"Broken.render returned dict. Expected bytes or str"):
            reply(renderers=(Broken(),)).finish({"a": 1})


class TestDump:
    def test_the_schema_writes_by_the_options(self):
        told: list[Any] = []

        class Schema:
            def is_nothing(self):
                return False

            def dump(self, value, options):
                told.append((value, options))
                return {"dumped": True}

        responses = parse_responses(Out, None, "shop")
        options = Dump(exclude_none=True)
        made = Reply(
            dataclasses.replace(
                responses, by_status={200: dataclasses.replace(responses.by_status[200], schema=Schema())}
            ),
            label="shop.handler",
            dump=options,
        )
        assert made.shape == ("never",)
        given = Out(1)
        assert sent(made.finish(given))[2] == {"dumped": True}
        assert told == [(given, options)]

    def test_options_that_say_nothing_new(self):
        assert reply(Out, dump=Dump()).shape == reply(Out).shape

    @pytest.mark.parametrize(
        ("options", "written"),
        [
            (Dump(exclude_none=True), {"Id": 1, "title": "x"}),
            (Dump(exclude_defaults=True), {"Id": 1, "title": "x"}),
            (Dump(exclude_unset=True), {"Id": 1, "title": "x"}),
            (Dump(by_alias=False), {"id": 1, "title": "x", "note": None}),
        ],
    )
    def test_what_is_written(self, options, written):
        pydantic = pytest.importorskip("pydantic")

        class Struct(msgspec.Struct, rename={"id": "Id"}):
            id: int
            title: str = ""
            note: str | None = None

        class Model(pydantic.BaseModel):
            id: int = pydantic.Field(serialization_alias="Id")
            title: str = ""
            note: str | None = None

        given = {"id": 1, "title": "x", "password": "canary"}
        assert sent(reply(Struct, dump=options).finish(given))[2] == written
        assert sent(reply(list[Model], dump=options).finish([given]))[2] == [written]


class TestPydantic:
    def test_models_without_a_schema(self):
        pydantic = pytest.importorskip("pydantic")

        class Model(pydantic.BaseModel):
            name: str = pydantic.Field(serialization_alias="Name")
            when: datetime.date

        given = Model(name="x", when="2026-01-02")
        written = {"Name": "x", "when": "2026-01-02"}
        for value, found in ((given, written), ([given], [written]), ({"a": given}, {"a": written})):
            assert sent(reply().finish(value))[2] == found

    def test_models_as_the_schema(self):
        pydantic = pytest.importorskip("pydantic")

        class Model(pydantic.BaseModel):
            id: int

        class Richer(Model):
            password: str = "canary"

        answer = reply({200: Model, 404: Problem}).finish
        for value in ({"id": 1, "password": "canary"}, Richer(id=1), Out(1), (200, Richer(id=1))):
            assert sent(answer(value)) == (200, "application/json", {"id": 1})
        with pytest.raises(TypeError, match="does not fit its response schema"):
            answer({"id": "x"})
