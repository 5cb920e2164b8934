"""What runs around a handler: dependencies in their order, and on which thread."""

# ruff: noqa: B008

from __future__ import annotations

import asyncio
import threading
from typing import Annotated

import msgspec
import pytest
from django.http import HttpResponse

from stepping import KINDS, OnPurposeError, Steps, as_kind, serve
from ultrafox import API, Depends, Header, Query, Request, hop
from ultrafox.testing import TestClient


@pytest.fixture
def steps() -> Steps:
    return Steps()


class TestOrder:
    @KINDS
    def test_all_kinds_in_the_order_of_the_arguments(self, steps, kind):
        one, two, three, four = steps.plain(), steps.coroutine(), steps.generator(), steps.asyncgenerator()

        def handler(a=Depends(one), b=Depends(two), c=Depends(three), *, d=Depends(four)):
            steps.append("handler")
            return [a, b, c, d]

        assert serve(as_kind(kind, handler)).get("/").json() == ["plain", "coroutine", "generator", "asyncgenerator"]
        assert steps == [
            *("plain in", "coroutine in", "generator in", "asyncgenerator in", "handler"),
            *("asyncgenerator out", "generator out"),
        ]

    @KINDS
    def test_what_others_need_comes_first_and_once(self, steps, kind):
        base = steps.generator("base")

        def left(base=Depends(base)):
            steps.append("left in")
            return f"left of {base}"

        def right(base=Depends(base), left=Depends(left)):
            steps.append("right in")
            return f"right of {base} and {left}"

        def handler(r=Depends(right), le=Depends(left), b=Depends(base)):
            steps.append("handler")
            return [r, le, b]

        client = serve(as_kind(kind, handler))
        assert client.get("/").json() == ["right of base and left of base", "left of base", "base"]
        assert steps == ["base in", "left in", "right in", "handler", "base out"]
        client.get("/")
        assert steps.count("base in") == steps.count("base out") == 2

    def test_each_time_without_the_cache(self, steps):
        one = steps.plain()

        def handler(a=Depends(one), b=Depends(one, use_cache=False), c=Depends(one)):
            return None

        serve(handler).get("/")
        assert steps == ["plain in"] * 2

    def test_those_of_api_router_and_operation_run_before(self, steps):
        api = API(openapi=False, dependencies=[Depends(steps.generator("api"))])
        own = [Depends(steps.plain("operation"))]

        @api.get("/", dependencies=own)
        def handler(a=Depends(steps.plain("argument"))):
            steps.append("handler")

        assert TestClient(api).get("/").status_code == 204
        assert steps == ["api in", "operation in", "argument in", "handler", "api out"]

    @KINDS
    def test_their_arguments_come_from_the_request(self, kind):
        def user(request: Request, x_user: Annotated[str, Header()], id: int):
            return f"{request.method} {x_user} {id}"

        def handler(id: int, u: str = Depends(user), n: int = 3):
            return [id, u, n]

        client = serve(as_kind(kind, handler), path="/{id}")
        assert client.get("/7?n=4", headers={"X-User": "ann"}).json() == [7, "GET ann 7", 4]
        assert client.get("/7").status_code == 422

    @KINDS
    def test_classes(self, kind):
        class Paging:
            def __init__(self, offset: int = 0, *, size: Annotated[int, Query(le=100)] = 10):
                self.said = [offset, size]

        class Checker:
            def __init__(self, word):
                self.word = word

            def __call__(self, q: str = ""):
                return q == self.word

        def handler(page: Annotated[Paging, Depends()], fits=Depends(Checker("yes"))):
            return [*page.said, fits]

        handler.__annotations__["page"] = Annotated[Paging, Depends()]
        client = serve(as_kind(kind, handler))
        assert client.get("/?offset=4&q=yes").json() == [4, 10, True]
        assert client.get("/?size=101").status_code == 422

    def test_nothing_runs_for_a_request_that_is_refused(self, steps):
        def handler(n: int, a=Depends(steps.generator())):
            return None

        assert serve(handler).get("/?n=x").status_code == 422
        assert steps == []


