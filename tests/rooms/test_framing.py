"""Heads and bodies that two readers could read differently: refused, closed, and never a second request.

The numbers are those of the catalogue of attacks.
"""

from __future__ import annotations

import pytest

import wire

MARKER = b"GET /api/server/marker HTTP/1.1\r\nHost: localhost\r\n\r\n"
LENGTH = b"POST /api/server/length HTTP/1.1\r\nHost: localhost\r\n"
PING = b"GET /api/ping HTTP/1.1\r\n"
HOST = b"Host: localhost\r\n"
END = b"\r\n"

REFUSED = {
    "A01 length and coding": LENGTH + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "A02 coding and length": LENGTH + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n",
    "A03 the same length twice": LENGTH + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
    "A03 the same length in a list": LENGTH + b"Content-Length: 0, 0\r\n\r\n",
    "A04 two lengths": LENGTH + b"Content-Length: 0\r\nContent-Length: 50\r\n\r\n",
    "A06 +3": LENGTH + b"Content-Length: +3\r\n\r\n",
    "A06 -1": LENGTH + b"Content-Length: -1\r\n\r\n",
    "A06 0x3": LENGTH + b"Content-Length: 0x3\r\n\r\n",
    "A06 0_3": LENGTH + b"Content-Length: 0_3\r\n\r\n",
    "A06 empty": LENGTH + b"Content-Length:\r\n\r\n",
    "A06 3 4": LENGTH + b"Content-Length: 3 4\r\n\r\n",
    "A06 Unicode digits": LENGTH + "Content-Length: ٣\r\n\r\n".encode(),
    "A07 2^64+1": LENGTH + b"Content-Length: 18446744073709551617\r\n\r\n",
    "A08 xchunked": LENGTH + b"Transfer-Encoding: xchunked\r\n\r\n",
    "A08 identity": LENGTH + b"Transfer-Encoding: identity\r\n\r\n",
    "A08 chunked, identity": LENGTH + b"Transfer-Encoding: chunked, identity\r\n\r\n",
    "A09 gzip, chunked": LENGTH + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
    "A08 chunked twice": LENGTH + b"Transfer-Encoding: chunked, chunked\r\n\r\n",
    "A08 two codings": LENGTH + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    "A11 vertical tab": LENGTH + b"Transfer-Encoding: \x0bchunked\r\n\r\n",
    "A11 form feed behind": LENGTH + b"Transfer-Encoding: chunked\x0c\r\n\r\n",
    "A11 no-break space": LENGTH + b"Transfer-Encoding: chunked\xa0\r\n\r\n",
    "A12 space before colon": LENGTH + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "A12 tab before colon": LENGTH + b"Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n",
    "A13 coding in 1.0": LENGTH.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "A14 folded": PING + HOST + b"X-A: 1\r\n 2\r\n\r\n",
    "A14 folded first": PING + b" X-A: 1\r\n" + HOST + END,
    "A14 folded coding": LENGTH + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "A16 bare CR in a value": PING + HOST + b"X-A: 1\rX-B: 2\r\n\r\n",
    "A16 bare CR in a name": PING + HOST + b"X\r-A: 1\r\n\r\n",
    "bare LF between lines": b"GET /api/ping HTTP/1.1\nHost: localhost\n\n",
    "bare LF at the end": PING + HOST + b"X-A: 1\n\r\n",
    "A17 NUL in a name": PING + HOST + b"X\x00A: 1\r\n\r\n",
    "A17 NUL in a value": PING + HOST + b"X-A: 1\x002\r\n\r\n",
    "A17 NUL in the target": b"GET /api/\x00ping HTTP/1.1\r\n" + HOST + END,
    "A19 no colon": PING + HOST + b"X-A\r\n\r\n",
    "A19 no name": PING + HOST + b": 1\r\n\r\n",
    "A21 two spellings": LENGTH + b"Content-Length: 0\r\ncontent-length: 5\r\n\r\n",
    "A23 bare LF in an extension": LENGTH + b"Transfer-Encoding: chunked\r\n\r\n0;a\n\r\n\r\n",
    "A24 bare LF behind a size": LENGTH + b"Transfer-Encoding: chunked\r\n\r\n0\n\r\n",
    "A26 17 digits": LENGTH + b"Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n",
    "A26 overflow": LENGTH + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
    "A26 no size": LENGTH + b"Transfer-Encoding: chunked\r\n\r\n\r\n",
    "A26 sign": LENGTH + b"Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n",
    "A26 0x": LENGTH + b"Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
    "A27 overrun": LENGTH + b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
    "A27 no CRLF": LENGTH + b"Transfer-Encoding: chunked\r\n\r\n1\r\na0\r\n\r\n",
    "A31 two hosts": PING + HOST + HOST + END,
    "A31 no host": PING + END,
    "A34 0.9": b"GET /api/ping\r\n",
    "A34 HTTP/1.9": b"GET /api/ping HTTP/1.9\r\n" + HOST + END,
    "A34 HTTP/2.0": b"GET /api/ping HTTP/2.0\r\n" + HOST + END,
    "A34 HTTP/01.1": b"GET /api/ping HTTP/01.1\r\n" + HOST + END,
    "A37 space": b"GET /api/ping x HTTP/1.1\r\n" + HOST + END,
    "A37 fragment": b"GET /api/ping#x HTTP/1.1\r\n" + HOST + END,
    "A37 raw bytes": b"GET /api/\xe2\x82\xac HTTP/1.1\r\n" + HOST + END,
    "A37 relative": b"GET api/ping HTTP/1.1\r\n" + HOST + END,
    "two spaces": b"GET  /api/ping HTTP/1.1\r\n" + HOST + END,
    "a space before the method": b" GET /api/ping HTTP/1.1\r\n" + HOST + END,
    "an odd method": b"G(T /api/ping HTTP/1.1\r\n" + HOST + END,
}


