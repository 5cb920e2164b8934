"""What a coroutine may expect of the loop that runs it: eighteen probes and more, on each kind of loop."""

from __future__ import annotations

import importlib.util
from concurrent.futures import ThreadPoolExecutor

import pytest

import wire
from serving import until

ROOT = "/api/bridge"
LOOPS = ["asyncio"] + (["uvloop"] if importlib.util.find_spec("uvloop") else [])

PROBES = {
    "current_task": True,
    "current_task_is_one": True,
    "timeout_unused": "inside",
    "timeout_fires": "TimeoutError",
    "timeout_after_suspension": "TimeoutError",
    "timeout_wait_for": "TimeoutError",
    "task_group": ["first", "second"],
    "gather": [1, 2],
    "context_across_await": "mine",
    "context_in_child_task": "parent",
    "anyio_fail_after": "TimeoutError",
    "anyio_task_group": [1, 2],
    "anyio_to_thread": True,
    "asgiref_sync_to_async": True,
    "timer": True,
    "cancel_and_uncancel": [1, 0],
}


@pytest.fixture(params=LOOPS)
def probe(request, shared):
    server = shared(environment={"PROJECT_LOOP": request.param})

    def ask(name):
        return server.json(f"{ROOT}/probes/{name}")["ok"]

    ask.loop = request.param
    ask.server = server
    return ask


def test_the_loop_is_the_one_that_was_wanted(probe):
    answer = probe.server.json(f"{ROOT}/loop")
    assert answer["module"].startswith(probe.loop)
    assert answer["main"] is True


@pytest.mark.parametrize("name", PROBES)
def test_probe(probe, name):
    assert probe(name) == PROBES[name]


@pytest.mark.parametrize("name", PROBES)
def test_probe_again_on_one_connection(probe, name):
    """Nothing of the first run is left for the second."""
    with probe.server.wire() as line:
        for _ in range(3):
            line.send(wire.request(f"{ROOT}/probes/{name}"))
            assert line.receive().json() == {"ok": PROBES[name]}


def test_a_context_does_not_leak_into_the_next_request(probe):
    with probe.server.wire() as line:
        for _ in range(3):
            line.send(wire.request(f"{ROOT}/probes/context_is_fresh"))
            assert line.receive().json() == {"ok": "unset"}
        line.send(wire.request(f"{ROOT}/probes/context_across_await"))
        line.receive()
        line.send(wire.request(f"{ROOT}/probes/context_is_fresh"))
        assert line.receive().json() == {"ok": "unset"}


def test_concurrent_requests_have_a_context_each(probe):
    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(probe, ["context_isolated"] * 64))


def test_a_task_that_a_finished_handler_made_runs(probe):
    assert probe("create_task") == "made"
    until(lambda: probe.server.json(f"{ROOT}/spawned") == ["ran"])


def test_many_at_once(probe):
    """Suspended handlers of one connection and of many come back to their own requests."""
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda n: probe.server.json(f"/api/server/number/{n}"), range(200)))
    assert answers == [{"n": n} for n in range(200)]
