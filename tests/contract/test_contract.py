"""Every case through every door: the same status, header fields and body, but for what `exceptions` lists."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from typing import Any

import pytest

import serving
from contract import djangos, doors
from contract.asking import Ask, Seen
from contract.cases import TABLE, get, name_of
from contract.exceptions import ENDS_WHOLE, EXCEPTIONS, SERVERS, forgiven

INSIDE = ("wsgi", "asgi", "test client", "async test client", "django client", "django async client")

CASES = [pytest.param(status, one, id=name_of(one)) for status, one in TABLE]


@pytest.fixture(scope="session")
def over_the_socket(contract_server: Any) -> Callable[[Ask], Seen]:
    """What our own server answers; each case is asked once."""
    ask = doors.socket(contract_server.port)
    known: dict[Ask, Seen] = {}

    def answer(one: Ask) -> Seen:
        if one not in known:
            known[one] = ask(one)
        return known[one]

    return answer


@pytest.fixture(scope="module")
def inside(project: None) -> Callable[[str], Callable[[Ask], Seen]]:
    """A door of this process."""
    from django.core.handlers.asgi import ASGIHandler
    from django.core.handlers.wsgi import WSGIHandler

    makers: dict[str, Callable[[], Callable[[Ask], Seen]]] = {
        "wsgi": lambda: doors.wsgi(WSGIHandler()),
        "asgi": lambda: doors.asgi(ASGIHandler()),
        "test client": doors.test_client,
        "async test client": doors.async_test_client,
        "django client": djangos.django_client,
        "django async client": djangos.django_async_client,
    }
    made: dict[str, Callable[[Ask], Seen]] = {}

    def door(name: str) -> Callable[[Ask], Seen]:
        if name not in made:
            made[name] = makers[name]()
        return made[name]

    return door


@pytest.mark.parametrize(("status", "one"), CASES)
def test_the_server(over_the_socket, status, one):
    reply = over_the_socket(one)
    assert (reply.status, reply.traced) == (status, True), reply.body[:1000]


@pytest.mark.parametrize("door", INSIDE)
@pytest.mark.parametrize(("status", "one"), CASES)
def test_inside(over_the_socket, inside, door, status, one):
    compare(door, one, over_the_socket(one), inside(door)(one))


@pytest.mark.parametrize("server", SERVERS)
def test_other_servers(over_the_socket, foreign, server):
    ask = doors.socket(foreign(server))
    differing = []
    for _, one in TABLE:
        try:
            compare(server, one, over_the_socket(one), ask(one))
        except AssertionError as error:
            differing.append(f"{name_of(one)}\n{error}")
        except Exception as error:
            differing.append(f"{name_of(one)}\n{error!r}")
    assert not differing, f"{len(differing)} differ\n\n" + "\n\n".join(differing)


def compare(door: str, one: Ask, wanted: Seen, given: Seen) -> None:
    wanted, given = forgiven(door, one, wanted), forgiven(door, one, given)
    for part in Seen.__dataclass_fields__:
        expected, found = getattr(wanted, part), getattr(given, part)
        assert expected == found, f"{part}: by the socket {expected!r:.1500}, by {door} {found!r:.1500}"


EVERYWHERE = ("socket", *INSIDE, *SERVERS)


@pytest.fixture
def door(request, contract_server, foreign, inside) -> Callable[[Ask], Seen]:
    """Any door by its name."""
    name = request.param
    if name == "socket":
        return doors.socket(contract_server.port)
    return inside(name) if name in INSIDE else doors.socket(foreign(name))


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("door", [name for name in EVERYWHERE if name not in ENDS_WHOLE], indirect=True)
def test_a_stream_that_fails_ends_broken(door, kind):
    with pytest.raises((http.client.IncompleteRead, ConnectionAbortedError, ConnectionResetError)):
        door(get(f"/out/broken/{kind}"))


@pytest.mark.parametrize("path", ["/around/depends", "/around/depends/async"])
@pytest.mark.parametrize("door", EVERYWHERE, indirect=True)
def test_dependencies_are_cleaned_up_once(door, path):
    counts: list[int] = []

    def left() -> int:
        # What is asked is gone.
        counts.append(int(door(get("/around/left")).body))
        return sum(counts)

    left()
    counts.clear()
    for _ in range(3):
        assert door(get(path)).status == 200
    serving.until(lambda: left() >= 3, what="the clean-up")
    assert left() == 3


@pytest.mark.parametrize("server", SERVERS)
def test_a_chunked_body(contract_server, foreign, server):
    for port in (contract_server.port, foreign(server)):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        pieces = iter([b'{"name":"pen",', b'"price":"1.5"}'])
        headers = {"Content-Type": "application/json", "Host": "localhost"}
        connection.request("POST", "/contract/in/item", pieces, headers, encode_chunked=True)
        reply = connection.getresponse()
        assert (reply.status, reply.read()) == (200, b'{"name":"pen","price":"1.5","tags":[],"made":null}')
        connection.close()


def test_every_exception_has_a_case():
    for exception in EXCEPTIONS:
        assert exception.cases and exception.cases <= {one for _, one in TABLE}, exception.reason
