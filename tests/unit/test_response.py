from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from django.core.exceptions import DisallowedRedirect
from django.http import BadHeaderError, HttpResponse, StreamingHttpResponse
from django.middleware.gzip import GZipMiddleware
from django.test import RequestFactory
from django.urls import reverse_lazy

from ultrafox.response import (
    HTML,
    JSON,
    EventSourceResponse,
    JSONResponse,
    PlainText,
    Redirect,
    Response,
    StreamingResponse,
    content_type_for,
)
from ultrafox.sse import ServerSentEvent


class Out(msgspec.Struct):
    id: int


def told(response: Any) -> tuple[int, str | None, bytes]:
    return response.status_code, response.get("Content-Type"), response.content


class TestWhole:
    @pytest.mark.parametrize(
        ("response", "said"),
        [
            (Response(), (200, None, b"")),
            (Response(status_code=202), (202, None, b"")),
            (Response(b"\xff"), (200, "application/octet-stream", b"\xff")),
            (Response(memoryview(b"a")), (200, "application/octet-stream", b"a")),
            (Response("ü"), (200, "text/plain; charset=utf-8", "ü".encode())),
            (Response({"a": 1}, 201), (201, "application/json", b'{"a":1}')),
            (Response(Out(1)), (200, "application/json", b'{"id":1}')),
            (Response([]), (200, "application/json", b"[]")),
            (Response(b"%PDF", media_type="application/pdf"), (200, "application/pdf", b"%PDF")),
            (Response(b"%PDF", content_type="application/pdf"), (200, "application/pdf", b"%PDF")),
            (Response("a", media_type="text/csv"), (200, "text/csv; charset=utf-8", b"a")),
            (Response("a", headers={"content-type": "text/x"}), (200, "text/x", b"a")),
            (Response(None, media_type="text/csv"), (200, "text/csv; charset=utf-8", b"")),
            (JSON({"a": 1}), (200, "application/json", b'{"a":1}')),
            (JSON(None), (200, "application/json", b"null")),
            (JSON("a"), (200, "application/json", b'"a"')),
            (JSON([Out(1)], 201, media_type="application/hal+json"), (201, "application/hal+json", b'[{"id":1}]')),
            (PlainText("Hello"), (200, "text/plain; charset=utf-8", b"Hello")),
            (PlainText("Hello", 404), (404, "text/plain; charset=utf-8", b"Hello")),
            (HTML("<h1>ü</h1>"), (200, "text/html; charset=utf-8", "<h1>ü</h1>".encode())),
        ],
    )
    def test_what_they_say(self, response, said):
        assert told(response) == said
        assert isinstance(response, HttpResponse)

    def test_headers_and_cookies(self):
        for headers in ({"X-A": "1", "X-B": 2}, [("X-A", "1"), ("X-B", "2")], iter([("X-A", "1"), ("X-B", "2")])):
            response: Any = JSON({}, headers=headers)
            assert (response["x-a"], response["X-B"]) == ("1", "2")
        response.set_cookie("a", "1", httponly=True)
        response.delete_cookie("b")
        assert response.cookies["a"]["httponly"] is True
        assert response.cookies["b"]["max-age"] == 0

    def test_no_header_can_be_put_into_another(self):
        with pytest.raises(BadHeaderError):
            Response(headers={"X-A": "1\r\nX-B: 2"})

    @pytest.mark.parametrize("status", [199, 600, True, "200"])
    def test_statuses(self, status):
        with pytest.raises(ValueError, match="Expected a status from 200 to 599"):
            Response(status_code=status)

    def test_what_json_cannot_hold(self):
        for make in (Response, JSON):
            with pytest.raises(TypeError, match="Expected a value that JSON can hold"):
                make(object())

    def test_the_status_is_set_only_where_somebody_named_it(self):
        """`answers.merge` depends on it."""
        assert "status_code" not in vars(Response())
        assert vars(Response(status_code=201))["status_code"] == 201

    def test_the_other_name(self):
        assert JSONResponse is JSON


