"""Bodies: their media type, their size, their JSON, their schema."""

from __future__ import annotations

import json

import pytest

import wire

ROOT = "/api/body"
JSON = ("Content-Type", "application/json")
ITEM = {"name": "chair", "price": 9.5}


def post(server, path, body, *, method="POST", content_type="application/json", headers=()):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = [] if content_type is None else [("Content-Type", content_type)]
    return server.ask(ROOT + path, method, headers=[*kind, *headers], body=data)


def refusal(reply):
    assert reply.header("content-type") == "application/problem+json"
    return reply.status, reply.json()["code"]


class TestSchemas:
    @pytest.mark.parametrize("path", ["/sync", "/inline"])
    def test_a_struct(self, server, path):
        answer = post(server, path, ITEM)
        assert (answer.status, answer.json()) == (200, {**ITEM, "tags": [], "size": None})

    def test_a_nested_struct(self, server):
        item = {**ITEM, "tags": ["a"], "size": {"width": 3}}
        answer = post(server, "/struct", item).json()
        assert answer == {"type": "Item", "item": {**item, "size": {"width": 3, "height": 1}}}

    def test_unknown_fields(self, server):
        assert post(server, "/sync", {**ITEM, "more": 1}).status == 200
        assert refusal(post(server, "/strict", {"name": "a", "more": 1})) == (422, "invalid_body")

    def test_a_dataclass(self, server):
        assert post(server, "/dataclass", {"x": 1}).json() == {"type": "Point", "x": 1, "y": 0}

    def test_a_typed_dict(self, server):
        assert post(server, "/typeddict", {"name": "ann"}).json() == {"name": "ann"}
        assert refusal(post(server, "/typeddict", {"age": 3})) == (422, "invalid_body")

    @pytest.mark.parametrize(
        ("path", "body", "answer"),
        [
            ("/dict", {"any": [1, None]}, {"any": [1, None]}),
            ("/list", [1, 2, 3], 6),
            ("/items", [ITEM, ITEM], 2),
            ("/any", "text", "text"),
            ("/any", [2**70, "é\u2028", -0.5], [2**70, "é\u2028", -0.5]),
        ],
    )
    def test_other_types(self, server, path, body, answer):
        assert post(server, path, body).json() == answer

    def test_with_parameters_beside_it(self, server):
        answer = post(server, "/mixed/7?q=a&loud=on", ITEM, method="PUT")
        assert answer.json() == {"id": 7, "name": "chair", "q": "a", "loud": True}


class TestRefusedBySchema:
    @pytest.mark.parametrize(
        ("path", "body", "loc"),
        [
            ("/struct", {"name": "chair"}, ["body", "price"]),
            ("/struct", {**ITEM, "price": "free"}, ["body", "price"]),
            ("/struct", {**ITEM, "name": "c"}, ["body", "name"]),
            ("/struct", {**ITEM, "tags": ["a", 5]}, ["body", "tags", 1]),
            ("/struct", {**ITEM, "size": {"width": None}}, ["body", "size", "width"]),
            ("/items", [ITEM, {**ITEM, "price": True}], ["body", 1, "price"]),
            ("/dataclass", {"x": 1.5}, ["body", "x"]),
            ("/struct", [], ["body"]),
            ("/dict", 5, ["body"]),
        ],
    )
    def test_the_place_of_the_fault(self, server, path, body, loc):
        reply = post(server, path, body)
        assert refusal(reply) == (422, "invalid_body")
        (error,) = reply.json()["errors"]
        assert error["loc"] == loc
        assert error["message"] and error["code"].replace("_", "").isalpha()

    def test_the_message_says_expected_and_given(self, server):
        (error,) = post(server, "/struct", {**ITEM, "price": "free"}).json()["errors"]
        assert "float" in error["message"] or "number" in error["message"]
        assert "str" in error["message"]

    def test_parameters_are_checked_before_the_body(self, server):
        assert refusal(post(server, "/mixed/x", {}, method="PUT")) == (422, "invalid_parameters")


class TestJson:
    @pytest.mark.parametrize(
        "body",
        [
            b"{",
            b"{]",
            b"nul",
            b'{"a": 1} x',
            b"{}{}",
            b'{"a": NaN}',
            b"[Infinity]",
            b"[01]",
            b"[1,]",
            b"{'a': 1}",
            b'"\x01"',
            b'"\xff"',
            b"\xef\xbb\xbf{}",
            b"//\n{}",
            b"\x00",
            b"   ",
        ],
    )
    def test_what_is_not_json(self, server, body):
        status, code = refusal(post(server, "/any", body))
        assert (status, code) in {(400, "invalid_json"), (400, "body_required")}
        if body.strip():
            assert code == "invalid_json"

    @pytest.mark.parametrize("depth", [2_000, 200_000])
    @pytest.mark.parametrize("opening", [b"[", b'{"a":'])
    def test_depth_is_bounded(self, server, depth, opening):
        reply = post(server, "/any", opening * depth)
        assert reply.status in (400, 422)
        server.alive()

    @pytest.mark.parametrize("body", [b"9" * 5000, b"[1e999]", b"[-1e999]"])
    def test_numbers_out_of_range(self, server, body):
        assert post(server, "/any", body).status in (400, 422)

    def test_minus_zero_is_json(self, server):
        assert post(server, "/any", b"[-0]").status == 200


