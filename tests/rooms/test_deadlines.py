"""Clients that are too slow, against a server whose deadlines are short."""

from __future__ import annotations

import time

import pytest

import wire
from serving import until

SHORT = {"FIRST_BYTE": 0.5, "HEAD": 0.7, "BODY_IDLE": 0.5, "WRITE_STALL": 0.7, "KEEP_ALIVE": 0.6}


@pytest.fixture
def server(shared):
    return shared(settings={"ULTRAFOX": {"LIMITS": SHORT}})


def closed_after(line):
    """Seconds until the server closes, without a byte."""
    started = time.monotonic()
    assert line.at_end()
    return time.monotonic() - started


def test_who_sends_nothing_is_closed(server):
    with server.wire() as line:
        assert 0.3 < closed_after(line) < 6


def test_an_idle_connection_is_closed(server):
    with server.wire() as line:
        assert line.send(wire.request("/api/ping")).receive().status == 200
        assert 0.3 < closed_after(line) < 6


def test_a_busy_connection_is_kept(server):
    """Each request counts anew: six of them outlive the deadline together."""
    with server.wire() as line:
        for _ in range(6):
            time.sleep(0.2)
            assert line.send(wire.request("/api/ping")).receive().status == 200


def test_a_head_must_end_in_time_however_steadily_it_comes(server):
    with server.wire() as line:
        started = time.monotonic()
        line.send(b"GET /api/ping HTTP/1.1\r\nHost: localhost\r\nX-A: ")
        while not line.readable(0.1) and time.monotonic() - started < 10:
            line.send(b"x")
        reply = line.receive()
    assert (reply.status, reply.closes) == (408, True)
    assert reply.json()["code"] == "request_timeout"
    assert 0.4 < time.monotonic() - started < 6


def test_a_body_that_stops_coming(server):
    with server.wire() as line:
        line.send(wire.request("/api/server/length", "POST", headers=[("Content-Length", "10")]) + b"12345")
        reply = line.receive()
        assert (reply.status, reply.closes, reply.json()["code"]) == (408, True, "request_timeout")
        assert line.at_end()


def test_a_body_that_keeps_coming_is_read(server):
    with server.wire() as line:
        line.send(wire.request("/api/server/length", "POST", headers=[("Content-Length", "8")]))
        line.send_slowly(b"12345678", pause=0.15)
        assert line.receive().json() == {"length": 8}


def test_a_reply_that_nobody_reads(server):
    """The connection ends, and what it held is given up."""
    before = server.json("/api/server/resources")["descriptors"]
    lines = [server.wire(receive_buffer=2048) for _ in range(3)]
    for line in lines:
        line.send(wire.request("/api/server/big?size=20000000"))
    until(lambda: server.json("/api/server/resources")["descriptors"] <= before + 1, what="the connections' end")
    for line in lines:
        with pytest.raises((AssertionError, wire.Closed)):
            line.receive()


def test_a_slow_handler_is_no_slow_client(server):
    with server.wire() as line:
        line.send(wire.request("/api/pool/hold/slow"))
        assert not line.readable(1.5)
        server.ask("/api/pool/open/slow")
        assert line.receive().status == 200


@pytest.mark.parametrize("value", [0, -1, "soon", None])
def test_what_is_no_duration_is_refused(refused, value):
    said = refused(settings={"ULTRAFOX": {"LIMITS": {"HEAD": value}}})
    assert "HEAD" in said and repr(value) in said
