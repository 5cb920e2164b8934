"""What stands inside the middleware of an operation."""

from __future__ import annotations

import asyncio

import pytest
from django.http import HttpResponse

from stepping import KINDS, OnPurposeError, Steps, as_kind
from ultrafox import API, Depends, NotFound, StreamingResponse
from ultrafox.testing import TestClient


class Watching:
    """Middleware that sees requests, and answers whole."""

    seen: list[object]

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        self.seen.append((request.resolver_match.func.__name__, request.resolver_match.kwargs))
        response = self.get_response(request)
        self.seen.append((response.status_code, response.streaming))
        response["X-Seen"] = "1"
        return response


@pytest.fixture
def watched():
    class Own(Watching):
        seen = []

    return Own


def api_of(kind, watched, function, path="/", **options):
    api = API(openapi=False, middleware=[watched])
    function = as_kind(kind, function)
    function.__name__ = "handler"
    api.get(path, **options)(function)
    return api


@KINDS
def test_values_reach_the_handler_past_the_middleware(kind, watched):
    def handler(request, id: int, n: int = 2, *, q: str = "x"):
        return [id, n, q, request.path]

    reply = TestClient(api_of(kind, watched, handler, "/{id}")).get("/7?q=y")
    assert (reply.json(), reply.headers["x-seen"]) == ([7, 2, "y", "/7"], "1")
    assert reply.headers["content-type"] == "application/json"
    assert watched.seen == [("handler", {"id": 7}), (200, False)]


@KINDS
def test_the_middleware_sees_refusals_as_answers(kind, watched):
    def handler():
        raise NotFound("no such thing")

    reply = TestClient(api_of(kind, watched, handler)).get("/")
    assert (reply.status_code, reply.json()["detail"], reply.headers["x-seen"]) == (404, "no such thing", "1")
    assert reply.json()["trace_id"] == reply.headers["x-trace-id"]
    assert watched.seen[-1] == (404, False)


@KINDS
def test_exception_handlers_are_inside(kind, watched):
    def handler():
        raise OnPurposeError

    api = api_of(kind, watched, handler)

    @api.exception_handler(OnPurposeError)
    async def teapot(request, error):
        await asyncio.sleep(0)
        return 418, {"tea": True}

    reply = TestClient(api).get("/")
    assert (reply.status_code, reply.json(), reply.headers["x-seen"]) == (418, {"tea": True}, "1")
    assert watched.seen[-1] == (418, False)


@KINDS
def test_what_an_exception_handler_foresaw_is_not_raised(kind, watched):
    def handler():
        raise OnPurposeError

    api = api_of(kind, watched, handler)

    @api.exception_handler(OnPurposeError)
    def later(request, error):
        return 503, {"later": True}

    assert TestClient(api).get("/").json() == {"later": True}
    assert watched.seen[-1] == (503, False)


@KINDS
def test_an_exception_handler_that_fails_is(kind, watched):
    def handler():
        raise OnPurposeError

    api = api_of(kind, watched, handler)

    @api.exception_handler(OnPurposeError)
    def broken(request, error):
        raise ZeroDivisionError

    with pytest.raises(OnPurposeError):
        TestClient(api).get("/")


@KINDS
def test_a_client_inside_a_handler_keeps_its_errors_to_itself(kind, watched):
    def failing():
        raise OnPurposeError

    inner = TestClient(api_of(kind, watched, failing), raise_server_exceptions=False)

    def handler():
        assert inner.get("/").status_code == 500
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        TestClient(api_of("sync", watched, handler)).get("/")


@KINDS
def test_streams_and_responses_stay_what_they_are(kind, watched):
    def handler(whole: bool):
        return HttpResponse("x", status=201) if whole else StreamingResponse(iter(["a", "b"]))

    client = TestClient(api_of(kind, watched, handler))
    assert (client.get("/?whole=1").status_code, watched.seen[-1]) == (201, (201, False))
    assert (client.get("/?whole=0").text, watched.seen[-1]) == ("ab", (200, True))


@KINDS
def test_dependencies_and_the_injected_response(kind, watched):
    steps = Steps()

    def handler(response: HttpResponse, a=Depends(steps.yielding(kind, "a"))):  # noqa: B008
        response.status_code = 202
        response.set_cookie("c", "d")
        return {"a": a}

    reply = TestClient(api_of(kind, watched, handler)).get("/")
    assert (reply.status_code, reply.json(), reply.cookies["c"]) == (202, {"a": "a"}, "d")
    assert (watched.seen[-1], steps) == ((202, False), ["a in", "a out"])


@KINDS
def test_requests_of_one_operation_do_not_meet(kind, watched):
    def handler(n: int):
        return n

    client = TestClient(api_of(kind, watched, handler))
    assert [client.get(f"/?n={n}").json() for n in range(5)] == list(range(5))
