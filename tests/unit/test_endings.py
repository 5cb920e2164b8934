"""The second half of dependencies that yield, at each end that a request may come to."""

# ruff: noqa: B008

from __future__ import annotations

import asyncio
import logging

import pytest
from django.http import StreamingHttpResponse

from stepping import KINDS, OnPurposeError, Steps, as_kind, serve
from ultrafox import API, Depends, HttpError, NotFound, StreamingResponse
from ultrafox.responses import FileResponse
from ultrafox.testing import AsyncTestClient


@pytest.fixture
def steps() -> Steps:
    return Steps()


@pytest.fixture
def logged(caplog):
    caplog.set_level(logging.ERROR)
    return caplog


class TestEnds:
    """A dependency that yielded goes on at each end of a request, and once."""

    @KINDS
    def test_after_the_reply(self, steps, kind):
        def handler(a=Depends(steps.yielding(kind, "a"))):
            return a

        reply = serve(as_kind(kind, handler)).get("/", stream=True)
        assert (reply.status_code, steps) == (200, ["a in"])
        reply.close()
        assert steps == ["a in", "a out"]

    @KINDS
    @pytest.mark.parametrize(("error", "status"), [(HttpError(403, "no"), 403), (OnPurposeError("no"), 500)])
    def test_at_an_error_the_last_hears_first(self, steps, kind, error, status):
        def handler(a=Depends(steps.yielding(kind, "a")), b=Depends(steps.generator("b"))):
            raise error

        assert serve(as_kind(kind, handler)).get("/").status_code == status
        name = type(error).__name__
        assert steps == ["a in", "b in", f"b {name}", f"a {name}"]

    @KINDS
    def test_at_an_error_of_a_later_dependency(self, steps, kind):
        def failing():
            raise NotFound("nobody")

        def handler(a=Depends(steps.yielding(kind, "a")), b=Depends(failing)):
            steps.append("handler")

        assert serve(as_kind(kind, handler)).get("/").status_code == 404
        assert steps == ["a in", "a NotFound"]

    @KINDS
    def test_one_that_swallows_the_error_hides_it_from_nobody(self, steps, kind):
        outer, inner = steps.yielding(kind, "outer"), steps.yielding(kind, "inner", swallows=True)

        def handler(a=Depends(outer), b=Depends(inner)):
            raise NotFound("nobody")

        assert serve(as_kind(kind, handler)).get("/").status_code == 404
        assert steps == ["outer in", "inner in", "inner NotFound", "outer NotFound"]

    @KINDS
    def test_one_that_raises_another_error_decides(self, steps, kind):
        outer = steps.yielding(kind, "outer")
        inner = steps.yielding(kind, "inner", raises=HttpError(409, "taken"))

        def handler(a=Depends(outer), b=Depends(inner)):
            raise OnPurposeError

        reply = serve(as_kind(kind, handler)).get("/")
        assert (reply.status_code, reply.json()["detail"]) == (409, "taken")
        assert steps == ["outer in", "inner in", "inner OnPurposeError", "outer HttpError"]

    @KINDS
    def test_after_the_reply_each_has_its_turn_and_failures_are_logged(self, steps, kind, logged):
        a, b = (steps.yielding(kind, name, late=OnPurposeError(name)) for name in "ab")

        def handler(a=Depends(a), b=Depends(b), c=Depends(steps.generator("c"))):
            return 1

        assert serve(as_kind(kind, handler), raises=True).get("/").status_code == 200
        assert steps == ["a in", "b in", "c in", "c out", "b out", "a out"]
        said = [(one.getMessage().split(".")[-1], str(one.exc_info[1])) for one in logged.records]
        assert said == [("dependency failed after the reply", "b"), ("dependency failed after the reply", "a")]

    @KINDS
    def test_one_that_yields_nothing(self, steps, kind):
        def nothing():
            yield from ()

        async def anothing():
            for one in ():
                yield one

        nothing = nothing if kind == "sync" else anothing

        def handler(a=Depends(steps.generator("a")), b=Depends(nothing)):
            steps.append("handler")

        with pytest.raises(RuntimeError, match=r"Expected the dependency .*nothing.* to yield once"):
            serve(as_kind(kind, handler), raises=True).get("/")
        assert steps == ["a in", "a RuntimeError"]

    @KINDS
    def test_one_that_yields_twice(self, steps, kind, logged):
        def twice():
            try:
                yield 1
                yield 2
            finally:
                steps.append("closed")

        async def atwice():
            try:
                yield 1
                yield 2
            finally:
                steps.append("closed")

        twice = twice if kind == "sync" else atwice

        def handler(a=Depends(twice)):
            return a

        assert serve(as_kind(kind, handler)).get("/").json() == 1
        assert steps == ["closed"]
        assert "twice to yield once, given a second time" in logged.text

    def test_what_is_left_after_the_reply_is_never_refused(self, steps, monkeypatch):
        monkeypatch.setattr("ultrafox.afterwards.MOST", 0)

        def handler(a=Depends(steps.generator("a"))):
            return a

        assert serve(handler).get("/").status_code == 200
        assert steps == ["a in", "a out"]

    def test_a_task_that_is_cancelled(self, steps):
        async def handler(a=Depends(steps.asyncgenerator("a")), b=Depends(steps.generator("b"))):
            steps.append("handler")
            await asyncio.sleep(60)

        async def main():
            api = API(openapi=False)
            api.get("/")(handler)
            call = asyncio.create_task(AsyncTestClient(api).get("/"))
            while "handler" not in steps:
                await asyncio.sleep(0)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call

        asyncio.run(main())
        assert steps == ["a in", "b in", "handler", "b CancelledError", "a CancelledError"]


