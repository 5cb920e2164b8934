"""ALLOWED_HOSTS, for API operations and for Django's own paths."""

from __future__ import annotations

import pytest

import wire

TARGETS = ["/api/ping", "/api/none", "/django/hello/"]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8000",
        "LOCALHOST",
        "127.0.0.1",
        "example.com",
        "shop.example.com",
        "a.b.example.com:443",
        "example.com.",
    ],
)
def test_allowed(server, host, target):
    assert server.ask(target, host=host).status == (404 if target == "/api/none" else 200)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    "host",
    ["evil.example", "notexample.com", "example.com.evil.example", "127.0.0.2", "[::1]", "localhost.evil.example"],
)
def test_refused(server, host, target):
    reply = server.ask(target, host=host)
    assert reply.status == 400
    assert host.encode() not in reply.body or reply.header("content-type") == "application/problem+json"
    if target != "/django/hello/":
        assert reply.json()["code"] == "disallowed_host"


@pytest.mark.parametrize(
    "host",
    [
        "",
        "a b",
        "localhost/x",
        "user@localhost",
        "localhost#",
        "localhost\\",
        "localhost,example.com",
        "localhost:99999",
        "localhost:x",
        "local?host",
    ],
)
def test_malformed(server, host):
    replies = wire.talk(
        server.port,
        wire.request("/api/ping", host=host, headers=[("Connection", "close")]) + wire.request("/api/server/marker"),
    )
    assert [reply.status for reply in replies] == [400]


def test_an_absolute_target_and_its_host_are_one_truth(server):
    """Whichever wins, a host that is not allowed gets nothing."""
    for target, host in [("http://evil.example/api/ping", "localhost"), ("http://localhost/api/ping", "evil.example")]:
        reply = server.ask(target, host=host)
        assert reply.status == 400 or "evil" not in host + target.split("/")[2]
    assert server.ask("http://localhost/api/ping", host="localhost").status == 200


def test_the_absolute_target_decides_what_handlers_see(server):
    reply = server.ask("http://shop.example.com/api/request/describe/x", host="localhost")
    if reply.status == 200:
        assert reply.json()["host"] == "shop.example.com"
    else:
        assert reply.status == 400


def test_all_hosts(shared):
    server = shared(settings={"ALLOWED_HOSTS": ["*"]})
    assert server.ask("/api/ping", host="any.example").status == 200
    assert server.ask("/api/ping", host="a b").status == 400


def test_none_but_debug(shared):
    """As in Django: with DEBUG and no hosts, those of the own machine."""
    server = shared(settings={"ALLOWED_HOSTS": [], "DEBUG": True})
    assert [
        server.ask("/api/ping", host=host).status for host in ("localhost", "a.localhost", "[::1]", "evil.example")
    ] == [200, 200, 200, 400]


def test_none_without_debug_stops_the_start(refused):
    assert "ALLOWED_HOSTS" in refused(settings={"ALLOWED_HOSTS": []})
