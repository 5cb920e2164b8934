"""One line for every answer, also for those that no handler made."""

from __future__ import annotations

import json
import os
import re
from datetime import datetime

import pytest

import wire
from serving import until

FIELDS = {"time", "method", "target", "status", "bytes", "duration_us", "ip", "trace_id", "operation", "problem"}


@pytest.fixture
def logged(server):
    """The one line of a request, by its trace id."""

    def ask(target, method="GET", **parts):
        reply = server.ask(target, method, **parts)
        identity = reply.header("x-trace-id")
        record = server.record(lambda one: one["trace_id"] == identity)
        assert sum(identity in line for line in server.stdout.lines) == 1
        return reply, record

    return ask


def test_an_answer(logged):
    reply, record = logged("/api/params/echo?q=a%20b")
    assert set(record) == FIELDS - {"problem"}
    assert (record["method"], record["target"], record["status"]) == ("GET", "/api/params/echo?q=a%20b", 200)
    assert (record["bytes"], record["ip"]) == (len(reply.body), "127.0.0.1")
    assert record["operation"].endswith("params.echo")
    assert 0 <= record["duration_us"] < 20_000_000
    when = datetime.fromisoformat(record["time"])
    assert abs((datetime.now(when.tzinfo) - when).total_seconds()) < 120


@pytest.mark.parametrize(
    ("target", "method", "status", "problem"),
    [
        ("/api/none", "GET", 404, "not_found"),
        ("/api/ping", "POST", 405, "method_not_allowed"),
        ("/api/params/query", "GET", 422, "invalid_parameters"),
        ("/api/body/struct", "POST", 400, "body_required"),
        ("/api/problems/raise/async/Exception", "GET", 500, "internal_error"),
        ("/api/problems/family/Gone", "GET", 410, "gone"),
        ("/api/routing/static/", "GET", 308, None),
        ("/api/reply/gone", "DELETE", 204, None),
        ("/api/routing/static", "OPTIONS", None, None),
        ("/django/hello/", "GET", 200, None),
        ("/django/none/", "GET", 404, None),
        ("/django/stream/", "HEAD", 200, None),
    ],
)
def test_every_answer(logged, target, method, status, problem):
    reply, record = logged(target, method)
    assert record["status"] == reply.status
    assert status in (None, reply.status)
    assert (record["method"], record["target"]) == (method, target)
    assert record.get("problem") == problem


def test_head_sends_no_bytes(logged):
    assert logged("/api/routing/static", "HEAD")[1]["bytes"] == 0