def is_refusal(reply):
    assert 400 <= reply.status < 600 and reply.status != 500, reply
    assert reply.header("content-type") == "application/problem+json"
    problem = reply.json()
    assert problem["status"] == reply.status
    assert problem["trace_id"] == reply.header("x-trace-id")
    assert b"Traceback" not in reply.body


@pytest.mark.parametrize("case", REFUSED)
def test_refused_and_closed(server, case):
    """The second request in the same packet is never answered, nor run."""
    with server.wire() as line:
        (reply,) = line.send(REFUSED[case] + MARKER).rest()
    is_refusal(reply)
    assert reply.status in (400, 413, 501, 505), (case, reply)
    assert reply.closes
    assert server.json("/api/server/told/marker") == []


@pytest.mark.parametrize("case", REFUSED)
def test_refused_behind_a_good_request(server, case):
    """In its place: the answer to the request before it comes first and whole."""
    with server.wire() as line:
        first, second = line.send(wire.request("/api/server/number/2") + REFUSED[case] + MARKER).rest()
    assert first.json() == {"n": 2}
    is_refusal(second)


@pytest.mark.parametrize(
    "case", ["A01 length and coding", "A14 folded", "A16 bare CR in a value", "A31 two hosts", "A27 overrun"]
)
def test_refused_at_every_split(server, case):
    """Wherever the network cuts it, the verdict is the same."""
    data = REFUSED[case] + MARKER
    for place in range(1, len(REFUSED[case])):
        with server.wire() as line:
            line.send(data[:place]).send(data[place:])
            replies = line.rest()
        assert len(replies) == 1 and replies[0].status == 400, (place, replies)