class TestRedirect:
    def test_where_to(self):
        response = Redirect("/new-location")
        assert told(response) == (307, None, b"")
        assert response["Location"] == response.url == "/new-location"

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_statuses(self, status):
        response: Any = Redirect("https://a.example/ü?q=1#x", status, {"X-A": "1"})
        assert (response.status_code, response["X-A"]) == (status, "1")
        assert response.url == "https://a.example/%C3%BC?q=1#x"

    @pytest.mark.parametrize("status", [200, 300, 304, 309, "302", True])
    def test_what_is_no_redirect(self, status):
        with pytest.raises(ValueError, match="out of 301, 302, 303, 307, 308"):
            Redirect("/", status)

    @pytest.mark.parametrize("url", ["/a\r\nX: 1", "/a\nb", "\x00", "/\x1b", "/\x7f", "/\x85"])
    def test_control_characters(self, url):
        with pytest.raises(DisallowedRedirect, match="control characters"):
            Redirect(url)

    @pytest.mark.parametrize("url", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc"])
    def test_schemes(self, url):
        with pytest.raises(DisallowedRedirect, match="Expected a URL of http, https, ftp"):
            Redirect(url)

    def test_what_is_no_url(self):
        with pytest.raises(DisallowedRedirect, match="Expected a URL"):
            Redirect("http://[")

    def test_a_backslash_leads_nowhere_else(self):
        assert Redirect("/\\evil.example").url == "/%5Cevil.example"

    def test_schemes_of_ones_own(self):
        class App(Redirect):
            allowed_schemes = ("shop",)

        assert App("shop://paid").url == "shop://paid"

    def test_a_url_that_is_not_yet_known(self):
        assert Redirect(reverse_lazy("admin:index")).url == "/admin/"


class TestStreaming:
    def test_sync(self):
        response: Any = StreamingResponse(["a", b"b"], 201, {"X-A": "1"}, "text/csv")
        assert isinstance(response, StreamingHttpResponse)
        assert (response.status_code, response["X-A"]) == (201, "1")
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert not response.is_async
        assert b"".join(response.streaming_content) == b"ab"

    def test_async(self):
        async def rows():
            yield "a"
            yield "b"

        async def read(response):
            return [chunk async for chunk in response.streaming_content]

        response: Any = StreamingResponse(rows)
        assert response.is_async
        assert response["Content-Type"] == "application/octet-stream"
        assert asyncio.run(read(response)) == [b"a", b"b"]

    def test_what_is_no_stream(self):
        with pytest.raises(TypeError, match="as the content of a stream, given int"):
            StreamingResponse(1)  # type: ignore[arg-type]

    def test_djangos_middleware_takes_it(self):
        request = RequestFactory().get("/", headers={"accept-encoding": "gzip"})
        response: Any = GZipMiddleware(lambda _: StreamingResponse(["a" * 500], media_type="text/plain"))(request)
        assert response["Content-Encoding"] == "gzip"
        assert b"".join(response.streaming_content)[:2] == b"\x1f\x8b"

    def test_djangos_way_of_closing_ends_the_generator(self):
        ended: list[int] = []

        def rows():
            try:
                yield "a"
            finally:
                ended.append(1)

        response: Any = StreamingResponse(rows())
        next(response.streaming_content)
        response.close()
        assert ended == [1]


class TestEvents:
    def test_fields(self):
        response = EventSourceResponse(iter(()))
        assert response["Content-Type"] == "text/event-stream"
        assert response["Cache-Control"] == "no-cache"
        assert response["X-Accel-Buffering"] == "no"
        assert EventSourceResponse([], headers={"cache-control": "no-store"})["Cache-Control"] == "no-store"

    def test_items(self):
        response: Any = EventSourceResponse(["a", {"b": 1}, ServerSentEvent("c", id="3")])
        assert list(response.streaming_content) == [b"data: a\n\n", b'data: {"b":1}\n\n', b"id: 3\ndata: c\n\n"]

    def test_async_items(self):
        async def events():
            yield Out(1)

        async def read(response):
            return [chunk async for chunk in response.streaming_content]

        assert asyncio.run(read(EventSourceResponse(events()))) == [b'data: {"id":1}\n\n']

    def test_text_is_one_event_and_not_one_for_each_letter(self):
        response: Any = EventSourceResponse("hello")
        assert list(response.streaming_content) == [b"data: hello\n\n"]


@pytest.mark.parametrize(
    ("media_type", "sent"),
    [
        ("text/csv", "text/csv; charset=utf-8"),
        ("Text/CSV", "Text/CSV; charset=utf-8"),
        ("text/csv; charset=latin-1", "text/csv; charset=latin-1"),
        ("text/event-stream", "text/event-stream"),
        ("application/json", "application/json"),
        ("image/png", "image/png"),
    ],
)
def test_content_types(media_type, sent):
    assert content_type_for(media_type) == sent
