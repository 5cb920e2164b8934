"""Which operation answers which path and method."""

from __future__ import annotations

import pytest

import wire

ROOT = "/api/routing"


def allowed(reply):
    return {method.strip() for method in reply.header("allow").split(",")}


def test_a_static_path(server):
    assert server.json(f"{ROOT}/static") == "static"


def test_a_static_path_wins_over_a_dynamic_one(server):
    assert server.json(f"{ROOT}/items/special") == "special"
    assert server.json(f"{ROOT}/items/7") == {"id": 7}


def test_several_names_in_one_path(server):
    assert server.json(f"{ROOT}/items/7/parts/wheel") == {"id": 7, "part": "wheel"}


def test_names_in_prefixes_of_nested_routers(server):
    assert server.json(f"{ROOT}/deep/oak/green") == ["oak", "green"]
    assert server.json(f"{ROOT}/again/elm/brown") == ["elm", "brown"]


@pytest.mark.parametrize(
    ("sent", "rest"), [("a", "a"), ("a/b/c", "a/b/c"), ("a//b", "a//b"), ("a%20b/c", "a b/c"), ("a/b/", "a/b/")]
)
def test_the_rest_of_a_path(server, sent, rest):
    assert server.json(f"{ROOT}/files/{sent}") == {"rest": rest}


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("int/0012", {"number": 12}),
        ("slug/a-b_9", {"name": "a-b_9"}),
        (
            "uuid/075194d3-6885-417e-a8a8-6c931e272f00",
            {"key": "075194d3-6885-417e-a8a8-6c931e272f00", "type": "UUID"},
        ),
        ("str/any%20text", {"name": "any text"}),
        ("tree/a/b/c", {"rest": "a/b/c"}),
    ],
)
def test_django_converters(server, path, answer):
    assert server.json(f"{ROOT}/{path}") == answer


@pytest.mark.parametrize(
    "path",
    ["int/abc", "int/-1", "int/1.0", "slug/a.b", "slug/a%20b", "uuid/075194D3-6885-417E-A8A8-6C931E272F00", "uuid/1"],
)
def test_what_a_django_converter_does_not_match_is_another_path(server, path):
    reply = server.ask(f"{ROOT}/{path}")
    assert (reply.status, reply.json()["code"]) == (404, "not_found")


def test_what_a_typed_name_does_not_fit_is_a_mistake(server):
    reply = server.ask(f"{ROOT}/items/abc")
    assert (reply.status, reply.json()["errors"][0]["loc"]) == (422, ["path", "id"])


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/none", f"{ROOT}/static/more", f"{ROOT}/items/", f"{ROOT}/STATIC"]
)
def test_an_unknown_path_below_an_api_is_its_404(server, path):
    reply = server.ask(path)
    assert (reply.status, reply.header("content-type")) == (404, "application/problem+json")
    assert reply.json()["code"] == "not_found"


def test_an_api_claims_whole_segments_only(server):
    """`/apiary` does not lie below `/api`: Django answers, in its own form."""
    reply = server.ask("/apiary")
    assert reply.status == 404
    assert reply.header("content-type").startswith("text/html")


