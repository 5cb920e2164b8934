"""`def` handlers on pool threads, the threads that `sync_to_async` borrows, and inline handlers."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

import wire
from serving import until

ROOT = "/api/pool"
FEW = {"ULTRAFOX": {"POOL": {"THREADS": 2}}}
ONE = {"ULTRAFOX": {"POOL": {"THREADS": 1, "QUEUE": 2}}}


def name():
    return uuid.uuid4().hex


def at_once(server, targets):
    with ThreadPoolExecutor(len(targets)) as threads:
        return list(threads.map(server.ask, targets))


def hold(server, key, count):
    """Connections whose pool handlers wait for the gate."""
    lines = [server.wire().send(wire.request(f"{ROOT}/hold/{key}")) for _ in range(count)]
    return lines


class TestThreads:
    def test_handlers_run_in_parallel(self, server):
        key = name()
        replies = at_once(server, [f"{ROOT}/together/{key}?parties=4"] * 4)
        assert [reply.status for reply in replies] == [200] * 4
        assert len({reply.json() for reply in replies}) == 4

    def test_they_do_not_run_on_the_loop(self, server):
        assert server.json(f"{ROOT}/where")["main"] is False
        assert server.json(f"{ROOT}/loopless") == {"books": 30, "main": False}

    def test_a_thread_lives_on_and_keeps_its_connection(self, shared):
        server = shared(settings=ONE)
        answers = [server.json(f"{ROOT}/where") for _ in range(5)]
        assert len({answer["thread"] for answer in answers}) == 1
        assert all(answer["same"] for answer in answers)
        calls = [answer["calls"] for answer in answers]
        assert calls == list(range(calls[0], calls[0] + 5))

    def test_each_thread_keeps_its_own(self, server):
        answers = [reply.json() for reply in at_once(server, [f"{ROOT}/where"] * 40)]
        assert all(answer["same"] for answer in answers)

    def test_the_context_of_a_job_is_fresh(self, shared):
        server = shared(settings=ONE)
        assert [server.json(f"{ROOT}/context?value={value}") for value in "abc"] == ["unset"] * 3

    def test_what_a_job_left_half_done_is_undone(self, shared):
        """As after any request of Django's: the connection is closed, and nothing of it is committed."""
        server = shared(settings=ONE)
        key = name()
        thread = server.json(f"{ROOT}/half-done/{key}")
        assert server.json(f"{ROOT}/after/{key}") == {"thread": thread, "autocommit": True, "known": 0}

    def test_their_number_is_set(self, shared):
        """Two threads never bring three parties together."""
        server = shared(settings=FEW)
        key = name()
        assert {reply.status for reply in at_once(server, [f"{ROOT}/together/{key}?parties=2"] * 2)} == {200}
        threads = {reply.json()["thread"] for reply in at_once(server, [f"{ROOT}/where"] * 30)}
        assert len(threads) <= 2


class TestBounds:
    def test_a_full_queue_is_503(self, shared):
        server = shared(settings=ONE)
        key = name()
        first = hold(server, key, 1)
        until(lambda: server.json(f"{ROOT}/told/{key}") == ["holding"])
        more = hold(server, key, 6)
        until(lambda: sum(line.readable(0) for line in more) >= 4, what="four refusals")
        refused = [line for line in more if line.readable(0)]
        assert len(refused) == 4
        for line in refused:
            reply = line.receive()
            assert (reply.status, reply.json()["code"]) == (503, "overloaded")
            assert int(reply.header("retry-after")) >= 1
        assert server.ask(f"{ROOT}/fast").status == 200
        server.ask(f"{ROOT}/open/{key}")
        waiting = [line for line in [*first, *more] if line not in refused]
        assert [line.receive().json() for line in waiting] == [True] * 3
        assert server.ask(f"{ROOT}/where").status == 200

    def test_waiting_handlers_do_not_delay_others(self, server):
        key = name()
        lines = hold(server, key, 4)
        until(lambda: len(server.json(f"{ROOT}/told/{key}")) == 4)
        for target in ("/api/ping", f"{ROOT}/fast", f"{ROOT}/where", "/api/none", "/django/hello/"):
            assert server.ask(target).status in (200, 404)
        assert not any(line.readable(0) for line in lines)
        server.ask(f"{ROOT}/open/{key}")
        assert [line.receive().json() for line in lines] == [True] * 4

    def test_a_client_that_left_takes_no_turn(self, shared):
        """A job that still waits in the queue is dropped with its client."""
        server = shared(settings=ONE)
        key, other = name(), name()
        (first,) = hold(server, key, 1)
        until(lambda: server.json(f"{ROOT}/told/{key}") == ["holding"])
        (left,) = hold(server, other, 1)
        behind = server.wire().send(wire.request(f"{ROOT}/where"))
        left.reset()
        server.record(lambda record: record["status"] == 499 and other in record["target"])
        server.ask(f"{ROOT}/open/{key}")
        assert first.receive().status == 200
        assert behind.receive().status == 200
        assert server.json(f"{ROOT}/told/{other}") == []