ACCEPTED = {
    "optional white space": PING + b"Host:   localhost  \r\n\r\n",
    "no white space": PING + b"Host:localhost\r\n\r\n",
    "empty value": PING + HOST + b"X-A:\r\n\r\n",
    "latin-1 value": PING + HOST + b"X-A: \xe9\r\n\r\n",
    "tab in a value": PING + HOST + b"X-A: a\tb\r\n\r\n",
    "A22 extension": LENGTH + b"Transfer-Encoding: chunked\r\n\r\n0;name=value\r\n\r\n",
    "A28 last chunk 00": LENGTH + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n00\r\n\r\n",
    "upper-case coding": LENGTH + b"Transfer-Encoding: CHUNKED\r\n\r\n1\r\na\r\n0\r\n\r\n",
    "upper-case size": LENGTH + b"Transfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n",
    "A43 upgrade to h2c": PING
    + HOST
    + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
    "absolute target": b"GET http://localhost/api/ping HTTP/1.1\r\n" + HOST + END,
    "long length": LENGTH + b"Content-Length: 0000000000000000001\r\n\r\na",
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_accepted(server, case):
    """Strict is not narrow; what follows is served as well."""
    with server.wire() as line:
        line.send(ACCEPTED[case] + wire.request("/api/server/number/1"))
        assert line.receive().status == 200
        assert line.receive().json() == {"n": 1}


def test_trailers_do_not_become_headers(server):
    body = b"1\r\na\r\n0\r\nX-Word: smuggled\r\nAuthorization: x\r\nContent-Length: 5\r\n\r\n"
    head = wire.request("/api/request/describe/x", "POST", headers=[("Transfer-Encoding", "chunked")])
    replies = wire.talk(server.port, head + body + wire.request("/api/ping", headers=[("Connection", "close")]))
    assert replies[0].status in (200, 400)
    if replies[0].status == 200:
        assert replies[0].json()["word"][0] is None
        assert "authorization" not in {name.lower() for name in replies[0].json()["headers"]}


@pytest.mark.parametrize("method", ["CONNECT", "TRACE"])
def test_methods_that_are_never_served(server, method):
    """A36: and TRACE echoes nothing."""
    target = "localhost:80" if method == "CONNECT" else "/api/ping"
    reply = server.ask(target, method, headers=[("X-Secret", "canary-trace")])
    assert reply.status in (400, 405, 501)
    assert b"canary-trace" not in reply.body


class TestLimits:
    def test_a_target_of_8_kib(self, server):
        rest = "x" * (8192 - len("/api/routing/files/"))
        assert len(server.json(f"/api/routing/files/{rest}")["rest"]) == len(rest)
        self.refused(server, wire.request(f"/api/routing/files/{rest}x"), 414, "uri_too_long")

    def test_a_header_line_of_8_kib(self, server):
        assert server.ask("/api/ping", headers=[("X-A", "x" * 8000)]).status == 200
        self.refused(server, wire.request("/api/ping", headers=[("X-A", "x" * 8200)]), 431, "headers_too_large")

    def test_all_headers_together(self, server):
        headers = [(f"X-{n}", "x" * 4000) for n in range(7)]
        assert server.ask("/api/ping", headers=headers).status == 200
        headers += [(f"Y-{n}", "x" * 4000) for n in range(3)]
        self.refused(server, wire.request("/api/ping", headers=headers), 431, "headers_too_large")

    def test_their_number(self, server):
        assert server.ask("/api/ping", headers=[(f"X-{n}", "1") for n in range(99)]).status == 200
        self.refused(
            server, wire.request("/api/ping", headers=[(f"X-{n}", "1") for n in range(101)]), 431, "headers_too_large"
        )

    def test_a_line_that_never_ends_is_cut_off(self, server):
        """Not after it has been read: the answer comes while megabytes are still to be sent."""
        with server.wire() as line:
            line.send(PING + HOST + b"X-A: " + b"x" * 100_000)
            assert line.receive().status == 431

    def test_many_copies_of_one_header(self, server):
        self.refused(server, wire.request("/api/ping", headers=[("X-A", "1")] * 3000), 431, "headers_too_large")

    def test_chunk_extensions(self, server):
        with server.wire() as line:
            line.send(LENGTH + b"Transfer-Encoding: chunked\r\n\r\n0;" + b"x" * 1000 + b"\r\n\r\n" + MARKER)
            assert [reply.status for reply in line.rest()] == [400]

    def refused(self, server, data, status, code):
        with server.wire() as line:
            (reply,) = line.send(data + MARKER).rest()
        assert (reply.status, reply.json()["code"], reply.closes) == (status, code, True)
        assert server.json("/api/server/told/marker") == []
