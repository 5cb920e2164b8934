"""The request object that handlers take."""

from __future__ import annotations

import pytest

import wire

ROOT = "/api/request"
HEADERS = [("X-Word", "fox"), ("Cookie", 'a=1; b="two words"'), ("Accept", "*/*"), ("Accept-Language", "de")]


@pytest.fixture(params=["describe", "describe-sync"])
def describe(request, server):
    def ask(target="", **parts):
        return server.json(f"{ROOT}/{request.param}/" + (target or "text"), **parts)

    ask.path = f"{ROOT}/{request.param}"
    return ask


def test_method_path_and_query(describe):
    answer = describe("a%20b%2Fc?x=1&y=%2F+&x=2")
    assert answer["method"] == "GET"
    assert answer["path"] == f"{describe.path}/a b/c"
    assert answer["query_string"] == "x=1&y=%2F+&x=2"
    assert answer["get"] == {"x": ["1", "2"], "y": ["/ "]}


def test_scheme_and_peer(describe):
    answer = describe()
    assert (answer["scheme"], answer["secure"], answer["peer"]) == ("http", False, "127.0.0.1")


def test_headers_know_no_case(describe):
    answer = describe(headers=HEADERS)
    assert answer["word"] == ["fox", "fox", "default"]
    assert {name.lower(): value for name, value in answer["headers"].items()}["accept-language"] == "de"


def test_repeated_headers_are_joined(describe):
    answer = describe(headers=[("X-Word", "a"), ("X-Word", "b")])
    assert answer["word"][0].replace(" ", "") == "a,b"


def test_cookies(describe):
    assert describe(headers=HEADERS)["cookies"] == {"a": "1", "b": "two words"}


def test_meta_reads_like_djangos(describe):
    meta = describe("m?x=1", method="POST", body=b"{}", headers=[*HEADERS, ("Content-Type", "text/x-any; q=1")])["meta"]
    assert meta == {
        "REQUEST_METHOD": "POST",
        "QUERY_STRING": "x=1",
        "PATH_INFO": f"{describe.path}/m",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_X_WORD": "fox",
        "HTTP_HOST": "localhost",
        "CONTENT_TYPE": "text/x-any; q=1",
        "CONTENT_LENGTH": "2",
        "SERVER_NAME": meta["SERVER_NAME"],
    }


def test_body_and_content_type(describe):
    answer = describe(method="POST", body=b"\x00\xff", headers=[("Content-Type", "text/x-any; q=1")])
    assert answer["body"] == "\x00\xff"
    assert answer["content_type"] in ("text/x-any", "text/x-any; q=1")
    assert describe()["body"] == ""


def test_host_and_addresses(describe):
    answer = describe("a%20b?x=1", host="shop.example.com:8080")
    assert answer["host"] == "shop.example.com:8080"
    assert answer["full_path"] == f"{describe.path}/a%20b?x=1"
    assert answer["absolute"] == f"http://shop.example.com:8080{describe.path}/a%20b?x=1"
    assert answer["absolute_of"] == "http://shop.example.com:8080/other?x=1"
    assert answer["absolute_foreign"] == "https://elsewhere.example.org/x"


def test_trace_id(server):
    reply = server.ask(f"{ROOT}/describe/x")
    assert reply.json()["trace_id"] == reply.header("x-trace-id")


def test_by_annotation(server):
    assert server.json(f"{ROOT}/by-annotation?q=1") == {"q": "1", "path": f"{ROOT}/by-annotation"}


def test_state_belongs_to_one_request(server):
    with server.wire() as line:
        for _ in range(2):
            answer = line.send(wire.request(f"{ROOT}/state")).receive().json()
            assert (answer["before"], answer["after"], answer["absent"]) == ({}, True, 5)


def test_an_absent_header_is_a_key_error(server):
    assert server.json(f"{ROOT}/headers-missing") == "KeyError"


def test_what_was_sent_cannot_be_changed(server):
    assert server.json(f"{ROOT}/frozen") == "frozen"


def test_a_kept_request_stays_what_it_was(server):
    with server.wire() as line:
        for number in range(3):
            headers = [("X-Word", f"w{number}")]
            line.send(wire.request(f"{ROOT}/keep?q={number}", headers=headers)).receive()
        kept = line.send(wire.request(f"{ROOT}/kept")).receive().json()
    assert kept[-3:] == [[f"{ROOT}/keep", f"w{number}", str(number)] for number in range(3)]
