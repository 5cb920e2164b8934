from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_finished
from django.http import (
    FileResponse as DjangoFileResponse,
)
from django.http import (
    HttpResponse,
    HttpResponseNotModified,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.template import engines
from django.template.response import SimpleTemplateResponse
from django.utils.text import compress_sequence

from ultrafox.answers import answer_of, join, merge, ready, response_of, waits
from ultrafox.exceptions import NotFound
from ultrafox.files import FileResponse
from ultrafox.response import JSON, Redirect, Response, StreamingResponse
from ultrafox.streaming import AsyncChunks, Chunks


def template(text: str = "<b>{{ a }}</b>") -> SimpleTemplateResponse:
    engine = engines.all()[0] if engines.all() else None
    assert engine is not None
    return SimpleTemplateResponse(engine.from_string(text), {"a": "<1>"})


def collected(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    if isinstance(body, Chunks):
        return b"".join(body)

    async def read() -> bytes:
        return b"".join([chunk async for chunk in body])

    return asyncio.run(read())


class TestDjangosResponses:
    @pytest.mark.parametrize(
        ("response", "answer"),
        [
            (HttpResponse("ü"), (200, "text/html; charset=utf-8", "ü".encode(), [])),
            (HttpResponse(b"x", status=418, content_type="a/b"), (418, "a/b", b"x", [])),
            (JsonResponse({"a": 1}, headers={"X-A": "1"}), (200, "application/json", b'{"a": 1}', [("X-A", "1")])),
            (HttpResponseRedirect("/x"), (302, "text/html; charset=utf-8", b"", [("Location", "/x")])),
            (HttpResponseNotModified(), (304, None, b"", [])),
            (HttpResponse("dropped", status=204), (204, None, b"", [])),
            (Response(), (200, None, b"", [])),
            (Redirect("/x", 308), (308, None, b"", [("Location", "/x")])),
        ],
    )
    def test_whole(self, response, answer):
        assert answer_of(response) == answer
        assert response.closed

    def test_several_cookies(self):
        response = JSON({})
        response.set_cookie("a", "1", httponly=True, samesite="Lax")
        response.delete_cookie("b")
        _, _, _, headers = answer_of(response)
        assert headers[0] == ("Set-Cookie", "a=1; HttpOnly; Path=/; SameSite=Lax")
        assert headers[1][0] == "Set-Cookie" and headers[1][1].startswith('b=""; expires=Thu, 01 Jan 1970')

    def test_templates_are_rendered(self):
        response = template()
        assert waits(response)
        assert answer_of(response)[2] == b"<b>&lt;1&gt;</b>"
        assert not waits(response)

    def test_a_template_that_fails_closes_the_response(self):
        closed: list[int] = []
        response = template()
        response.add_post_render_callback(lambda _: 1 / 0)
        response._resource_closers.append(lambda: closed.append(1))
        with pytest.raises(ZeroDivisionError):
            answer_of(response)
        assert closed == [1]

    def test_sync_streams(self):
        closed: list[int] = []

        def rows():
            try:
                yield "a"
                yield "b"
            finally:
                closed.append(1)

        status, kind, body, headers = answer_of(StreamingHttpResponse(rows(), content_type="a/b", headers={"X-A": "1"}))
        assert (status, kind, headers) == (200, "a/b", [("X-A", "1")])
        assert collected(body) == b"ab"
        assert closed == [1]

    @pytest.mark.parametrize("kind", [StreamingHttpResponse, StreamingResponse])
    def test_streams_that_are_left(self, kind):
        closed: list[str] = []

        def rows():
            try:
                yield "a"
                yield "b"
            finally:
                closed.append("generator")

        response = kind(rows())
        response._resource_closers.append(lambda: closed.append("response"))
        body: Any = answer_of(response)[2]
        assert next(body) == b"a"
        body.close()
        assert closed == ["generator", "response"]
        assert response.closed

    @pytest.mark.parametrize("kind", [StreamingHttpResponse, StreamingResponse])
    def test_async_streams_that_are_left(self, kind):
        closed: list[str] = []

        async def rows():
            try:
                yield "a"
                yield "b"
            finally:
                await asyncio.sleep(0)
                closed.append("generator")

        async def leave():
            response = kind(rows())
            response._resource_closers.append(lambda: closed.append("response"))
            body: Any = answer_of(response)[2]
            assert isinstance(body, AsyncChunks)
            assert await anext(body) == b"a"
            await body.aclose()

        asyncio.run(leave())
        assert closed == ["generator", "response"]

    def test_what_is_put_around_an_async_stream_ends_after_it(self):
        ended: list[str] = []

        async def rows():
            try:
                yield "a"
                yield "b"
            finally:
                await asyncio.sleep(0)
                ended.append("handler")

        async def around(chunks):
            try:
                async for chunk in chunks:
                    yield chunk
            finally:
                ended.append("dependency")

        async def leave():
            response = StreamingResponse(rows)
            response.streaming_content = around(response.streaming_content)
            body: Any = answer_of(response)[2]
            await anext(body)
            await body.aclose()

        asyncio.run(leave())
        assert ended == ["handler", "dependency"]

    def test_async_streams(self):
        async def rows():
            yield "a"
            yield "b"

        assert collected(answer_of(StreamingHttpResponse(rows()))[2]) == b"ab"
        assert collected(answer_of(StreamingResponse(rows()))[2]) == b"ab"

    def test_a_stream_that_fails_midway_raises_onward(self):
        def rows():
            yield "a"
            raise RuntimeError("midway")

        for kind in (StreamingHttpResponse, StreamingResponse):
            body: Any = answer_of(kind(rows()))[2]
            assert next(body) == b"a"
            with pytest.raises(RuntimeError, match="midway"):
                next(body)

    def test_what_middleware_put_around_a_stream_is_kept(self):
        response = StreamingResponse(["a" * 500])
        response.streaming_content = compress_sequence(response.streaming_content)
        assert collected(answer_of(response)[2])[:2] == b"\x1f\x8b"

    def test_files(self, tmp_path: Path):
        path = tmp_path / "a.txt"
        path.write_bytes(b"hello")
        for response in (FileResponse(path), DjangoFileResponse(path.open("rb"))):
            _, _, body, headers = answer_of(response)
            assert ("Content-Length", "5") in headers
            assert collected(body) == b"hello"

    def test_files_wait_for_the_disk(self, tmp_path: Path):
        path = tmp_path / "a.txt"
        path.write_bytes(b"hello")
        response = FileResponse(path)
        assert waits(response)
        assert ready(response) is response
        assert not waits(response)
        response.close()
        with pytest.raises(NotFound):
            ready(FileResponse(tmp_path / "nothing"))
        assert not waits(HttpResponse())
        assert not waits(StreamingResponse([]))

    def test_no_signal_is_sent_for_what_the_job_ends_by_itself(self):
        sent: list[object] = []

        def note(**_: object) -> None:
            sent.append(1)

        request_finished.connect(note)
        try:
            answer_of(HttpResponse("x"))
            collected(answer_of(StreamingHttpResponse(["x"]))[2])
        finally:
            request_finished.disconnect(note)
        assert sent == []

    def test_a_close_of_ones_own_is_called(self):
        closed: list[int] = []

        class Own(HttpResponse):
            def close(self) -> None:
                closed.append(1)

        answer_of(Own("x"))
        assert closed == [1]


class TestBack:
    def test_there_and_back(self):
        async def rows():
            yield b"ab"

        cookies = [("Set-Cookie", "a=1; HttpOnly; Path=/"), ("Set-Cookie", "b=2; Path=/")]
        for body in (b"ab", Chunks([b"ab"]), AsyncChunks(rows())):
            response = response_of((201, "a/b", body, [("X-A", "1"), *cookies]))
            assert response.cookies["a"]["httponly"]
            status, kind, again, headers = answer_of(response)
            assert (status, kind, headers) == (201, "a/b", [("X-A", "1"), *cookies])
            assert collected(again) == b"ab"

    def test_cookies_that_this_python_cannot_read(self):
        for written in ("c=1; Partitioned; Secure", "c=1; Made-Up"):
            assert answer_of(response_of((200, None, b"x", [("Set-Cookie", written)])))[3] == [("Set-Cookie", written)]

    def test_nothing(self):
        assert answer_of(response_of((204, None, b"", []))) == (204, None, b"", [])
        assert answer_of(response_of((202, None, b"", []))) == (202, None, b"", [])
        assert answer_of(response_of((200, None, Chunks([]), [])))[1] is None

    def test_it_knows_only_what_the_answer_says(self):
        assert vars(response_of((200, "a/b", b"", []))).get("status_code") is None


def injected(**said: Any) -> Response:
    response = Response()
    for name, value in said.items():
        setattr(response, name, value)
    return response


class TestInjected:
    ANSWER = (200, "application/json", b"{}", [("X-A", "1"), ("Set-Cookie", "a=1")])

    def test_an_untouched_one_changes_nothing(self):
        assert merge(self.ANSWER, Response()) == self.ANSWER
        assert merge(self.ANSWER, HttpResponse()) == self.ANSWER

    def test_headers_and_cookies_are_added(self):
        response = injected()
        response["X-B"] = "2"
        response["X-A"] = "lost"
        response["Content-Length"] = "7"
        response.set_cookie("b", "2")
        _, kind, _, headers = merge(self.ANSWER, response)
        assert kind == "application/json"
        assert headers == [*self.ANSWER[3], ("X-B", "2"), ("Set-Cookie", "b=2; Path=/")]
        assert self.ANSWER[3] == [("X-A", "1"), ("Set-Cookie", "a=1")]

    def test_the_status_when_it_was_set(self):
        assert merge((201, None, b"", []), injected(status_code=200))[0] == 200
        assert merge((201, None, b"", []), HttpResponse(status=202))[0] == 202
        assert merge(self.ANSWER, injected(status_code=204)) == (204, None, b"", self.ANSWER[3])

    def test_the_content_type_when_it_was_set(self):
        response = injected()
        response["Content-Type"] = "application/hal+json"
        assert merge(self.ANSWER, response)[1] == "application/hal+json"
        assert merge(self.ANSWER, HttpResponse(content_type="a/b"))[1] == "a/b"

    def test_what_the_handler_named_itself_stays(self):
        response = injected(status_code=202)
        response["Content-Type"] = "a/b"
        assert merge((404, "c/d", b"", []), response, explicit=True) == (404, "c/d", b"", [])

    def test_the_same_before_middleware(self):
        response = injected(status_code=202)
        response["X-A"] = "lost"
        response["X-B"] = "2"
        response["Content-Type"] = "a/b"
        response.set_cookie("b", "2")
        given = JSON({}, headers={"X-A": "1"})
        given.set_cookie("a", "1")
        status, kind, _, headers = answer_of(join(given, response))
        assert (status, kind) == (202, "a/b")
        assert headers == [
            ("X-A", "1"),
            ("X-B", "2"),
            ("Set-Cookie", "a=1; Path=/"),
            ("Set-Cookie", "b=2; Path=/"),
        ]
        assert join(JSON({}, 404), response, explicit=True).status_code == 404
