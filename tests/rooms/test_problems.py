"""Refusals: their form, their codes, and that no 500 tells what broke."""

from __future__ import annotations

import re

import pytest

import wire

ROOT = "/api/problems"
CANARY = b"canary-inside"

FAMILY = {
    "BadRequest": (400, "bad_request"),
    "Unauthorized": (401, "unauthorized"),
    "Forbidden": (403, "forbidden"),
    "NotFound": (404, "not_found"),
    "MethodNotAllowed": (405, "method_not_allowed"),
    "NotAcceptable": (406, "not_acceptable"),
    "RequestTimeout": (408, "request_timeout"),
    "Conflict": (409, "conflict"),
    "Gone": (410, "gone"),
    "PayloadTooLarge": (413, "payload_too_large"),
    "UnsupportedMediaType": (415, "unsupported_media_type"),
    "UnprocessableEntity": (422, "unprocessable_entity"),
    "TooManyRequests": (429, "too_many_requests"),
    "InternalServerError": (500, "internal_server_error"),
    "BadGateway": (502, "bad_gateway"),
    "ServiceUnavailable": (503, "service_unavailable"),
    "GatewayTimeout": (504, "gateway_timeout"),
}
RAISED = [
    "Exception",
    "KeyError",
    "BaseException",
    "SystemExit",
    "KeyboardInterrupt",
    "GeneratorExit",
    "CancelledError",
    "StopIteration",
    "StopAsyncIteration",
    "Group",
    "Unspeakable",
    "Long",
]


class TestForm:
    def test_of_a_refusal_by_rust(self, server):
        reply = server.ask("/api/nothing/here")
        assert reply.header("content-type") == "application/problem+json"
        problem = reply.json()
        assert set(problem) <= {"type", "title", "status", "code", "detail", "trace_id"}
        assert problem["type"] == "about:blank"
        assert (problem["title"], problem["status"], problem["code"]) == ("Not Found", 404, "not_found")
        assert re.fullmatch("[0-9a-f]{32}", problem["trace_id"])
        assert reply.header("x-trace-id") == problem["trace_id"]

    def test_of_errors(self, server):
        problem = server.ask("/api/params/path/0/x").json()
        assert problem["title"] == "Invalid Parameters"
        assert [set(error) for error in problem["errors"]] == [{"loc", "code", "message"}] * 2

    def test_of_an_exception(self, server):
        reply = server.ask(f"{ROOT}/full")
        assert (reply.status, reply.header("x-taken-by"), reply.header("retry-after")) == (409, "ann", "3")
        problem = reply.json()
        assert (problem["detail"], problem["by"], problem["at"]) == ("Taken.", "ann", [1, 2])
        assert (problem["status"], problem["trace_id"]) == (409, reply.header("x-trace-id"))


class TestFamily:
    @pytest.mark.parametrize("name", FAMILY)
    @pytest.mark.parametrize("route", ["family", "family-sync"])
    def test_each_has_its_status_and_code(self, server, route, name):
        reply = server.ask(f"{ROOT}/{route}/{name}")
        problem = reply.json()
        assert (reply.status, problem["status"], problem["code"]) == (FAMILY[name][0], *FAMILY[name])
        assert problem["detail"] == f"about {name}"
        assert reply.header("content-type") == "application/problem+json"

    @pytest.mark.parametrize("name", ["NotFound", "Unauthorized", "InternalServerError"])
    def test_without_a_detail(self, server, name):
        assert server.ask(f"{ROOT}/bare/{name}").status == FAMILY[name][0]

    def test_http_error(self, server):
        reply = server.ask(f"{ROOT}/http-error")
        assert (reply.status, reply.json()["detail"]) == (418, "I am a teapot.")

    def test_a_subclass_of_the_project(self, server):
        problem = server.ask(f"{ROOT}/subclass").json()
        assert (problem["status"], problem["detail"]) == (409, "None left.")

    def test_a_header_cannot_be_split(self, server):
        reply = server.ask(f"{ROOT}/header-split")
        assert reply.status in (400, 500)
        assert reply.header("set-cookie") is None
        server.alive()

    @pytest.mark.parametrize("name", ["content-length", "transfer-encoding", "connection", "x-trace-id"])
    def test_a_header_of_the_connection_is_not_for_handlers(self, server, name):
        """The reply behind it on the same connection shows that both are whole."""
        with server.wire() as line:
            line.send(wire.request(f"{ROOT}/framing/{name}") + wire.request("/api/ping"))
            reply = line.receive()
            assert (reply.status, reply.json()["detail"]) == (409, "Taken.")
            assert reply.header("x-trace-id") == reply.json()["trace_id"]
            assert line.receive().status == 200


class TestInside:
    @pytest.mark.parametrize("kind", RAISED)
    @pytest.mark.parametrize("mode", ["async", "late", "sync", "inline"])
    def test_whatever_is_raised_is_a_500_that_says_nothing(self, server, mode, kind):
        reply = server.ask(f"{ROOT}/raise/{mode}/{kind}")
        assert (reply.status, reply.header("content-type")) == (500, "application/problem+json")
        problem = reply.json()
        assert set(problem) <= {"type", "title", "status", "code", "detail", "trace_id"}
        assert (problem["code"], problem["title"]) == ("internal_error", "Internal Server Error")
        assert CANARY not in reply.body and b"Error(" not in reply.body and b".py" not in reply.body
        server.alive()

    @pytest.mark.parametrize("mode", ["async", "late", "sync", "inline"])
    def test_it_is_logged(self, server, mode):
        """Under the handler's name, with its traceback."""
        start = len(server.stderr.lines)
        server.ask(f"{ROOT}/raise/{mode}/KeyError")
        server.stderr.wait(lambda line: f"raise_{mode}" in line and "ERROR" in line, start=start)
        server.stderr.wait(lambda line: "KeyError" in line and "canary-inside" in line, start=start)
        assert "Traceback" in "\n".join(server.stderr.lines[start:])

    @pytest.mark.parametrize("path", ["recursion/async", "recursion-sync"])
    def test_endless_recursion(self, server, path):
        assert server.ask(f"{ROOT}/{path}").status == 500
        server.alive()

    def test_with_debug_too(self, shared):
        server = shared(settings={"DEBUG": True})
        reply = server.ask(f"{ROOT}/raise/async/Exception")
        assert reply.status == 500
        assert b"a-canary-that-no-reply" not in reply.body


class TestDjango:
    def test_http404(self, server):
        reply = server.ask("/api/models/http404")
        assert (reply.status, reply.json()["code"]) == (404, "not_found")

    def test_does_not_exist_says_nothing_of_the_query(self, server):
        reply = server.ask("/api/models/books/999")
        assert reply.status == 404
        assert b"matching" not in reply.body and b"Book" not in reply.body
