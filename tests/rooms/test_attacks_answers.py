"""Attacks on what is made while it is sent, and on what runs behind the reply."""

from __future__ import annotations

import wire
from serving import until

ROOT = "/api/attacks/answers"


def told(server, wanted, *, timeout=2.0):
    """What the handlers have said by then."""
    said: list[str] = []

    def enough():
        said.extend(server.json(f"{ROOT}/told"))
        return set(wanted) <= set(said)

    until(enough, timeout=timeout, what=f"{wanted} in {said}")
    return said


def leave(server, path, *, after=b"x"):
    """Asks, and goes when the first bytes of the body have come."""
    with server.wire() as connection:
        connection.send(wire.request(ROOT + path))
        while after not in connection.buffer.partition(b"\r\n\r\n")[2]:
            assert connection._more()


def test_a_stream_that_does_not_want_to_end_ends(server):
    server.json(f"{ROOT}/told")
    before = server.json(f"{ROOT}/tasks")
    leave(server, "/stubborn")
    assert told(server, ["ended"])[0] == "swallowed"
    until(lambda: server.json(f"{ROOT}/tasks") == before, timeout=2)


def test_functions_for_later_from_a_thread_of_the_projects_own(server):
    server.json(f"{ROOT}/told")
    assert server.json(f"{ROOT}/background/thread") == "ok"
    told(server, ["sync", "async"])


def test_an_async_dependency_behind_a_sync_stream(server):
    server.json(f"{ROOT}/told")
    assert server.ask(f"{ROOT}/mixed?count=2").body == b"0\n1\n"
    assert told(server, ["closed"]) == ["opened", "ended", "closed"]


def test_the_same_when_the_client_leaves(server):
    server.json(f"{ROOT}/told")
    leave(server, "/mixed", after=b"\n")
    said = told(server, ["closed"])
    assert said[0] == "opened" and said[-1] == "closed" and "ended" in said
