"""Functions that run once a reply is on its way."""

from __future__ import annotations

import asyncio
import logging
import threading

import pytest

from stepping import KINDS, OnPurposeError, as_kind
from ultrafox import API, ServiceUnavailable, StreamingResponse, afterwards
from ultrafox.testing import AsyncTestClient, TestClient


@pytest.fixture(autouse=True)
def nothing_waits_in_the_end():
    before = afterwards._waiting
    yield
    assert afterwards._waiting == before


def api_of(handler, **options):
    api = API(openapi=False)
    api.get("/", **options)(handler)
    return api


class TestThroughADoor:
    @KINDS
    @pytest.mark.parametrize("later", ["sync", "async"])
    def test_after_the_reply_in_order(self, kind, later):
        steps = []

        def sync(word, *, end=""):
            steps.append(word + end)

        async def coroutine(word, *, end=""):
            await asyncio.sleep(0)
            steps.append(word + end)

        chosen = sync if later == "sync" else coroutine

        def handler():
            api.background(chosen, "first", end="!")
            api.background(sync, "second")
            steps.append("handler")
            return 1

        for inline in [False] if kind == "async" else [False, True]:
            steps.clear()
            api = api_of(as_kind(kind, handler), inline=inline)
            self.check(api, steps)

    def check(self, api, steps):
        client = TestClient(api)
        reply = client.get("/", stream=True)
        assert (reply.status_code, steps) == (200, ["handler"])
        reply.close()
        assert steps == ["handler", "first!", "second"]

    def test_in_an_async_test(self):
        steps = []

        async def handler():
            api.background(steps.append, threading.current_thread() is threading.main_thread())
            api.background(asyncio.sleep, 0)

        api = api_of(handler)
        assert asyncio.run(AsyncTestClient(api).get("/")).status_code == 204
        assert len(steps) == 1

    @KINDS
    def test_a_failure_is_logged_and_the_next_one_runs(self, kind, caplog):
        caplog.set_level(logging.ERROR)
        steps = []

        def failing():
            raise OnPurposeError

        async def afailing():
            raise OnPurposeError

        def handler():
            api.background(failing if kind == "sync" else afailing)
            api.background(steps.append, 1)

        api = api_of(as_kind(kind, handler))
        assert TestClient(api).get("/").status_code == 204
        [record] = [one for one in caplog.records if one.name == "ultrafox.background"]
        assert record.getMessage().endswith("failing failed after the reply") and record.exc_info
        assert steps == [1]

    @KINDS
    def test_what_was_said_before_an_error_runs(self, kind):
        steps = []

        def handler():
            api.background(steps.append, 1)
            raise OnPurposeError

        api = api_of(as_kind(kind, handler))
        assert TestClient(api, raise_server_exceptions=False).get("/").status_code == 500
        assert steps == [1]

    def test_of_a_stream_after_its_last_byte(self):
        steps = []

        def content():
            steps.append("sends")
            yield "x"
            api.background(steps.append, "from within")

        def handler():
            api.background(steps.append, "after")
            return StreamingResponse(content())

        api = api_of(handler)
        assert TestClient(api).get("/").text == "x"
        assert steps == ["sends", "after", "from within"]

    def test_no_more_than_may_wait(self, monkeypatch):
        monkeypatch.setattr(afterwards, "MOST", 3)
        steps = []

        def handler():
            for place in range(4):
                api.background(steps.append, place)

        api = api_of(handler)
        reply = TestClient(api).get("/")
        assert (reply.status_code, reply.headers["retry-after"]) == (503, "1")
        assert steps == [0, 1, 2]
        assert TestClient(api).get("/").status_code == 503

    def test_the_bound(self):
        assert afterwards.MOST == 1024


class TestOnAServer:
    """Without a door that collects: on the loop, and on the threads that the server has."""

    def test_on_the_loop_after_the_task_that_answers(self):
        steps = []

        async def later():
            steps.append("later")

        async def handler():
            afterwards.add(later)
            afterwards.add(lambda: steps.append(threading.current_thread() is threading.main_thread()))
            await asyncio.sleep(0)
            steps.append("handler")

        async def main():
            task = asyncio.create_task(handler())
            task.add_done_callback(lambda _: steps.append("reply"))
            await task
            while len(steps) < 4:
                await asyncio.sleep(0.001)

        asyncio.run(main())
        assert steps[:2] == ["handler", "reply"] and sorted(map(str, steps[2:])) == ["False", "later"]

    def test_on_the_loop_outside_of_any_task(self):
        steps = []

        async def main():
            asyncio.get_running_loop().call_soon(
                lambda: (afterwards.add(lambda: steps.append("later")), steps.append(1))
            )
            while len(steps) < 2:
                await asyncio.sleep(0.001)

        asyncio.run(main())
        assert steps == [1, "later"]

    def test_on_a_thread_of_the_pool(self):
        steps = []

        def thread():
            afterwards.serve_here()
            afterwards.add(lambda: steps.append(threading.current_thread().name))
            steps.append("handler")
            afterwards.run_here()
            afterwards.run_here()

        worker = threading.Thread(target=thread, name="of the pool")
        worker.start()
        worker.join()
        assert steps == ["handler", "of the pool"]

    def test_on_a_thread_of_somebody_else(self):
        done = threading.Event()
        worker = threading.Thread(target=afterwards.add, args=(done.set,))
        worker.start()
        assert done.wait(5)
        worker.join()
        while afterwards._waiting:
            pass

    def test_what_cannot_wait_is_refused_at_once(self, monkeypatch):
        monkeypatch.setattr(afterwards, "MOST", 0)
        with pytest.raises(ServiceUnavailable) as refused:
            afterwards.add(print)
        assert refused.value.status_code == 503
