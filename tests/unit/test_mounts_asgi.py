from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from django.http import StreamingHttpResponse
from django.test import RequestFactory

from ultrafox.exceptions import DeclarationError
from ultrafox.mounts import mount_asgi


def request(path="/api/old/a/b", rest="a/b", method="get", **more):
    made = getattr(RequestFactory(), method)(path, HTTP_HOST="localhost", **more)
    made.resolver_match = SimpleNamespace(kwargs={"rest": rest} if rest is not None else {})
    return made


def answered(app, given=None):
    async def inside():
        response = await mount_asgi("/old", app)(given or request())
        if isinstance(response, StreamingHttpResponse):
            return response, [piece async for piece in response.streaming_content]
        return response, [response.content]

    return asyncio.run(inside())


def start(status=200, *headers):
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def piece(body, more=False):
    return {"type": "http.response.body", "body": body, "more_body": more}


async def hello(scope, receive, send):
    await send(start(201, (b"content-type", b"text/x"), (b"x-a", b"1"), (b"x-a", b"2")))
    await send(piece(b"hello"))


def test_status_fields_and_body():
    response, body = answered(hello)
    assert (response.status_code, body) == (201, [b"hello"])
    assert (response["Content-Type"], response["X-A"]) == ("text/x", "1, 2")


def test_no_content_type_is_none():
    async def app(scope, receive, send):
        await send(start(204, (b"connection", b"close")))
        await send(piece(b""))

    response, _ = answered(app)
    assert list(response.items()) == []


def test_cookies_as_they_were_written():
    fields = [b"a=1; Path=/x; Priority=High", b"a=2; Path=/y", b'b="q"; HttpOnly; Partitioned']

    async def app(scope, receive, send):
        await send(start(200, *((b"Set-Cookie", field) for field in fields)))
        await send(piece(b""))

    response, _ = answered(app)
    assert [cookie.output(header="").strip().encode() for cookie in response.cookies.values()] == fields


def test_the_scope():
    seen = {}

    async def app(scope, receive, send):
        seen.update(scope, body=await receive())
        await hello(scope, receive, send)

    given = request("/api/old/a/b?x=%20y", method="post", data=b"{}", content_type="application/json", HTTP_X_PLAIN="é")
    answered(app, given)
    assert (seen["type"], seen["method"], seen["scheme"]) == ("http", "POST", "http")
    assert (seen["root_path"], seen["path"], seen["query_string"]) == ("/api/old", "/api/old/a/b", b"x=%20y")
    assert (b"x-plain", "é".encode()) in seen["headers"] and (b"content-type", b"application/json") in seen["headers"]
    assert seen["client"][0] == "127.0.0.1"
    assert seen["body"] == {"type": "http.request", "body": b"{}", "more_body": False}


@pytest.mark.parametrize(
    ("path", "rest", "found"),
    [
        ("/api/old", None, ("/api/old", "/api/old/")),
        ("/api/old/", "", ("/api/old", "/api/old/")),
        ("/old/a/", "a/", ("/old", "/old/a/")),
        ("/a/b", "a/b", ("", "/a/b")),
    ],
)
def test_the_root(path, rest, found):
    seen = {}

    async def app(scope, receive, send):
        seen.update(scope)
        await hello(scope, receive, send)

    answered(app, request(path, rest))
    assert (seen["root_path"], seen["path"]) == found


