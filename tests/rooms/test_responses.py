"""Every way to answer."""

from __future__ import annotations

import hashlib
import http.cookies
import json
from pathlib import Path

import pytest

import wire
from rooms.test_uploads import growth
from serving import until

ROOT = "/api/responses"
LARGE = 100_000_000
BOTH = pytest.mark.parametrize("way", ["", "/sync"])


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    path = tmp_path_factory.mktemp("large") / "large.bin"
    with path.open("wb") as file:
        piece = bytes(range(256)) * 4096
        for _ in range(LARGE // len(piece)):
            file.write(piece)
        file.truncate(LARGE)
    return path


@pytest.fixture(scope="module")
def filed(shared, large):
    return shared(environment={"PROJECT_FILE": str(large)})


class TestClasses:
    @pytest.mark.parametrize(
        ("path", "status", "kind", "body"),
        [
            ("/text", 200, "text/plain; charset=utf-8", "ä".encode()),
            ("/html", 201, "text/html; charset=utf-8", "<p>ä</p>".encode()),
            ("/json", 203, "application/json", b'{"when":"2026-11-21"}'),
            ("/json-response", 200, "application/json", b"[1,2]"),
            ("/raw", 299, "application/x-raw", b"\x00\x01"),
            ("/django", 207, "text/x-own", b"hello"),
            ("/django/json", 200, "application/json", b'{"a": 1}'),
            ("/tuple", 202, "application/json", b'{"queued":true}'),
            ("/plain-list", 200, "application/json", b"[1,2]"),
            ("/nothing", 204, None, b""),
        ],
    )
    def test_status_type_and_body(self, server, path, status, kind, body):
        reply = server.ask(ROOT + path)
        assert (reply.status, reply.header("content-type"), reply.body) == (status, kind, body)

    def test_headers(self, server):
        assert server.ask(f"{ROOT}/text").header("x-one") == "1"
        reply = server.ask(f"{ROOT}/django")
        assert (reply.header("x-two"), reply.header("set-cookie").split(";")[0]) == ("2", "seen=1")

    def test_a_template(self, server):
        reply = server.ask(f"{ROOT}/django/template")
        assert reply.status == 404
        assert b"<!DOCTYPE html>" in reply.body

    @BOTH
    def test_the_injected_response(self, server, way):
        reply = server.ask(f"{ROOT}{way}/injected")
        assert (reply.status, reply.json(), reply.header("x-injected")) == (202, {"a": 1}, "1")
        assert reply.header("set-cookie").startswith("c=1")

    @pytest.mark.parametrize("path", ["/text", "/html", "/json", "/django", "/statuses/404", "/django/template"])
    def test_head(self, server, path):
        whole, head = server.ask(ROOT + path), server.ask(ROOT + path, "HEAD")
        assert (head.status, head.body) == (whole.status, b"")
        assert head.header("content-type") == whole.header("content-type")
        assert head.header("content-length") == str(len(whole.body))


class TestStatuses:
    @BOTH
    @pytest.mark.parametrize(
        ("status", "body"),
        [(200, {"id": 1}), (404, {"message": "none"}), (409, {"error": "taken"}), (422, {"error": "odd"})],
    )
    def test_each_by_its_schema(self, server, way, status, body):
        reply = server.ask(f"{ROOT}{way}/statuses/{status}")
        assert (reply.status, reply.json()) == (status, body)

    @BOTH
    def test_without_a_body(self, server, way):
        reply = server.ask(f"{ROOT}{way}/statuses/204")
        assert (reply.status, reply.body, reply.header("content-type")) == (204, b"", None)

    @BOTH
    def test_one_that_is_not_declared(self, server, way):
        start = len(server.stderr.lines)
        reply = server.ask(f"{ROOT}{way}/statuses/201")
        assert (reply.status, reply.json()["code"]) == (500, "internal_error")
        server.stderr.wait(lambda line: "does not declare" in line and "201" in line, start=start)


class TestFields:
    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/alias", {"firstName": "a", "lastName": None}),
            ("/no-alias", {"first_name": "a", "last_name": None}),
            ("/exclude/none", {"name": "a", "level": 3}),
            ("/exclude/defaults", {"name": "a", "note": "b"}),
        ],
    )
    def test_as_declared(self, server, path, body):
        assert server.json(ROOT + path) == body

    def test_defaults_of_dataclasses(self, server):
        """msgspec leaves a default that it was not given in the class, and would not write it."""
        assert server.json(f"{ROOT}/dataclass") == [{"x": 1, "y": 7}, {"x": 2, "y": 7}, {"x": 3, "y": 4}]
        json = ("Content-Type", "application/json")
        assert server.json(f"{ROOT}/dataclass", "POST", headers=[json], body=b'{"x":5}') == {"x": 5, "y": 7}


