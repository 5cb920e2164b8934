"""Replies of Django views that come in parts, and what only the server may say about a reply."""

from __future__ import annotations

import uuid

import pytest

import wire
from serving import until


def first_part(line):
    received = b""
    while b"first;" not in received:
        received += line.socket.recv(4096)
    return received


@pytest.mark.parametrize(("path", "gate"), [("stream", "stream"), ("held-stream", "held")])
def test_a_stream_comes_as_it_is_made(server, path, gate):
    with server.wire() as line:
        received = first_part(line.send(wire.request(f"/django/{path}/")))
        assert b"second" not in received
        server.ask(f"/api/server/open/{gate}")
        line.buffer = received
        assert line.receive().body == b"first;second"
        assert line.send(wire.request("/api/ping")).receive().status == 200


def test_an_async_stream(server):
    assert server.ask("/django/async-stream/").body == b"0;1;2;"


def test_to_http_1_0_it_ends_with_the_connection(server):
    with server.wire() as line:
        reply = line.send(wire.request("/django/async-stream/", version="HTTP/1.0")).receive()
        assert (reply.header("transfer-encoding"), reply.body) == (None, b"0;1;2;")


def test_one_that_breaks_is_not_taken_for_whole(server):
    with server.wire() as line:
        line.send(wire.request("/django/broken-stream/"))
        with pytest.raises((AssertionError, wire.Closed)):
            line.receive()
    server.alive()


@pytest.fixture
def endless(server):
    """A client that reads a little of an endless stream, and how far its view has come."""
    name = uuid.uuid4().hex
    with server.wire(receive_buffer=4096) as line:
        line.send(wire.request(f"/django/endless-stream/{name}/"))
        line.socket.recv(1000)

        def told():
            return server.json(f"/api/server/told/{name}")

        yield line, told


def test_who_reads_slowly_slows_the_view(endless):
    """Two looks at a view that waits: it is not far, and has not moved."""
    _, told = endless
    last = None

    def settled():
        nonlocal last
        before, last = last, told()
        return before == last

    until(settled, what="a pause")
    assert 0 < int(told()[0]) < 500


def test_who_leaves_ends_the_view(endless, server):
    line, told = endless
    # One that has not begun has no end of its own to run.
    until(told, what="the generator's first piece")
    line.reset()
    until(lambda: told()[-1] == "closed", what="the generator's end")
    server.alive()


def test_what_belongs_to_the_connection_is_not_for_views(server):
    with server.wire() as line:
        line.send(wire.request("/django/odd-headers/") + wire.request("/api/ping"))
        reply = line.receive()
        assert (reply.status, reply.body) == (200, b"body")
        assert (reply.header("connection"), reply.header("keep-alive")) == (None, None)
        assert len(reply.header("x-trace-id")) == 32
        assert line.receive().status == 200


@pytest.mark.parametrize("status", [204, 304])
def test_no_body_where_none_may_be(server, status):
    with server.wire() as line:
        line.send(wire.request(f"/django/bodiless/{status}/") + wire.request("/api/ping"))
        assert (line.receive().status, line.receive().status) == (status, 200)


def test_a_body_is_asked_for(server):
    headers = [("Expect", "100-continue"), ("Content-Length", "5"), ("Content-Type", "x/y")]
    with server.wire() as line:
        line.send(wire.request("/django/upload/", "POST", headers=headers))
        assert line.receive(interim=True).status == 100
        assert line.send(b"12345").receive().json()["length"] == 5