class TestEmpty:
    @pytest.mark.parametrize("headers", [[JSON], []])
    def test_a_required_body(self, server, headers):
        assert refusal(server.ask(f"{ROOT}/struct", "POST", headers=headers)) == (400, "body_required")
        assert refusal(server.ask(f"{ROOT}/struct", "POST", headers=headers, body=b"")) == (400, "body_required")

    def test_an_optional_body(self, server):
        assert server.json(f"{ROOT}/optional", "POST") == {"given": False}
        assert post(server, "/optional", b"null").json() == {"given": False}
        assert post(server, "/optional", ITEM).json() == {"given": True}

    def test_no_body_where_none_is_declared(self, server):
        assert server.json(f"{ROOT}/none", "POST") == "no body wanted"


class TestMediaType:
    @pytest.mark.parametrize(
        "content_type",
        ["application/json", "Application/JSON", "application/json; charset=utf-8", 'application/json;charset="UTF-8"'],
    )
    def test_accepted(self, server, content_type):
        assert post(server, "/sync", ITEM, content_type=content_type).status == 200

    @pytest.mark.parametrize(
        "content_type",
        [
            None,
            "",
            "text/plain",
            "text/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json; charset=latin-1",
            "application/json; charset=utf-16",
            "application/jsonp",
            "text/plain; application/json",
        ],
    )
    def test_refused(self, server, content_type):
        assert refusal(post(server, "/sync", ITEM, content_type=content_type)) == (415, "unsupported_media_type")

    def test_two_types_are_one_too_many(self, server):
        reply = post(server, "/sync", ITEM, headers=[("Content-Type", "text/plain")])
        assert reply.status in (400, 415)

    @pytest.mark.parametrize("coding", ["gzip", "br", "gzip, gzip", "unknown"])
    def test_coded_bodies(self, server, coding):
        reply = post(server, "/sync", ITEM, headers=[("Content-Encoding", coding)])
        assert refusal(reply) == (415, "unsupported_media_type")


class TestSize:
    LIMIT = 2_621_440

    def test_a_body_of_the_limit(self, server):
        assert server.json(f"{ROOT}/raw", "POST", body=b"x" * self.LIMIT)["length"] == self.LIMIT

    def test_one_more_is_refused_before_it_is_sent(self, server):
        with server.wire() as line:
            line.send(wire.request(f"{ROOT}/raw", "POST", headers=[("Content-Length", str(self.LIMIT + 1))]))
            reply = line.receive()
            assert refusal(reply) == (413, "body_too_large")
            assert str(self.LIMIT) in reply.json()["detail"]

    def test_chunks_beyond_a_small_limit(self, shared):
        server = shared(settings={"ULTRAFOX": {"LIMITS": {"BODY": 1000}}})
        head = wire.request(f"{ROOT}/raw", "POST", headers=[("Transfer-Encoding", "chunked")])
        assert wire.once(server.port, head + wire.chunked(b"x" * 600, b"x" * 400)).json()["length"] == 1000
        reply = wire.once(server.port, head + wire.chunked(b"x" * 600, b"x" * 401))
        assert refusal(reply) == (413, "body_too_large")
        assert server.ask(f"{ROOT}/raw", "POST", body=b"x" * 1001).status == 413

    def test_an_unread_body_becomes_no_request(self, shared):
        """The refusal comes early; what follows must be swallowed or cut off, never parsed."""
        server = shared(settings={"ULTRAFOX": {"LIMITS": {"BODY": 1000}}})
        body = wire.request("/api/server/marker") * 40
        replies = wire.talk(
            server.port,
            wire.request(f"{ROOT}/raw", "POST", body=body)
            + wire.request("/api/ping", headers=[("Connection", "close")]),
        )
        assert replies[0].status == 413
        assert all(b"marker" not in reply.body for reply in replies)


class TestChunked:
    HEAD = wire.request(f"{ROOT}/sync", "POST", headers=[JSON, ("Transfer-Encoding", "chunked")])

    def test_a_body_in_chunks(self, server):
        data = json.dumps(ITEM).encode()
        reply = wire.once(server.port, self.HEAD + wire.chunked(data[:5], data[5:6], data[6:]))
        assert reply.json()["name"] == "chair"

    def test_byte_by_byte(self, server):
        data = self.HEAD + wire.chunked(b'{"name":"chair",', b'"price":1}')
        with server.wire() as line:
            assert line.send_slowly(data).receive().json()["price"] == 1

    def test_an_empty_one(self, server):
        assert refusal(wire.once(server.port, self.HEAD + wire.chunked())) == (400, "body_required")


class TestRaw:
    def test_request_body_without_a_declared_body(self, server):
        reply = post(server, "/raw", b"\x00\xff any", content_type="application/octet-stream")
        assert reply.json() == {"length": 6, "text": "\x00\xff any"}

    def test_request_body_beside_a_declared_one(self, server):
        data = json.dumps(ITEM).encode()
        assert post(server, "/both", data).json() == {"name": "chair", "length": len(data)}