class TestHeaders:
    def test_cookies(self, server):
        cookies = server.ask(f"{ROOT}/cookies").all("set-cookie")
        assert len(cookies) == 3
        first, second, third = (http.cookies.SimpleCookie(one) for one in cookies)
        a = first["a"]
        assert (a.value, a["max-age"], a["path"], a["samesite"]) == ("1", "60", "/x", "Strict")
        assert a["secure"]
        assert a["httponly"]
        assert second["b"].value == "two; three, 4"
        assert third["c"]["max-age"] == "0"

    @pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
    def test_redirects(self, server, code):
        reply = server.ask(f"{ROOT}/redirect/{code}")
        assert (reply.status, reply.header("location"), reply.body) == (code, "/elsewhere?a=1", b"")

    @pytest.mark.parametrize("path", ["/redirect?to=", "/header?value="])
    @pytest.mark.parametrize("value", ["x%0d%0aSet-Cookie:%20a=1", "x%0aA:b", "x%00y"])
    def test_nothing_is_smuggled_in(self, server, path, value):
        reply = server.ask(ROOT + path + value)
        assert reply.header("set-cookie") is None
        assert reply.header("a") is None
        assert reply.status < 600

    def test_a_redirect_to_letters_of_the_world(self, server):
        reply = server.ask(f"{ROOT}/redirect?to=/gr%C3%B6%C3%9Fe")
        assert (reply.status in (302, 307), reply.header("location")) == (True, "/gr%C3%B6%C3%9Fe")


class TestFiles:
    @BOTH
    def test_a_hundred_megabytes_in_flat_memory(self, filed, large, way):
        filed.json("/api/ping")
        expected = hashlib.sha256(large.read_bytes()).hexdigest()
        digest = hashlib.sha256()
        with growth(filed.pid) as most, filed.client() as client, client.stream("GET", f"{ROOT}{way}/file") as response:
            assert response.headers["content-length"] == str(LARGE)
            for piece in response.iter_raw():
                digest.update(piece)
        assert digest.hexdigest() == expected
        assert most() <= 20 * 1024 * 1024, most()

    @BOTH
    def test_name_and_type(self, filed, way):
        reply = filed.ask(f"{ROOT}{way}/file", "HEAD")
        assert (reply.status, reply.header("content-length")) == (200, str(LARGE))
        assert reply.header("content-type") == "application/octet-stream"
        assert "filename*=utf-8''gr%C3%B6%C3%9Fe.bin" in reply.header("content-disposition").replace("UTF-8", "utf-8")

    def test_a_small_one(self, server):
        reply = server.ask(f"{ROOT}/file/inline")
        path = Path(__file__).parents[1] / "project/handlers/responses.py"
        assert reply.body == path.read_bytes()
        assert reply.header("content-type").startswith("text/x-python")
        assert reply.header("last-modified")

    def test_a_slow_reader_and_one_who_leaves(self, filed):
        """Neither holds up others, and no file stays open."""
        links = Path(f"/proc/{filed.pid}/fd")

        def held():
            return sum(str(one.readlink()).endswith("large.bin") for one in links.iterdir() if one.is_symlink())

        connections = [filed.wire(receive_buffer=4096) for _ in range(5)]
        for connection in connections:
            connection.send(wire.request(f"{ROOT}/file"))
            connection.socket.recv(1000)
        assert filed.json("/api/ping")
        for connection in connections:
            connection.reset()
        until(lambda: not held(), timeout=5, what="the files being closed")

    def test_one_that_is_not_there(self, server):
        reply = server.ask(f"{ROOT}/file/missing")
        assert reply.status in (404, 500)
        assert b"/no/such" not in reply.body
        assert json.loads(reply.body)["code"]