class TestSignals:
    """`request_started` and `request_finished` are sent where somebody beside Django listens."""

    @pytest.mark.parametrize("target", [f"{ROOT}/context?value=x", "/django/hello/", "/django/async-stream/"])
    def test_each_once(self, serve, target):
        server = serve(environment={"PROJECT_MORE_APPS": "project.listening.Listening"})
        assert server.ask(target).status == 200
        until(lambda: "finished" in server.json(f"{ROOT}/told/signals"), timeout=5, what="the signal")
        assert server.json(f"{ROOT}/told/signals") == ["started", "finished"]


class TestLoop:
    def test_inline_handlers_run_on_the_loop(self, server):
        assert server.json(f"{ROOT}/inline-where") is True

    def test_each_inline_handler_has_a_context_of_its_own(self, server):
        with server.wire() as line:
            for value in "abc":
                line.send(wire.request(f"{ROOT}/inline-context?value={value}"))
                assert line.receive().json() == "unset"
        assert server.json("/api/bridge/probes/context_is_fresh")["ok"] == "unset"

    @pytest.mark.parametrize("path", ["inline-orm", "async-orm"])
    def test_the_orm_fails_loudly_there(self, server, path):
        start = len(server.stderr.lines)
        assert server.ask(f"{ROOT}/{path}").status == 500
        server.stderr.wait(lambda line: "SynchronousOnlyOperation" in line, start=start)


class TestLease:
    """Threads borrowed for `sync_to_async`."""

    def test_requests_borrow_different_threads(self, server):
        key = name()
        replies = at_once(server, [f"{ROOT}/lease/together/{key}?parties=4"] * 4)
        assert [reply.status for reply in replies] == [200] * 4

    def test_a_transaction_keeps_its_thread(self, server):
        replies = at_once(server, [f"{ROOT}/lease/atomic/{name()}" for _ in range(6)])
        assert [(reply.status, reply.body) for reply in replies] == [(200, b'{"threads":1,"inside":1,"after":0}')] * 6

    @pytest.mark.parametrize("settings", [{}, FEW], ids=["default", "few"])
    def test_an_iterator_keeps_its_thread(self, server, shared, settings):
        server = shared(settings=settings) if settings else server
        replies = at_once(server, [f"{ROOT}/lease/iterate"] * 8)
        titles = [f"Book {number}" for number in range(1, 31)]
        assert [(reply.status, reply.json()) for reply in replies] == [(200, titles)] * 8

    def test_waiting_requests_do_not_starve_the_pool(self, shared):
        """Sixteen that have used a thread, and will again, on a pool of two."""
        server = shared(settings=FEW)
        key = name()
        lines = [server.wire().send(wire.request(f"{ROOT}/lease/wait/{key}")) for _ in range(16)]
        until(lambda: len(server.json(f"{ROOT}/told/{key}")) == 16)
        assert server.json(f"{ROOT}/loopless")["books"] == 30
        assert len(server.json(f"{ROOT}/lease/iterate")) == 30
        assert server.ask("/django/hello/").status == 200
        server.ask(f"{ROOT}/open/{key}")
        assert [line.receive().json() for line in lines] == [60] * 16

    def test_connections_persist(self, shared):
        server = shared(settings=ONE)
        for _ in range(3):
            assert server.json(f"{ROOT}/lease/connections")[1:] == [True] * 4
        assert server.json(f"{ROOT}/lease/connections") == [True] * 5

    def test_the_context_goes_along(self, server):
        assert server.json(f"{ROOT}/lease/context") == ["outer", "inner"]
