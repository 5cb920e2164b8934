"""The test clients, before a door that is a fake."""

from __future__ import annotations

import asyncio
import contextvars
import gzip
import io
import threading
from types import SimpleNamespace

import pytest

from fake_door import FakeDoor
from ultrafox import API, Router
from ultrafox.testing import AsyncTestClient, HTTPStatusError, TestClient, served
from ultrafox.testing.cookies import Cookies
from ultrafox.testing.multipart import encode
from ultrafox.testing.reading import Lines, resized

TEXT = [("content-type", "text/plain")]
word = contextvars.ContextVar("word", default="none")


def echo(flight):
    asked = flight.asked
    lines = [f"{asked['method']} {asked['target']}", *(f"{name}: {value}" for name, value in asked["headers"]), ""]
    return 200, TEXT, "\n".join(lines).encode() + b"\n" + (asked["body"] or b"")


async def on_loop(flight):
    await asyncio.sleep(0)
    word.set("set by a handler")
    return 200, [("content-type", "application/json")], b'{"thread": "%s"}' % threading.current_thread().name.encode()


def failing(flight):
    raise LookupError("on purpose")


def log_in(flight):
    return 204, [("set-cookie", "session=abc; Path=/; HttpOnly; Secure"), ("set-cookie", "deep=1; Path=/deep")], b""


def log_out(flight):
    return 204, [("set-cookie", "session=; Path=/; Max-Age=0")], b""


def moved(flight):
    return 302, [("location", "/echo?from=moved")], b""


def kept(flight):
    return 307, [("location", "/echo")], b""


def round_and_round(flight):
    return 302, [("location", "/round_and_round")], b""


async def lines():
    for piece in ("data: ä".encode()[:-1], b"\xa4\r", b"\ndata: b\n", b"end"):
        yield piece


def stream(flight):
    return 200, TEXT, lines()


def zipped(flight):
    return 200, [("content-encoding", "gzip")], gzip.compress(b"whole")


def later(flight):
    flight.afterwards.append(lambda: flight.door.steps.append("after"))
    return 200, TEXT, b"x"


@pytest.fixture
def door(monkeypatch):
    door = FakeDoor(
        echo=echo,
        on_loop=on_loop,
        failing=failing,
        log_in=log_in,
        log_out=log_out,
        moved=moved,
        kept=kept,
        round_and_round=round_and_round,
        stream=stream,
        zipped=zipped,
        later=later,
    )
    door.steps, door.opened = [], []

    def open_door(apis, **given):
        door.opened.append((apis, given))
        return door

    monkeypatch.setattr(served, "open_door", open_door)
    return door


@pytest.fixture
def client(door):
    return TestClient(API())


def test_a_request_as_a_client_sends_it(client):
    said = client.get("/echo", params={"a": 1, "b": [True, None], "c": "ä b"}, headers={"X-Some": "1"}).text
    assert said == ("GET /echo?a=1&b=true&b=&c=%C3%A4+b\nhost: testserver\naccept: */*\nx-some: 1\n\n")


def test_bodies(client):
    def sent(**parts):
        head, _, body = client.post("/echo", **parts).text.partition("\n\n")
        fields = dict(line.split(": ", 1) for line in head.split("\n")[1:])
        return fields.get("content-type"), fields["content-length"], body

    assert sent(json={"a": [1, "ä"]}) == ("application/json", "14", '{"a":[1,"ä"]}')
    assert sent(data={"a": [1, 2], "b": "x y"}) == ("application/x-www-form-urlencoded", "13", "a=1&a=2&b=x+y")
    assert sent(content=b"raw") == (None, "3", "raw")
    assert sent(content="text", content_type="a/b") == ("a/b", "4", "text")
    assert sent(content=iter([b"a", b"b"]))[2] == "ab"
    assert sent() == (None, "0", "")
    kind, _, body = sent(data={"a": 1}, files={"f": ("n.txt", "hello", "text/plain")})
    assert kind.startswith("multipart/form-data; boundary=")
    assert 'name="f"; filename="n.txt"\r\nContent-Type: text/plain\r\n\r\nhello\r\n' in body
    with pytest.raises(TypeError, match="one of `json`, `data`"):
        client.post("/echo", json=1, content=b"x")