class TestStreams:
    """Behind a stream, dependencies go on after its last byte."""

    def stream(self, steps, kind, chunks=("1", "2"), *, fails=False, made="sync"):
        def content():
            for chunk in chunks:
                steps.append(f"sends {chunk}")
                yield chunk
            if fails:
                raise OnPurposeError

        async def acontent():
            for chunk in content():
                yield chunk

        def handler(a=Depends(steps.yielding(kind, "a")), b=Depends(steps.generator("b"))):
            return StreamingResponse(content() if made == "sync" else acontent())

        return serve(as_kind(kind, handler))

    MADE = pytest.mark.parametrize("made", ["sync", "async"])

    @pytest.mark.parametrize("fails", [False, True])
    def test_a_stream_of_djangos_own(self, steps, fails):
        def content():
            yield "1"
            if fails:
                raise OnPurposeError

        def handler(a=Depends(steps.generator("a"))):
            return StreamingHttpResponse(content())

        client = serve(handler)
        if fails:
            with pytest.raises(ConnectionAbortedError):
                client.get("/")
        else:
            assert client.get("/").text == "1"
        assert steps == ["a in", "a OnPurposeError" if fails else "a out"]

    @KINDS
    @MADE
    def test_to_its_end(self, steps, kind, made):
        assert self.stream(steps, kind, made=made).get("/").text == "12"
        assert steps == ["a in", "b in", "sends 1", "sends 2", "b out", "a out"]

    @KINDS
    @MADE
    def test_one_that_fails(self, steps, kind, made, logged):
        with pytest.raises(ConnectionAbortedError):
            self.stream(steps, kind, made=made, fails=True).get("/")
        assert steps == ["a in", "b in", "sends 1", "sends 2", "b OnPurposeError", "a OnPurposeError"]

    @KINDS
    @MADE
    def test_a_client_that_leaves(self, steps, kind, made):
        with self.stream(steps, kind, made=made).stream("GET", "/") as reply:
            next(reply.iter_bytes())
        assert steps == ["a in", "b in", "sends 1", "b GeneratorExit", "a GeneratorExit"]

    @KINDS
    @MADE
    def test_one_that_nobody_begins_to_read(self, steps, kind, made):
        with self.stream(steps, kind, made=made).stream("GET", "/"):
            pass
        assert steps == ["a in", "b in", "b out", "a out"]

    @KINDS
    @MADE
    def test_head(self, steps, kind, made):
        self.stream(steps, kind, made=made).head("/")
        assert steps == ["a in", "b in", "b out", "a out"]

    @KINDS
    def test_files(self, steps, kind, tmp_path):
        (tmp_path / "a.txt").write_text("whole")

        def handler(a=Depends(steps.yielding(kind, "a"))):
            return FileResponse(tmp_path / "a.txt")

        assert serve(as_kind(kind, handler)).get("/").text == "whole"
        assert steps == ["a in", "a out"]

    @KINDS
    def test_files_that_are_not_there(self, steps, kind, tmp_path):
        def handler(a=Depends(steps.yielding(kind, "a"))):
            return FileResponse(tmp_path / "a.txt")

        assert serve(as_kind(kind, handler)).get("/").status_code == 404
        assert steps == ["a in", "a out"]
