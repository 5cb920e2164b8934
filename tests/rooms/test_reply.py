"""What a handler returns, and what of it leaves."""

from __future__ import annotations

import json

import pytest

ROOT = "/api/reply"
MODES = ["async", "sync", "inline"]
CANARY = b"canary-password"


def plain(server, mode, kind):
    return server.ask(f"{ROOT}/plain/{mode}/{kind}")


@pytest.mark.parametrize("mode", MODES)
class TestWithoutSchema:
    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            ("dict", {"a": 1, "b": [None, True, 1.5, "é\u2028"]}),
            ("list", [1, "two", {"three": 3}]),
            ("tuple", [1, 2]),
            ("str", "text"),
            ("int", 42),
            ("bool", False),
            ("float", 1.5),
            ("struct", {"id": 1, "name": "ann"}),
            ("structs", [{"id": 1, "name": "ann"}, {"id": 2, "name": "bob"}]),
            ("dataclass", {"x": 1, "y": 2}),
            ("set", [5]),
            ("empty", {}),
            ("huge", 2**70),
            (
                "values",
                {
                    "when": "2026-11-21T06:30:00Z",
                    "day": "2026-11-21",
                    "price": "1.10",
                    "key": "00000000-0000-0000-0000-000000000007",
                    "color": "red",
                },
            ),
        ],
    )
    def test_json(self, server, mode, kind, value):
        reply = plain(server, mode, kind)
        assert reply.status == 200
        assert reply.header("content-type") == "application/json"
        assert reply.json() == value
        assert reply.header("content-length") == str(len(reply.body))

    def test_no_space_is_wasted(self, server, mode):
        assert (
            plain(server, mode, "dict").body
            == json.dumps(
                {"a": 1, "b": [None, True, 1.5, "é\u2028"]}, separators=(",", ":"), ensure_ascii=False
            ).encode()
        )

    def test_bytes(self, server, mode):
        reply = plain(server, mode, "bytes")
        assert (reply.status, reply.body) == (200, b"\x00\xff raw")
        assert reply.header("content-type") == "application/octet-stream"

    def test_none_is_204(self, server, mode):
        reply = plain(server, mode, "none")
        assert (reply.status, reply.header("content-type"), reply.header("content-length")) == (204, None, None)

    @pytest.mark.parametrize("kind", ["unencodable", "nested_unencodable", "surrogate", "rich"])
    def test_what_cannot_be_encoded_is_a_logged_500(self, server, mode, kind):
        reply = plain(server, mode, kind)
        assert (reply.status, reply.json()["code"]) == (500, "internal_error")
        assert b"object" not in reply.body and CANARY not in reply.body
        server.stderr.wait(lambda line: f"plain_{mode}" in line and "ERROR" in line)


