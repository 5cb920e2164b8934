"""Functions that run after the reply: soon, bounded, and never to the harm of the request."""

from __future__ import annotations

import itertools
import time

import pytest

from serving import until

WAYS = pytest.mark.parametrize("way", ["sync", "async", "inline"])
APIS = {"ULTRAFOX": {"API": ["project.later.api", "project.later.other"]}}
names = (f"background-{number}" for number in itertools.count())


@pytest.fixture
def later(shared):
    return shared(settings=APIS, meant=[r"ERROR ultrafox\.[\w.]+ [\s\S]*on purpose"])


@pytest.fixture
def name():
    return next(names)


def told(server, name, count=1):
    return until(
        lambda: len(said := server.json(f"/told/{name}")) >= count and said, timeout=5, what="the work being done"
    )


class TestRuns:
    @WAYS
    @pytest.mark.parametrize("function", ["work", "work-async"])
    def test_sync_and_async(self, later, way, function, name):
        assert later.json(f"/{way}/{function}/{name}") == "started"
        assert told(later, name)[0].startswith("worked")

    @WAYS
    @pytest.mark.parametrize("function", ["count", "count-async"])
    def test_with_the_database(self, later, way, function, name):
        later.json(f"/{way}/{function}/{name}")
        assert told(later, name)[0] == "2"

    @pytest.mark.parametrize("path", ["/slow", "/slow-sync"])
    def test_the_reply_does_not_wait(self, later, path, name):
        begun = time.monotonic()
        with later.client() as client:
            assert client.get(f"{path}/{name}").json() == "started"
            # Nor does the next request of the same connection.
            assert client.get("/state").status_code == 200
            assert time.monotonic() - begun < 0.4
        assert told(later, name)[0].startswith("worked")

    def test_functions_that_block_are_not_on_the_loop(self, later, name):
        later.json(f"/async/work/{name}")
        assert "True" not in told(later, name)[0]


class TestFailures:
    @WAYS
    @pytest.mark.parametrize("function", ["broken", "broken-async"])
    def test_are_logged(self, later, way, function, name):
        start = len(later.stderr.lines)
        reply = later.ask(f"/{way}/{function}/{name}")
        assert reply.status == 200
        later.stderr.wait(lambda line: "work fails on purpose" in line, start=start, timeout=5)
        assert later.ask("/state").status == 200

    def test_after_a_handler_that_failed(self, later, name):
        """Whether it runs or not, the server goes on."""
        assert later.ask(f"/failing/{name}").status == 500
        assert later.ask("/state").status == 200

    def test_more_than_there_is_room_for(self, later, name):
        assert later.ask(f"/many/{name}").status == 503
        until(lambda: 0 < len(later.json(f"/told/{name}")) <= 1024, timeout=10, what="those that found room")
        assert later.json(f"/async/work-async/{name}-after") == "started"


class TestAtTheEnd:
    @pytest.mark.parametrize("path", ["/slow", "/slow-sync"])
    def test_a_stopping_server_lets_it_finish(self, serve, path):
        server = serve(settings=APIS)
        server.json(f"{path}/end")
        server.stop()
        assert "left the lifespan" in server.stdout.text