class TestStreams:
    def test_pieces_come_as_they_are_sent(self):
        async def app(scope, receive, send):
            await send(start())
            for n in range(5):
                await send(piece(b"%d" % n, more=True))
            await send(piece(b""))

        response, body = answered(app)
        assert isinstance(response, StreamingHttpResponse)
        assert body == [b"0", b"1", b"2", b"3", b"4"]

    def test_send_waits_for_the_client(self):
        sent = []

        async def app(scope, receive, send):
            await send(start())
            for n in range(100):
                await send(piece(b"x", more=True))
                sent.append(n)

        async def inside():
            response = await mount_asgi("/old", app)(request())
            pieces = response.streaming_content
            await anext(pieces)
            await asyncio.sleep(0.01)
            assert len(sent) <= 3
            await anext(pieces)
            response.close()
            await asyncio.sleep(0)

        asyncio.run(inside())

    def test_an_early_end_is_told(self):
        told = []

        async def app(scope, receive, send):
            await receive()
            await send(start())
            await send(piece(b"x", more=True))
            told.append(await receive())
            with pytest.raises(OSError, match="gone"):
                await send(piece(b"y", more=True))
            told.append("ended")

        async def inside():
            response = await mount_asgi("/old", app)(request())
            pieces = response.streaming_content
            await anext(pieces)
            response.close()
            await asyncio.sleep(0.01)

        asyncio.run(inside())
        assert told == [{"type": "http.disconnect"}, "ended"]

    def test_one_that_does_not_listen_is_cancelled(self, monkeypatch):
        monkeypatch.setattr("ultrafox.mounts.asgi._FAREWELL", 0.01)
        ended = []

        async def app(scope, receive, send):
            await send(start())
            await send(piece(b"x", more=True))
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                ended.append("cancelled")
                raise

        async def inside():
            response = await mount_asgi("/old", app)(request())
            await anext(response.streaming_content)
            response.close()
            await asyncio.sleep(0.05)

        asyncio.run(inside())
        assert ended == ["cancelled"]

    @pytest.mark.parametrize("raised", [KeyError("x"), None])
    def test_a_break_in_the_middle(self, raised):
        async def app(scope, receive, send):
            await send(start())
            await send(piece(b"x", more=True))
            if raised:
                raise raised

        with pytest.raises(KeyError if raised else RuntimeError):
            answered(app)


class TestTheHead:
    @pytest.fixture(params=["at once", "through middleware"])
    def told_first(self, request):
        """Applications that say their head, and their body when they are let."""

        async def app(scope, receive, send):
            await send(start(200, (b"content-type", b"text/event-stream")))
            await scope["state"]["go"].wait()
            await send(piece(b"event", more=True))
            await send(piece(b""))

        async def around(scope, receive, send):
            async def later(message):
                await asyncio.sleep(0)
                await send(message)

            await app(scope, receive, later)

        return app if request.param == "at once" else around

    def test_does_not_wait_for_the_first_piece(self, told_first):
        async def inside():
            go = asyncio.Event()

            async def app(scope, receive, send):
                scope["state"]["go"] = go
                await told_first(scope, receive, send)

            response = await asyncio.wait_for(mount_asgi("/old", app)(request()), 5)
            assert response["Content-Type"] == "text/event-stream" and response.streaming
            go.set()
            return [piece async for piece in response.streaming_content]

        assert asyncio.run(inside()) == [b"event"]

    def test_a_body_that_is_there_is_whole(self):
        async def slow(scope, receive, send):
            await send(start())
            await asyncio.sleep(0)
            await send(piece(b"whole"))

        response, body = answered(slow)
        assert not response.streaming and body == [b"whole"]

    def test_an_error_after_the_head_breaks_it_off(self):
        async def app(scope, receive, send):
            await send(start())
            await asyncio.sleep(0.01)
            raise KeyError("late")

        with pytest.raises(KeyError):
            answered(app)


class TestErrors:
    def test_before_the_start(self):
        async def app(scope, receive, send):
            raise KeyError("x")

        with pytest.raises(KeyError):
            answered(app)

    def test_without_an_answer(self):
        async def app(scope, receive, send): ...

        with pytest.raises(RuntimeError, match="ended before its answer was whole"):
            answered(app)

    def test_in_the_wrong_order(self):
        async def app(scope, receive, send):
            await send(piece(b"x"))
            await receive()

        with pytest.raises(RuntimeError, match=r"Expected http.response.start .* given 'http.response.body'"):
            answered(app)

    def test_after_the_answer(self, caplog):
        async def app(scope, receive, send):
            await hello(scope, receive, send)
            await asyncio.sleep(0)
            raise KeyError("late")

        async def inside():
            response = await mount_asgi("/old", app)(request())
            await asyncio.sleep(0.01)
            return response

        assert asyncio.run(inside()).status_code == 201
        assert "failed after its answer" in caplog.text and "late" in caplog.text

    @pytest.mark.parametrize("given", [None, "a.b", lambda scope: 1, dict])
    def test_no_application(self, given):
        with pytest.raises(DeclarationError, match=r"mount_asgi\('/old'\): expected an ASGI application"):
            mount_asgi("/old", given)


def test_a_real_application():
    from django.core.asgi import get_asgi_application

    response, body = answered(get_asgi_application(), request("/old/no/such/page", "no/such/page"))
    assert response.status_code == 404
    assert b"".join(body)