def test_files_in_all_spellings():
    named = io.BytesIO(b"3")
    named.name = "/tmp/three.png"
    body, kind = encode(
        [("a", "1")],
        [
            ("f", b"1"),
            ("f", ("two.bin", b"2")),
            ("g", [named, ('q"\r.txt', "4", None, {"X-A": "b"})]),
            ("h", (None, "5")),
        ],
        "B",
    )
    assert kind == "multipart/form-data; boundary=B"
    assert body.decode() == (
        '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        '--B\r\nContent-Disposition: form-data; name="f"; filename="upload"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n1\r\n"
        '--B\r\nContent-Disposition: form-data; name="f"; filename="two.bin"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n2\r\n"
        '--B\r\nContent-Disposition: form-data; name="g"; filename="three.png"\r\n'
        "Content-Type: image/png\r\n\r\n3\r\n"
        '--B\r\nContent-Disposition: form-data; name="g"; filename="q%22%0D.txt"\r\n'
        "Content-Type: text/plain\r\nX-A: b\r\n\r\n4\r\n"
        '--B\r\nContent-Disposition: form-data; name="h"\r\n\r\n5\r\n--B--\r\n'
    )
    with pytest.raises(TypeError, match="for 'f', given a int"):
        encode([], {"f": 3})
    with pytest.raises(TypeError, match="given 1 parts"):
        encode([], {"f": ("a",)})


def test_a_reply(client):
    reply = client.get("/on_loop")
    assert reply.json() == reply.data == {"thread": "ultrafox-caller"}
    assert (reply.status_code, reply.reason_phrase, reply.is_success, reply.is_error) == (200, "OK", True, False)
    assert reply["Content-Type"] == reply.headers["content-type"] == "application/json"
    assert reply.url == "http://testserver/on_loop" and reply.request.method == "GET"
    assert reply.raise_for_status() is reply and repr(reply) == "<Response [200 OK]>"
    assert client.get("/zipped").content == b"whole"
    assert word.get() == "none"


def test_an_error_status(client):
    reply = client.get("/absent")
    with pytest.raises(HTTPStatusError, match="404 Not Found for http://testserver/absent"):
        reply.raise_for_status()


def test_what_a_handler_raises_is_raised(client, door):
    with pytest.raises(LookupError, match="on purpose"):
        client.get("/failing")
    assert TestClient(API(), raise_server_exceptions=False).get("/failing").status_code == 500
    assert all(flight.closed for flight in door.flights)


def test_cookies_are_kept(client):
    client.get("/log_in")
    assert client.cookies == {"session": "abc", "deep": "1"}
    assert "\ncookie: session=abc\n" in client.get("/echo").text
    assert "\ncookie: session=other; more=1\n" in client.get("/echo", cookies={"session": "other", "more": "1"}).text
    client.get("/log_out")
    assert "cookie" not in client.get("/echo").text
    client.cookies["own"] = "2"
    assert "\ncookie: own=2\n" in client.get("/echo").text
    client.cookies.clear()
    assert "cookie" not in client.get("/echo").text


def test_cookies_by_path():
    jar = Cookies()
    jar.take("a=1; Path=/deep")
    jar.take("b=2; Path=/; Expires=Wed, 01 Jan 2020 00:00:00 GMT")
    jar.take("c=3; Path=/; Max-Age=100")
    assert (jar.header("/deep/er"), jar.header("/deeper"), jar.header("/deep")) == ("a=1; c=3", "c=3", "a=1; c=3")
    del jar["a"]
    assert dict(jar) == {"c": "3"}
    with pytest.raises(KeyError):
        del jar["a"]


def test_redirects(client):
    assert client.get("/moved").headers["location"] == "/echo?from=moved"
    assert client.post("/moved", json=1, follow_redirects=True).text.startswith("GET /echo?from=moved\n")
    assert "content-type" not in client.post("/moved", json=1, follow_redirects=True).text
    assert client.post("/kept", json=1, follow_redirects=True).text.endswith("\n\n1")
    with pytest.raises(RuntimeError, match="given 20 of them"):
        client.get("/round_and_round", follow_redirects=True)
    assert TestClient(API(), follow_redirects=True).get("/moved").status_code == 200


def test_streams(client, door):
    assert client.get("/stream").text == "data: ä\r\ndata: b\nend"
    with client.stream("GET", "/stream") as reply:
        assert list(reply.iter_lines()) == ["data: ä", "data: b", "end"]
    with client.stream("GET", "/stream") as reply:
        assert next(reply.iter_bytes()) == "data: ä".encode()[:-1]
        with pytest.raises(RuntimeError, match="given a stream"):
            _ = reply.content
    reply = client.get("/stream", stream=True)
    assert list(reply.iter_content(chunk_size=8, decode_unicode=True)) == ["data: ä", "\r\ndata: ", "b\nend"]
    assert all(flight.closed for flight in door.flights)


