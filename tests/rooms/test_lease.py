"""The database from async handlers: what they leave behind, and calls within calls, on a pool of one or two threads."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

import wire
from serving import until

ROOT = "/api/lease"
POOLS = {"one": {"THREADS": 1, "QUEUE": 50}, "two": {"THREADS": 2, "QUEUE": 50}}


@pytest.fixture(params=POOLS)
def server(request, shared):
    return shared(settings={"ULTRAFOX": {"POOL": POOLS[request.param]}})


@pytest.fixture
def name():
    return uuid.uuid4().hex


def test_a_transaction_that_its_handler_abandons_is_undone(server, name):
    for _ in range(4):
        assert server.ask(f"{ROOT}/abandon/{name}").status == 500
        assert server.json(f"{ROOT}/known/{name}") == {"known": 0, "atomic": False}
    assert server.json("/api/pool/loopless")["books"] == 30


def test_a_transaction_that_its_client_abandons_is_undone(server, name):
    line = server.wire().send(wire.request(f"{ROOT}/leave/{name}"))
    until(lambda: server.json(f"/api/server/told/{name}") == ["waiting"])
    line.reset()
    assert server.json(f"{ROOT}/known/{name}") == {"known": 0, "atomic": False}
    assert server.json("/api/pool/loopless")["books"] == 30


def test_calls_side_by_side(server):
    assert server.json(f"{ROOT}/gather") == [30] * 10


def test_calls_side_by_side_within_a_transaction(server, name):
    assert server.json(f"{ROOT}/gather-atomic/{name}") == {"threads": 1, "seen": [1] * 5}
    assert server.json(f"{ROOT}/known/{name}")["known"] == 0


@pytest.mark.parametrize("path", ["nested", "from-sync"])
def test_calls_within_calls(server, path):
    """Four at once on one or two threads: nobody waits for a thread that waits for him."""
    expected = {"nested": 30, "from-sync": 60}[path]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda _: server.json(f"{ROOT}/{path}"), range(8))) == [expected] * 8


def test_a_task_that_outlives_its_request(server, name):
    assert server.json(f"{ROOT}/afterwards/{name}") == 30
    server.json(f"/api/server/open/{name}")
    until(lambda: server.json(f"/api/server/told/{name}") == ["30"])


def test_an_exception_comes_back(server):
    assert server.json(f"{ROOT}/failing") == "in a thread, on purpose"