class TestSchemas:
    @pytest.mark.parametrize("route", ["async", "sync", "annotated"])
    @pytest.mark.parametrize("kind", ["exact", "subclass", "object", "dict"])
    def test_only_what_it_names_leaves(self, server, route, kind):
        reply = server.ask(f"{ROOT}/shaped/{route}/{kind}")
        assert reply.status == 200
        assert reply.json() == {"id": 1, "name": "rich" if kind == "object" else "ann"}

    @pytest.mark.parametrize("route", ["async", "sync", "annotated"])
    @pytest.mark.parametrize("kind", ["missing", "wrong", "alien"])
    def test_what_does_not_fit_is_a_logged_500(self, server, route, kind):
        start = len(server.stderr.lines)
        reply = server.ask(f"{ROOT}/shaped/{route}/{kind}")
        assert (reply.status, reply.json()["code"]) == (500, "internal_error")
        assert "errors" not in reply.json()
        assert CANARY not in reply.body
        server.stderr.wait(lambda line: f"shaped_{route}" in line, start=start)

    @pytest.mark.parametrize("kind", ["exact", "subclass", "object", "dict"])
    def test_in_a_list(self, server, kind):
        reply = server.ask(f"{ROOT}/list/{kind}")
        assert CANARY not in reply.body
        assert [set(one) for one in reply.json()] == [{"id", "name"}] * 2

    @pytest.mark.parametrize("kind", ["exact", "mapping"])
    def test_nested(self, server, kind):
        reply = server.ask(f"{ROOT}/nested/{kind}")
        assert CANARY not in reply.body
        answer = reply.json()
        assert set(answer) == {"owner", "others"}
        assert [set(one) for one in [answer["owner"], *answer["others"]]] == [{"id", "name"}] * (
            1 + len(answer["others"])
        )

    def test_in_a_mapping(self, server):
        assert server.json(f"{ROOT}/mapping") == {"a": {"id": 1, "name": "ann"}}

    def test_optional(self, server):
        assert server.json(f"{ROOT}/maybe/subclass") == {"id": 1, "name": "ann"}
        reply = server.ask(f"{ROOT}/maybe/none")
        assert (reply.status, reply.body) in [(204, b""), (200, b"null")]
        assert server.ask(f"{ROOT}/maybe/alien").status == 500

    @pytest.mark.parametrize("kind", ["exact", "subclass", "dict"])
    def test_dataclasses(self, server, kind):
        assert server.json(f"{ROOT}/dataclass/{kind}") == {"x": 1, "y": 2}

    def test_typed_dicts(self, server):
        assert server.json(f"{ROOT}/typeddict") == {"id": 1, "name": "ann"}

    def test_scalars(self, server):
        assert server.json(f"{ROOT}/text") == "text"
        reply = server.ask(f"{ROOT}/text-wrong")
        assert reply.status == 500 and CANARY not in reply.body

    def test_after_a_suspension(self, server):
        assert server.json(f"{ROOT}/suspended") == {"id": 1, "name": "ann"}


class TestStatus:
    def test_with_a_schema(self, server):
        reply = server.ask(f"{ROOT}/created", "POST", body=b"")
        assert (reply.status, reply.json()) == (201, {"id": 1, "name": "ann"})

    def test_without_one(self, server):
        assert server.ask(f"{ROOT}/accepted").status == 202

    def test_none(self, server):
        assert server.ask(f"{ROOT}/gone", "DELETE").status == 204
        reply = server.ask(f"{ROOT}/nothing", "DELETE")
        assert (reply.status, reply.body) == (202, b"")


class TestQuerySets:
    ROOT = "/api/models"

    @pytest.mark.parametrize("path", ["books", "async/books"])
    def test_a_query_set(self, server, path):
        answer = server.json(f"{self.ROOT}/{path}?limit=3")
        assert answer == [{"id": number, "title": f"Book {number}"} for number in (1, 2, 3)]

    def test_a_query_set_by_return_annotation(self, server):
        assert server.json(f"{self.ROOT}/annotated/books") == [
            {"id": 1, "title": "Book 1"},
            {"id": 2, "title": "Book 2"},
        ]

    def test_an_empty_one(self, server):
        assert server.json(f"{self.ROOT}/none") == []

    def test_a_list_of_instances(self, server):
        assert [set(one) for one in server.json(f"{self.ROOT}/listed/books")] == [{"id", "title"}] * 3

    def test_foreign_keys(self, server):
        first, second = server.json(f"{self.ROOT}/deep")
        assert first == {"title": "Book 1", "author": {"id": 2, "name": "Woolf"}}
        assert set(second["author"]) == {"id", "name"}

    def test_only_columns_of_the_schema_leave(self, server):
        reply = server.ask(f"{self.ROOT}/authors")
        assert reply.status == 200
        assert b"@example.com" not in reply.body and b"email" not in reply.body

    @pytest.mark.parametrize("path", ["books", "async/books", "or404"])
    def test_an_instance(self, server, path):
        assert server.json(f"{self.ROOT}/{path}/4") == {"id": 4, "title": "Book 4"}

    @pytest.mark.parametrize("path", ["books/999", "async/books/999", "or404/999", "http404"])
    def test_one_that_is_not_there_is_404(self, server, path):
        reply = server.ask(f"{self.ROOT}/{path}")
        assert (reply.status, reply.json()["code"]) == (404, "not_found")

    def test_a_query_set_without_schema_is_no_reply(self, server):
        """Which columns may leave is not known: none does."""
        reply = server.ask(f"{self.ROOT}/unschemed")
        assert reply.status == 500 and b"Book" not in reply.body
