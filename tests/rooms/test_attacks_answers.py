"""Attacks on what is made while it is sent, and on what runs behind the reply."""

from __future__ import annotations

import contextlib
import os
import random
from concurrent.futures import ThreadPoolExecutor

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


CHAOS = [
    "/mixed",
    "/mixed?count=3",
    "/stubborn",
    "/background/thread",
    "/../events?pause=0.05",
    "/../text?size=200000",
    "/../text?size=100",
]


def disturb(server, seed):
    """Requests of all kinds, cut anywhere, by a client that leaves at any moment."""
    chance = random.Random(seed)
    for _ in range(15):
        target = os.path.normpath(ROOT + chance.choice(CHAOS))
        coding = chance.choice(["gzip", "br", "zstd", "identity"])
        data = wire.request(target, chance.choice(["GET", "GET", "HEAD"]), headers=[("Accept-Encoding", coding)])
        with server.wire(receive_buffer=chance.choice([4096, 65536])) as connection, contextlib.suppress(OSError):
            connection.send(data[: chance.choice([len(data), len(data), chance.randrange(len(data))])])
            if connection.readable(chance.choice([0, 0.001, 0.01, 0.1])):
                connection.socket.recv(chance.randrange(1, 5000))
            (connection.reset if chance.random() < 0.5 else connection.close)()


def test_clients_that_leave_at_any_moment_leave_nothing_behind(serve):
    server = serve(access_log=None)
    before = server.json(f"{ROOT}/tasks"), len(os.listdir(f"/proc/{server.pid}/fd"))
    said: list[str] = []

    def settled():
        said.extend(server.json(f"{ROOT}/told"))
        # The loop of functions for later has three descriptors of its own.
        few = len(os.listdir(f"/proc/{server.pid}/fd")) <= before[1] + 5
        return few and server.json(f"{ROOT}/tasks") <= before[0] and said.count("opened") == said.count("closed")

    with ThreadPoolExecutor(8) as clients:
        list(clients.map(lambda seed: disturb(server, seed), range(8)))
    until(settled, timeout=30, what="the end of all tasks")
    assert said.count("opened") > 5