class TestThreads:
    def test_neighbours_that_may_block_share_one_hop(self, monkeypatch):
        hops, threads = [], []
        real = hop.run
        monkeypatch.setattr(hop, "run", lambda work, *given: hops.append(work.__name__) or real(work, *given))

        def first():
            threads.append(threading.get_ident())

        def second():
            threads.append(threading.get_ident())
            yield

        async def between(): ...

        def third():
            threads.append(threading.get_ident())

        async def handler(a=Depends(first), b=Depends(second), c=Depends(between), d=Depends(third)):
            threads.append(threading.get_ident())

        assert serve(handler).get("/").status_code == 204
        assert hops[:2] == ["_run_all"] * 2 and hops.count("_run_all") == 2
        assert len(set(threads[:3])) == 1 and threads[3] != threads[0]

    def test_a_sync_handler_with_sync_dependencies_stays_on_its_thread(self, monkeypatch):
        monkeypatch.setattr(hop, "run", None)

        def ident():
            yield threading.get_ident()

        def handler(a=Depends(ident)):
            return a == threading.get_ident()

        assert serve(handler).get("/").json() is True

    def test_a_sync_handler_may_ask_for_async_dependencies(self, steps):
        def handler(a=Depends(steps.asyncgenerator())):
            return threading.get_ident() == threading.main_thread().ident

        assert serve(handler).get("/").json() is True
        assert steps == ["asyncgenerator in", "asyncgenerator out"]


class TestInjected:
    @KINDS
    def test_what_is_said_through_the_response(self, kind):
        def tagging(response: HttpResponse):
            response["X-Tag"] = "1"

        def handler(response: HttpResponse, tag=Depends(tagging)):
            response.status_code = 201
            response.set_cookie("a", "b")
            response["X-Own"] = "2"
            return {"a": 1}

        reply = serve(as_kind(kind, handler)).get("/")
        assert (reply.status_code, reply.json()) == (201, {"a": 1})
        assert (reply.headers["x-tag"], reply.headers["x-own"], reply.cookies["a"]) == ("1", "2", "b")
        assert reply.headers["content-type"] == "application/json"

    def test_what_the_handler_returns_is_stronger(self):
        def handler(response: HttpResponse):
            response.status_code = 201
            response["X-Own"] = "injected"
            response["X-Other"] = "injected"
            own = HttpResponse("x", status=202)
            own["X-Own"] = "returned"
            return own

        reply = serve(handler).get("/")
        assert (reply.status_code, reply.headers["x-own"], reply.headers["x-other"]) == (202, "returned", "injected")

    def test_each_request_has_its_own(self):
        def handler(response: HttpResponse, n: int):
            response[f"X-{n}"] = "1"

        client = serve(handler)
        assert "x-1" in client.get("/?n=1").headers
        assert "x-1" not in client.get("/?n=2").headers


class Filters(msgspec.Struct, forbid_unknown_fields=True):
    q: str = ""
    tags: list[str] = []


class Loose(msgspec.Struct):
    size: int = 1


class TestGroups:
    @KINDS
    def test_fields_are_parameters(self, kind):
        def handler(filters: Query[Filters]):
            return [filters.q, filters.tags]

        client = serve(as_kind(kind, handler))
        assert client.get("/?q=a&tags=1&tags=2").json() == ["a", ["1", "2"]]
        assert client.get("/").json() == ["", []]

    def test_other_names_are_refused_where_the_schema_forbids_them(self):
        def handler(filters: Query[Filters], more: Query[Loose], n: int = 0):
            return [filters.q, more.size, n]

        client = serve(handler)
        assert client.get("/?q=a&size=3&n=2").json() == ["a", 3, 2]
        reply = client.get("/?q=a&other=1")
        assert (reply.status_code, reply.json()["errors"][0]["loc"]) == (422, ["query", "other"])

    def test_several_bodies(self):
        def handler(first: Filters, second: Loose, n: int = 0):
            return [first.q, second.size, n]

        client = serve(handler, method="POST")
        assert client.post("/?n=5", json={"first": {"q": "a"}, "second": {"size": 2}}).json() == ["a", 2, 5]
        assert client.post("/", json={"first": {"q": "a"}}).status_code == 422


class TestExceptionHandlers:
    def test_one_that_waits_hears_of_dependencies_too(self, steps):
        api = API(openapi=False)

        @api.exception_handler(OnPurposeError)
        async def teapot(request, error):
            await asyncio.sleep(0)
            steps.append("handled")
            return 418, {"path": request.path}

        async def failing():
            raise OnPurposeError

        @api.get("/async")
        async def ahandler(a=Depends(steps.asyncgenerator("a")), b=Depends(failing)): ...

        @api.get("/sync")
        def handler(a=Depends(steps.generator("a"))):
            raise OnPurposeError

        for path in ("/async", "/sync"):
            steps.clear()
            reply = TestClient(api).get(path)
            assert (reply.status_code, reply.json()) == (418, {"path": path})
            assert steps == ["a in", "a OnPurposeError", "handled"]