@pytest.mark.parametrize(
    ("path", "method", "methods"),
    [
        ("static", "POST", {"GET", "HEAD", "OPTIONS"}),
        ("both", "DELETE", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("verbs", "GET", {"PUT", "PATCH", "DELETE", "QUERY", "OPTIONS"}),
        ("items/7", "PUT", {"GET", "HEAD", "OPTIONS"}),
        ("items/special", "PATCH", {"GET", "HEAD", "OPTIONS"}),
        ("static", "PURGE", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_a_known_path_with_another_method_is_405(server, path, method, methods):
    reply = server.ask(f"{ROOT}/{path}", method)
    assert (reply.status, allowed(reply)) == (405, methods)
    assert reply.json()["code"] == "method_not_allowed"


def test_405_of_head_has_no_body(server):
    with server.wire() as line:
        line.send(wire.request(f"{ROOT}/verbs", "HEAD") + wire.request(f"{ROOT}/static"))
        assert line.receive(head=True).status == 405
        assert line.receive().json() == "static"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "QUERY"])
def test_every_verb(server, method):
    assert server.json(f"{ROOT}/verbs", method) == method.lower()


def test_one_function_for_several_methods(server):
    assert [server.json(f"{ROOT}/several", method) for method in ("GET", "POST")] == ["GET", "POST"]


@pytest.mark.parametrize("path", ["static", "items/7", "files/a/b", "slashed/"])
def test_head_for_every_get(server, path):
    """The same status and headers, and not a byte of body: the reply behind it proves it."""
    with server.wire() as line:
        line.send(wire.request(f"{ROOT}/{path}", "HEAD") + wire.request(f"{ROOT}/{path}"))
        head, get = line.receive(head=True), line.receive()
    assert (head.status, get.status) == (200, 200)
    for name in ("content-type", "content-length"):
        assert head.header(name) == get.header(name) is not None


def test_options_for_every_path(server):
    reply = server.ask(f"{ROOT}/both", "OPTIONS")
    assert reply.status in (200, 204)
    assert allowed(reply) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert reply.body == b""


def test_own_head_and_options_win(server):
    assert server.json(f"{ROOT}/own", "OPTIONS") == {"mine": True}
    assert server.ask(f"{ROOT}/own", "HEAD").header("content-length") == str(len('"head"'))
    assert server.ask(f"{ROOT}/own").header("content-length") == str(len('"own"'))


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_headers_do_not_change_the_method(server, header):
    assert server.json(f"{ROOT}/both", "POST", headers=[(header, "GET")], body=b"") == "post"


class TestSlashes:
    def test_a_redirect_to_the_spelling_that_exists(self, server):
        reply = server.ask(f"{ROOT}/static/?a=1&b=%2F")
        assert (reply.status, reply.header("location")) == (308, f"{ROOT}/static?a=1&b=%2F")
        reply = server.ask(f"{ROOT}/slashed")
        assert (reply.status, reply.header("location")) == (308, f"{ROOT}/slashed/")

    def test_a_redirect_keeps_what_was_encoded(self, server):
        reply = server.ask(f"{ROOT}/echo/a%20b%2Fc/")
        assert (reply.status, reply.header("location")) == (308, f"{ROOT}/echo/a%20b%2Fc")

    def test_a_redirect_for_any_method(self, server):
        assert server.ask(f"{ROOT}/both/", "POST", body=b"").status == 308

    @pytest.mark.parametrize("path", ["//evil.example", "//evil.example/", "/\\evil.example/", "//api/routing/static/"])
    def test_no_redirect_leads_to_another_host(self, server, path):
        reply = server.ask(path)
        assert reply.status in (400, 404, 301, 308)
        location = reply.header("location") or "/"
        assert location.startswith("/") and not location.startswith(("//", "/\\"))

    def test_strict(self, shared):
        server = shared(settings={"ULTRAFOX": {"SLASHES": "strict"}})
        assert server.ask(f"{ROOT}/static").status == 200
        assert server.ask(f"{ROOT}/static/").status == 404
        assert server.ask(f"{ROOT}/slashed").status == 404

    def test_ignore(self, shared):
        server = shared(settings={"ULTRAFOX": {"SLASHES": "ignore"}})
        assert server.json(f"{ROOT}/static/") == "static"
        assert server.json(f"{ROOT}/slashed") == "slashed"
        assert server.json(f"{ROOT}/items/7/") == {"id": 7}

    def test_an_unknown_policy_is_refused(self, refused):
        said = refused(settings={"ULTRAFOX": {"SLASHES": "maybe"}})
        assert "maybe" in said and "redirect" in said and "strict" in said and "ignore" in said


class TestDecoding:
    @pytest.mark.parametrize(
        ("sent", "text"),
        [
            ("a%2Fb", "a/b"),
            ("%61", "a"),
            ("%25", "%"),
            ("%252e", "%2e"),
            ("%2e%2e", ".."),
            ("%E2%82%AC", "€"),
            ("a+b", "a+b"),
            ("a;b=c", "a;b=c"),
            ("%3Fq", "?q"),
        ],
    )
    def test_once(self, server, sent, text):
        answer = server.json(f"{ROOT}/echo/{sent}")
        assert answer["text"] == text
        assert answer["path"] == f"{ROOT}/echo/{text}"

    def test_an_encoded_slash_separates_nothing(self, server):
        assert server.ask("/api%2Frouting%2Fstatic").status == 404
        assert server.ask(f"{ROOT}/items/7%2Fparts%2Fwheel").status in (404, 422)

    def test_an_encoded_static_path_is_the_same_path(self, server):
        """One truth for the router and whoever guards a path: %73 is s."""
        assert server.json(f"{ROOT}/%73tatic") == "static"

    @pytest.mark.parametrize("sent", ["%ff", "%C3%28", "%00", "a%00b"])
    def test_what_cannot_be_decoded_is_refused(self, server, sent):
        reply = server.ask(f"{ROOT}/echo/{sent}")
        assert (reply.status, reply.json()["code"]) == (400, "malformed_path")


def test_two_operations_on_one_path_stop_the_start(refused):
    said = refused(settings={"ULTRAFOX": {"API": "project.broken.duplicate.api"}})
    assert "GET" in said and "/things/{" in said
    assert "first_handler" in said and "second_handler" in said