def test_a_body_that_is_too_large(logged):
    _, record = logged("/api/body/raw", "POST", headers=[("Content-Length", "99999999")])
    assert (record["status"], record["problem"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("data", "status", "problem"),
    [
        (wire.request("/" + "x" * 9000), 414, "uri_too_long"),
        (wire.request("/api/ping", headers=[("X-A", "x" * 9000)]), 431, "headers_too_large"),
        (wire.request("/api/ping", headers=[("Expect", "x")]), 417, "expectation_failed"),
        (wire.request("/api/ping", version="HTTP/3.0"), 505, "http_version_not_supported"),
        (wire.request("a:1", "CONNECT"), 501, "not_implemented"),
        (wire.request("/api/ping", host="a b"), 400, "bad_request"),
    ],
)
def test_refusals_of_the_server(server, data, status, problem):
    reply = wire.once(server.port, data)
    assert reply.status == status
    record = server.record(lambda one: one["trace_id"] == reply.header("x-trace-id"))
    assert (record["status"], record["problem"]) == (status, problem)
    assert record["bytes"] == len(reply.body)


def test_a_wrong_media_type(logged):
    _, record = logged("/api/body/struct", "POST", body=b"{}", headers=[("Content-Type", "text/plain")])
    assert (record["status"], record["problem"]) == (415, "unsupported_media_type")


def test_a_host_that_is_not_allowed(logged):
    _, record = logged("/api/ping", host="evil.example")
    assert (record["status"], record["problem"]) == (400, "disallowed_host")


@pytest.mark.parametrize(
    "data", [b"garbage\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"]
)
def test_what_the_server_refuses_before_it_is_a_request(serve, data):
    server = serve()
    reply = wire.once(server.port, data)
    assert reply.status == 400
    record = server.record(lambda one: True)
    assert (record["status"], record["problem"], record["ip"]) == (400, "bad_request", "127.0.0.1")
    assert record["trace_id"] == reply.header("x-trace-id") == reply.json()["trace_id"]
    server.stop()
    assert len(server.records()) == 1


def test_a_client_that_leaves(server):
    with server.wire() as line:
        line.send(wire.request("/api/cancellation/wait/logged", headers=[("X-Trace-Id", "9" * 32)]))
        until(lambda: "running" in server.json("/api/cancellation/told/logged"))
        line.reset()
    record = server.record(lambda one: one["trace_id"] == "9" * 32)
    assert (record["status"], record["target"]) == (499, "/api/cancellation/wait/logged")


@pytest.mark.parametrize(
    "target", ['/api/"quoted"', "/api/back\\slash", "/api/%0a%1b%00?x=%0d%0a", "/api/%22,%22status%22:200"]
)
def test_a_line_stays_one_line(server, target):
    identity = "%032x" % (abs(hash(target)) or 1)
    reply = server.ask(target, headers=[("X-Trace-Id", identity), ("User-Agent", "x\ty")])
    trace = reply.header("x-trace-id")
    record = server.record(lambda one: one["trace_id"] == trace)
    assert record["target"] in (target, "")
    assert record["status"] == reply.status


def test_every_line_is_json_and_none_is_missing(serve):
    """Nothing else stands on stdout, the banner neither; the numbers of lines and of answers agree."""
    server = serve()
    with server.wire() as line:
        line.send(b"".join(wire.request(f"/api/server/number/{n}") for n in range(300)))
        for _ in range(300):
            assert line.receive().status == 200
    server.stop()
    records = [json.loads(line) for line in server.stdout.lines]
    assert sorted(record["target"] for record in records) == sorted(f"/api/server/number/{n}" for n in range(300))
    assert len({record["trace_id"] for record in records}) == 300


def test_text(serve):
    server = serve(access_log="text")
    trace = server.ask("/api/none?x=%0a").header("x-trace-id")
    line = server.stdout.wait(lambda one: trace in one)
    assert "GET /api/none?x=%0a" in line and " 404 " in line and "127.0.0.1" in line
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", line)


def test_off(serve):
    server = serve(access_log="off")
    traces = [server.ask(target).header("x-trace-id") for target in ("/api/ping", "/api/none", "/django/hello/")]
    server.stop()
    assert not any(trace in server.stdout.text or trace in server.stderr.text for trace in traces)


class TestOutput:
    """What becomes of the log is no concern of those who are served."""

    @pytest.fixture
    def pipe(self):
        reading, writing = os.pipe()
        yield reading, writing
        os.close(reading)

    def serve_many(self, server):
        with server.wire() as line:
            for _ in range(8):
                line.send(b"".join(wire.request(f"/api/none/{'x' * 1000}") for _ in range(100)))
                assert [line.receive().status for _ in range(100)] == [404] * 100

    def test_nobody_reads_it(self, serve, pipe):
        """800 KB of lines in a pipe that takes 64: answers come all the same, and the end too."""
        server = serve(stdout=pipe[1])
        os.close(pipe[1])
        self.serve_many(server)
        server.stop()

    def test_its_reader_has_gone(self, serve):
        reading, writing = os.pipe()
        server = serve(stdout=writing)
        os.close(writing)
        os.close(reading)
        self.serve_many(server)
        server.stop()


def test_an_unknown_form_is_refused(refused):
    assert "xml" in refused(access_log="xml")
