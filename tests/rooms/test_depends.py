"""Dependencies: their order, their sharing, their clean-up."""

from __future__ import annotations

import itertools

import pytest

import wire
from serving import until

ROOT = "/api/depends"
BOTH = pytest.mark.parametrize("way", ["sync", "async"])
names = (f"depends-{number}" for number in itertools.count())


@pytest.fixture
def name():
    return next(names)


def told(server, name):
    return server.json(f"{ROOT}/told/{name}")


def ended(server, name, last):
    """Clean-up comes after the reply."""
    return until(lambda: (said := told(server, name))[-1:] == [last] and said, timeout=3, what=f"{last!r} as the end")


class TestOrder:
    def test_sync(self, server, name):
        assert server.json(f"{ROOT}/sync/{name}?q=3") == {"a": 3, "b": 6, "c": "sync"}
        assert ended(server, name, "close") == ["plain", "doubled", "open", "handler", "close"]

    def test_async(self, server, name):
        assert server.json(f"{ROOT}/async/{name}?q=3") == {"a": 3, "b": 6, "c": "async over sync"}
        said = ended(server, name, "close")
        assert said == ["plain", "doubled", "open", "open async", "handler", "close async", "close"]

    def test_their_parameters_are_checked_with_the_rest(self, server, name):
        for way in ("sync", "async"):
            reply = server.ask(f"{ROOT}/{way}/{name}?q=x")
            assert (reply.status, reply.json()["errors"][0]["loc"]) == (422, ["query", "q"])
        assert told(server, name) == []


class TestSharing:
    def test_once_in_a_request(self, server):
        assert server.json(f"{ROOT}/once") is True

    def test_each_time_where_asked(self, server):
        assert server.json(f"{ROOT}/each-time") is False

    def test_one_thread(self, server):
        assert server.json(f"{ROOT}/threads") is True

    def test_the_database_below_an_async_handler(self, server):
        assert server.json(f"{ROOT}/async/database") == 42

    def test_context_and_request(self, server):
        answer = server.json(f"{ROOT}/context")
        assert (answer["same"], answer["path"], answer["ip"]) == (True, f"{ROOT}/context", "127.0.0.1")


class TestKinds:
    @BOTH
    def test_a_class(self, server, way):
        assert server.json(f"{ROOT}/{way}/pages?page=2") == [2, 10]
        reply = server.ask(f"{ROOT}/{way}/pages?page=0")
        assert (reply.status, reply.json()["errors"][0]["loc"]) == (422, ["query", "page"])

    def test_one_that_gives_nothing(self, server):
        assert server.ask(f"{ROOT}/alone").status == 400
        assert server.json(f"{ROOT}/alone", headers=[("X-Word", "sesame")]) == "in"


class TestCleanUp:
    @BOTH
    def test_on_an_error(self, server, way, name):
        assert server.ask(f"{ROOT}/{way}/failing/{name}").status == 500
        said = ended(server, name, "close")
        assert said == ["open", "open async", "handler", "close async", "saw RuntimeError", "close"]

    @BOTH
    def test_on_a_refusal(self, server, way, name):
        reply = server.ask(f"{ROOT}/{way}/refusing/{name}")
        assert (reply.status, "the word is sesame" in reply.body.decode()) == (400, True)
        assert ended(server, name, "close") == ["open", "saw BadRequest", "close"]

    @BOTH
    def test_after_the_end_of_a_stream(self, server, way, name):
        assert server.ask(f"{ROOT}/{way}/streaming/{name}").body == b"12"
        said = ended(server, name, "close")
        assert said.index("last") < said.index("close")

    @BOTH
    def test_when_the_client_leaves(self, server, way, name):
        connection = server.wire()
        connection.send(wire.request(f"{ROOT}/{way}/{name}"))
        connection.reset()
        server.alive()
        # A request that was never begun has nothing to clean up.
        until(lambda: (said := told(server, name)).count("open") == said.count("close"), timeout=3, what="the clean-up")


class TestManyAtOnce:
    @BOTH
    def test_each_request_has_its_own(self, server, way):
        connections = [(next(names), server.wire()) for _ in range(30)]
        for name, connection in connections:
            connection.send(wire.request(f"{ROOT}/{way}/{name}"))
        for _, connection in connections:
            assert connection.receive().status == 200
        for name, _ in connections:
            assert ended(server, name, "close").count("open") == 1
