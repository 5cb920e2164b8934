"""Many requests, many that leave at a bad moment: nothing is left behind, and nobody else notices."""

from __future__ import annotations

import random
import time

import pytest

import wire
from serving import until

TARGETS = [
    "/api/ping",
    "/api/server/number/1",
    "/api/server/number/2",
    "/api/server/number-sync/3",
    "/api/params/query",
    "/api/models/books",
    "/api/models/async/books",
    "/api/problems/family/Gone",
    "/api/reply/shaped/async/object",
    "/api/none",
    "/django/hello/",
]


@pytest.fixture(scope="module")
def server(shared):
    """With few threads: what each keeps for itself is soon there."""
    return shared(settings={"ULTRAFOX": {"POOL": {"THREADS": 2, "QUEUE": 500}}})


def send_many(server, count):
    with server.wire() as line:
        for start in range(0, count, 10):
            line.send(b"".join(wire.request(TARGETS[n % len(TARGETS)]) for n in range(start, start + 10)))
            for _ in range(10):
                assert line.receive().status < 500


def resources(server):
    return server.json("/api/server/resources")


def test_requests_leave_nothing_behind(server):
    for _ in range(3):
        send_many(server, 500)
    before = resources(server)
    for _ in range(4):
        send_many(server, 500)
    after = until(lambda: (now := resources(server))["tasks"] <= before["tasks"] and now)
    assert after["objects"] - before["objects"] < 500  # of 2,000 requests
    assert after["threads"] == before["threads"]
    assert after["descriptors"] <= before["descriptors"] + 1
    assert (after["pages"] - before["pages"]) * 4096 < 8_000_000


def test_leaving_at_any_moment(server):
    """A race of cancellation and completion, some hundred times; all others are answered meanwhile."""
    before = resources(server)
    chance = random.Random(7)
    with server.wire() as steady:
        for number in range(400):
            target = chance.choice(TARGETS)
            line = server.wire().send(wire.request(target) * chance.choice([1, 1, 5]))
            time.sleep(chance.random() * 0.004)
            chance.choice([wire.Wire.reset, wire.Wire.close])(line)
            if number % 10 == 0:
                assert steady.send(wire.request("/api/server/number/8")).receive().json() == {"n": 8}

    def settled():
        now = resources(server)
        return now["tasks"] <= before["tasks"] and now["descriptors"] <= before["descriptors"] + 1

    until(settled, what="as few tasks and descriptors as before")
    server.alive()


def test_answers_are_never_mixed_up(server):
    """Each connection gets the answers to its own requests, whoever suspends, runs in the pool or leaves."""
    lines = [server.wire() for _ in range(20)]
    chance = random.Random(11)
    for turn in range(30):
        numbers = [chance.randrange(1_000_000) for _ in lines]
        for line, number in zip(lines, numbers, strict=True):
            line.send(wire.request(f"/api/server/number{chance.choice(['', '-sync'])}/{number}"))
        if turn % 10 == 5:
            lines.pop().reset()
        for line, number in zip(lines, numbers, strict=False):
            assert line.receive().json() == {"n": number}
