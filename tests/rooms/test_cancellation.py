"""What happens to a handler whose client goes away."""

from __future__ import annotations

import socket
import time
import uuid

import pytest

import wire
from serving import until

ROOT = "/api/cancellation"


@pytest.fixture
def begin(server):
    """A connection whose handler is running, and what that handler tells."""

    def start(path, extra=b""):
        key = uuid.uuid4().hex
        line = server.wire().send(wire.request(f"{ROOT}/{path}/{key}") + extra)

        def told():
            return server.json(f"{ROOT}/told/{key}")

        until(lambda: "running" in told(), what="the handler's start")
        return line, told, key

    return start


def test_a_reset_cancels_at_once(begin):
    line, told, _ = begin("wait")
    line.reset()
    until(lambda: told() == ["running", "cancelled", "finally"], timeout=2)


def test_leaving_politely_cancels_too(begin):
    line, told, _ = begin("wait")
    line.close()
    until(lambda: told() == ["running", "cancelled", "finally"], timeout=10)


def test_with_pipelined_requests_behind(begin, server):
    """The marker that waits its turn behind a request whose client has gone never runs."""
    line, told, _ = begin("wait", wire.request("/api/server/marker"))
    before = server.json("/api/server/told/marker")
    line.reset()
    until(lambda: "cancelled" in told())
    assert server.json("/api/server/told/marker") == before


def test_one_that_swallows_its_cancellation_harms_nobody(begin, server):
    line, told, _ = begin("stubborn")
    line.reset()
    until(lambda: told() == ["running", "cancelled"])
    server.alive()


def test_what_is_shielded_goes_on(begin, server):
    line, told, key = begin("shielded")
    line.reset()
    server.json(f"{ROOT}/open/{key}")
    until(lambda: told() == ["running", "worked"])


def test_a_pool_handler_runs_to_its_end(begin, server):
    line, told, key = begin("sync")
    line.reset()
    server.alive()
    server.json(f"{ROOT}/open/{key}")
    until(lambda: told() == ["running", "finished"])
    assert server.ask("/api/pool/where").status == 200


def test_a_half_closed_client_still_gets_its_reply(server):
    """Nothing more to send is no leaving: a shell's `nc` and many proxies do so."""
    for _ in range(3):
        with server.wire() as line:
            reply = line.send(wire.request(f"{ROOT}/quick")).half_close().receive()
            assert (reply.status, reply.json()) == (200, "quick")
            assert line.at_end()


@pytest.mark.parametrize("target", ["/api/ping", "/api/pool/where", "/django/hello/", "/api/none"])
def test_half_closed_at_every_target(server, target):
    with server.wire() as line:
        assert line.send(wire.request(target)).half_close().receive().status in (200, 404)
        assert line.at_end()


def test_half_closed_with_pipelined_requests(server):
    with server.wire() as line:
        line.send(b"".join(wire.request(f"/api/server/number/{n}") for n in range(20))).half_close()
        assert [reply.json()["n"] for reply in line.rest()] == list(range(20))


def test_half_closed_and_slow(server):
    """Who reads is still there, however long ago he said that he sends nothing more."""
    with server.wire(receive_buffer=4096) as line:
        line.send(wire.request("/api/server/big?size=6000000")).half_close()
        time.sleep(1.6)
        line.socket.recv(10, socket.MSG_PEEK)
        time.sleep(0.8)
        assert len(line.receive().json()) == 6_000_000


def test_many_that_leave_leave_nothing_behind(shared):
    server = shared(settings={"ULTRAFOX": {"POOL": {"THREADS": 2}}})
    server.json("/api/server/resources")
    before = server.json("/api/server/resources")
    key = uuid.uuid4().hex
    for _ in range(5):
        lines = [server.wire().send(wire.request(f"{ROOT}/wait/{key}")) for _ in range(20)]
        for line in lines:
            line.reset()

    def settled():
        now = server.json("/api/server/resources")
        return now["tasks"] <= before["tasks"] and now["descriptors"] <= before["descriptors"] + 2

    until(settled, what="as few tasks and descriptors as before")
    server.alive()


def test_a_reset_while_a_reply_is_written(server):
    for _ in range(5):
        line = server.wire(receive_buffer=2048)
        line.send(wire.request("/api/server/big?size=8000000"))
        assert line.socket.recv(100, socket.MSG_WAITALL).startswith(b"HTTP/1.1 200")
        line.reset()
    server.alive()
