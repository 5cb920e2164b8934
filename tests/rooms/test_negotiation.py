"""Representations: which one the client gets, and which it may send."""

from __future__ import annotations

import csv
import json

import msgspec
import pytest

ROOT = "/api/negotiation"
BOTH = pytest.mark.parametrize("way", ["", "/sync"])
ROWS = [{"id": 1, "name": "a", "made": "2026-11-21"}, {"id": 2, "name": "ä", "made": "2026-11-21"}]
MSGPACK = "application/msgpack"


def ask(server, path, accept=None):
    headers = [] if accept is None else [("Accept", accept)]
    return server.ask(ROOT + path, headers=headers)


def post(server, path, body, kind):
    return server.ask(ROOT + path, "POST", headers=[("Content-Type", kind)], body=body)


class TestAccept:
    @BOTH
    @pytest.mark.parametrize(
        "accept",
        [
            None, "*/*", "application/json", "application/*", "Application/JSON", "text/csv, */*;q=0.1",
            f"{MSGPACK};q=0.5, application/json", "application/json;charset=utf-8", f"{MSGPACK};q=0, */*", "",
        ],
    )  # fmt: skip
    def test_json(self, server, way, accept):
        reply = ask(server, f"{way}/rows", accept)
        assert (reply.status, reply.header("content-type"), reply.json()) == (200, "application/json", ROWS)

    @BOTH
    @pytest.mark.parametrize("accept", [MSGPACK, f"application/json;q=0.2, {MSGPACK};q=0.9", f"text/html, {MSGPACK}"])
    def test_msgpack(self, server, way, accept):
        reply = ask(server, f"{way}/rows", accept)
        assert (reply.status, reply.header("content-type")) == (200, MSGPACK)
        assert msgspec.msgpack.decode(reply.body) == ROWS

    @BOTH
    @pytest.mark.parametrize("accept", ["text/html", "image/*", f"application/json;q=0, {MSGPACK};q=0", "*/*;q=0"])
    def test_none_of_these(self, server, way, accept):
        reply = ask(server, f"{way}/rows", accept)
        problem = reply.json()
        assert (reply.status, problem["code"]) == (406, "not_acceptable")
        assert "application/json" in problem["detail"]
        assert MSGPACK in problem["detail"]

    @BOTH
    def test_vary(self, server, way):
        for accept in (None, MSGPACK):
            assert "accept" in ask(server, f"{way}/rows", accept).header("vary").lower().split(", ")

    @pytest.mark.parametrize(
        "accept", ["nonsense", ",,,", "a/b/c", "*/json", "text/html;q=x", ";q=1", "x" * 4000, "a/b," * 1000]
    )
    def test_odd_headers_are_no_500(self, server, accept):
        assert ask(server, "/rows", accept).status in (200, 400, 406)

    def test_an_operation_without_renderers_answers_json(self, server):
        assert ask(server, "/plain").json() == {"a": 1}

    def test_head(self, server):
        whole = ask(server, "/rows", MSGPACK)
        head = server.ask(f"{ROOT}/rows", "HEAD", headers=[("Accept", MSGPACK)])
        assert (head.status, head.header("content-type")) == (200, MSGPACK)
        assert head.header("content-length") == str(len(whole.body))


class TestOwnRenderer:
    def test_csv(self, server):
        reply = ask(server, "/csv", "text/csv")
        assert reply.header("content-type") == "text/csv; charset=utf-8"
        rows = list(csv.DictReader(reply.body.decode().splitlines()))
        assert rows == [{**row, "id": str(row["id"])} for row in ROWS]

    def test_json_beside_it(self, server):
        assert ask(server, "/csv").json() == ROWS
        assert ask(server, "/csv", MSGPACK).status == 406

    def test_alone(self, server):
        assert ask(server, "/sync/csv").header("content-type") == "text/csv; charset=utf-8"
        assert ask(server, "/sync/csv", "application/json").status == 406

    def test_one_that_fails(self, server):
        assert ask(server, "/broken").json() == 1
        reply = ask(server, "/broken", "text/x-broken")
        assert (reply.status, b"on purpose" in reply.body) == (500, False)

    def test_values_of_the_standard_library(self, server):
        assert ask(server, "/uuid").json()["id"] == "00000000-0000-0000-0000-000000000001"
        answer = msgspec.msgpack.decode(ask(server, "/uuid", MSGPACK).body)
        assert (answer["id"], answer["none"]) == ("00000000-0000-0000-0000-000000000001", None)


class TestContentType:
    @BOTH
    def test_json(self, server, way):
        reply = post(server, f"{way}/row", json.dumps(ROWS[0]).encode(), "application/json")
        assert (reply.status, reply.json()) == (200, ROWS[0])

    @BOTH
    def test_msgpack_both_ways(self, server, way):
        reply = server.ask(
            f"{ROOT}{way}/row", "POST", headers=[("Content-Type", MSGPACK), ("Accept", MSGPACK)],
            body=msgspec.msgpack.encode(ROWS[0]),
        )  # fmt: skip
        assert (reply.status, msgspec.msgpack.decode(reply.body)) == (200, ROWS[0])

    @BOTH
    def test_another_type(self, server, way):
        for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "nonsense", "text/x-lines"):
            reply = post(server, f"{way}/row", b"{}", kind)
            problem = reply.json()
            assert (reply.status, problem["code"]) == (415, "unsupported_media_type")
            assert MSGPACK in problem["detail"]

    @BOTH
    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (msgspec.msgpack.encode({"id": "x", "name": "a"}), 422),
            (msgspec.msgpack.encode({"name": "a"}), 422),
            (msgspec.msgpack.encode([1]), 422),
            (b"\xc1", 400),
            (b"\x81", 400),
            (msgspec.msgpack.encode(ROWS[0])[:-1], 400),
            (b"\xdf\xff\xff\xff\xff", 400),
            (b"\x91" * 100_000, 400),
        ],
        ids=["type", "missing", "list", "reserved", "cut", "short", "length", "depth"],
    )
    def test_msgpack_that_does_not_fit(self, server, way, body, status):
        reply = post(server, f"{way}/row", body, MSGPACK)
        assert reply.status == status or (status == 400 and reply.status == 422), reply.body
        assert reply.header("content-type") == "application/problem+json"

    def test_an_own_parser(self, server):
        reply = post(server, "/lines", b"a=1\nb=two", "text/x-lines; v=1")
        assert (reply.status, reply.json()["errors"][0]["loc"]) == (422, ["body", "a"]), "its text is no number"
        assert post(server, "/lines", b'{"a":1,"b":"two"}', "application/json").json() == {"a": 1, "b": "two"}

    @pytest.mark.parametrize("path", ["/lines", "/sync/lines"])
    def test_an_own_parser_that_refuses(self, server, path):
        for body in (b"\n", b"no equals sign", b"\xff=1"):
            reply = post(server, path, body, "text/x-lines")
            assert (reply.status, reply.json()["code"]) == (400, "bad_request"), reply.body
            assert "text/x-lines" in reply.json()["detail"]
