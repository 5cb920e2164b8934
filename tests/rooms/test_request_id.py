"""The trace id of a request: taken from the client where it is well formed, else made."""

from __future__ import annotations

import re

import pytest

ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{ID}-00f067aa0ba902b7-01"


def trace_id(server, target="/api/ping", **parts):
    value = server.ask(target, **parts).header("x-trace-id")
    assert value is not None and re.fullmatch("[0-9a-f]{32}", value)
    return value


@pytest.mark.parametrize("target", ["/api/ping", "/api/none", "/django/hello/", "/api/params/query", "/none"])
def test_every_reply_has_one(server, target):
    trace_id(server, target)


def test_each_request_has_its_own(server):
    assert len({trace_id(server) for _ in range(20)}) == 20


@pytest.mark.parametrize("value", [PARENT, PARENT[:-2] + "00", "cc-" + PARENT[3:] + "-what-the-future-will-be-like"])
def test_traceparent(server, value):
    assert trace_id(server, headers=[("traceparent", value)]) == ID


def test_x_trace_id(server):
    assert trace_id(server, headers=[("X-Trace-Id", ID)]) == ID


def test_traceparent_wins(server):
    other = "1" * 32
    assert trace_id(server, headers=[("X-Trace-Id", other), ("traceparent", PARENT)]) == ID


@pytest.mark.parametrize(
    "value",
    [
        "",
        ID,
        PARENT[:-1],
        PARENT + "0",
        PARENT + "-more",
        "ff" + PARENT[2:],
        "0g" + PARENT[2:],
        PARENT.upper(),
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{ID}-{'0' * 16}-01",
        PARENT.replace("-", "_"),
        "x" * 5000,
    ],
)
def test_a_bad_traceparent_is_ignored(server, value):
    assert trace_id(server, headers=[("traceparent", value)]) not in (ID, "0" * 32)


@pytest.mark.parametrize("value", ["", "abc", "0" * 32, ID + "0", ID[:-1] + "g", "<script>", "a" * 5000, '"};drop'])
def test_a_bad_x_trace_id_is_replaced(server, value):
    assert trace_id(server, headers=[("X-Trace-Id", value)]) not in (ID, value)


def test_problem_log_and_header_agree(server):
    reply = server.ask("/api/none", headers=[("traceparent", PARENT.replace(ID, "7" * 32))])
    assert reply.header("x-trace-id") == reply.json()["trace_id"] == "7" * 32
    assert server.record(lambda record: record["trace_id"] == "7" * 32)["status"] == 404