def test_lines_across_borders():
    lines = Lines()
    assert [*lines.of("a\r"), *lines.of("\nb\rc"), *lines.of("\r"), *lines.of("d\n\n"), *lines.end()] == [
        "a", "b", "c", "d", "",
    ]  # fmt: skip
    assert list(resized([b"abc", b"d", b"efgh"], 3)) == [b"abc", b"def", b"gh"]
    with pytest.raises(ValueError, match="chunk_size"):
        list(resized([b"a"], 0))


def test_what_comes_after_the_reply(client, door):
    client.get("/later")
    assert door.steps == ["after"]
    reply = client.get("/later", stream=True)
    assert door.steps == ["after"]
    reply.close()
    assert door.steps == ["after", "after"]


def test_what_the_client_says_with_every_call(door):
    client = TestClient(
        API(), headers={"X-One": "1", "X-Two": "2"}, cookies={"a": "b"}, base_url="https://shop.example/v1"
    )
    said = client.get("echo", headers={"x-one": "own"})
    assert door.flights[-1].asked["target"] == "/v1/echo" and door.flights[-1].asked["secure"] is True
    assert said.status_code == 404
    client = TestClient(API(), headers={"X-One": "1", "X-Two": "2"}, cookies={"a": "b"})
    assert client.get("/echo", headers={"x-one": "own"}).text == (
        "GET /echo\nhost: testserver\naccept: */*\nx-two: 2\nx-one: own\ncookie: a=b\n\n"
    )
    assert "host: other" in client.get("http://other/echo").text
    client.headers = {"X-New": "3"}
    assert "x-new: 3" in client.get("/echo").text
    with pytest.raises(ValueError, match="base_url"):
        TestClient(API(), base_url="testserver")


def test_paths_are_quoted_once(client, door):
    client.get("/echo/ä b%20c?q=ü&r=%20#part")
    assert door.flights[-1].asked["target"] == "/echo/%C3%A4%20b%20c?q=%C3%BC&r=%20"


def test_overrides_that_change_make_a_new_engine(door):
    api = API()
    api.dependency_overrides = {}
    client = TestClient(api, overrides={len: max})
    for _ in range(2):
        client.get("/echo")
    api.dependency_overrides[abs] = min
    for _ in range(2):
        client.get("/echo")
    assert [given["overrides"] for _, given in door.opened] == [{len: max}, {len: max, abs: min}]
    assert door.opened[0][1]["hosts"] == ("testserver",)


def test_what_can_be_tested(door):
    router = Router()
    TestClient(router).get("/echo")
    (api,) = door.opened[-1][0]
    assert isinstance(api, API)
    TestClient([API(), API()]).get("/echo")
    assert len(door.opened[-1][0]) == 2
    TestClient().get("/echo")
    assert [one.api.title for one in door.opened[-1][0]] == ["The tests' API", "Library"]
    with pytest.raises(TypeError, match="given 3"):
        TestClient(3)
    with pytest.raises(TypeError, match="given 'x'"):
        TestClient("x")


def test_the_lifespan(door):
    steps = []

    async def lifespan(api):
        steps.append("in")
        yield
        steps.append("out")

    api = API()
    api.lifespan, api.state = lifespan, SimpleNamespace()
    with TestClient(api) as client:
        assert steps == ["in"]
        client.get("/echo")
    assert steps == ["in", "out"]

    async def live():
        async with AsyncTestClient(api) as client:
            await client.get("/echo")

    asyncio.run(live())
    assert steps == ["in", "out"] * 2


def test_in_an_async_test(door):
    async def main():
        client = AsyncTestClient(API())
        reply = await client.post("/echo", json={"a": 1}, params={"q": 1})
        assert reply.text.startswith("POST /echo?q=1\n") and reply.text.endswith('{"a":1}')
        assert (await client.get("/on_loop")).json() == {"thread": "MainThread"}
        assert word.get() == "none"
        with pytest.raises(LookupError, match="on purpose"):
            await client.get("/failing")
        await client.get("/log_in")
        assert client.cookies["session"] == "abc"
        assert (await client.get("/moved", follow_redirects=True)).status_code == 200
        assert (await client.get("/stream")).text == "data: ä\r\ndata: b\nend"
        async with client.stream("GET", "/stream") as streamed:
            assert [line async for line in streamed.aiter_lines()] == ["data: ä", "data: b", "end"]
        await client.get("/later")
        assert door.steps == ["after"]
        sync = TestClient(API())
        with pytest.raises(RuntimeError, match="use AsyncTestClient"):
            sync.get("/on_loop")

    asyncio.run(main())
    assert all(flight.closed for flight in door.flights)
