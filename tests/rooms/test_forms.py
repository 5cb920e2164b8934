"""Forms as browsers, curl and worse send them."""

from __future__ import annotations

import shutil
import subprocess

import pytest

import wire

ROOT = "/api/forms"
FORM = "application/x-www-form-urlencoded"
BOTH = pytest.mark.parametrize("way", ["", "/sync"])


def post(server, path, body, kind=FORM):
    return server.ask(ROOT + path, "POST", headers=[("Content-Type", kind)], body=body)


def part(disposition, body=b"x", *more):
    head = "\r\n".join([f"Content-Disposition: form-data; {disposition}", *more])
    return b"--b\r\n" + head.encode() + b"\r\n\r\n" + body + b"\r\n"


def multipart(server, path, *parts, end=b"--b--\r\n", kind="multipart/form-data; boundary=b"):
    return post(server, path, b"".join(parts) + end, kind)


def locations(reply):
    assert reply.status == 422, (reply.status, reply.body)
    return [error["loc"] for error in reply.json()["errors"]]


class TestFields:
    @BOTH
    def test_urlencoded(self, server, way):
        reply = post(server, f"{way}/fields", b"name=Ada+L%C3%B6ve&age=36&tags=a&tags=b%26")
        assert reply.status == 200
        answer = reply.json()
        assert (answer["name"], answer["age"], answer["tags"]) == ("Ada Löve", 36, ["a", "b&"])

    @BOTH
    def test_multipart(self, server, way):
        reply = multipart(
            server, f"{way}/fields", part('name="name"', "Ada Löve".encode()), part('name="tags"', b"a"),
            part('name="tags"', b"b"), part('name="age"', b"36"),
        )  # fmt: skip
        assert reply.status == 200
        answer = reply.json()
        assert (answer["name"], answer["age"], answer["tags"]) == ("Ada Löve", 36, ["a", "b"])

    def test_every_type(self, server):
        reply = post(server, "/fields", b"name=a&color=b&size=l&born=1815-12-10&agreed=on")
        assert reply.json() == {
            "name": "a", "age": 0, "color": "b", "size": "l", "tags": [], "born": "1815-12-10", "agreed": True,
        }  # fmt: skip

    def test_all_that_does_not_fit_at_once(self, server):
        reply = post(server, "/fields", b"age=-1&color=green&size=m&born=then&agreed=maybe")
        assert sorted(locations(reply)) == [
            ["form", name] for name in ("age", "agreed", "born", "color", "name", "size")
        ]

    @BOTH
    @pytest.mark.parametrize("age", ["1.5", "x", "", "151", "٣", "1_0", "0x1", "9" * 400])
    def test_no_such_age(self, server, way, age):
        assert locations(post(server, f"{way}/fields", f"name=a&age={age}".encode())) == [["form", "age"]]

    def test_an_empty_text_is_a_text(self, server):
        assert post(server, "/fields", b"name=").json()["name"] == ""

    def test_no_body_at_all(self, server):
        assert locations(post(server, "/fields", b"")) == [["form", "name"]]
        assert server.ask(f"{ROOT}/fields", "POST").status == 400

    def test_an_alias(self, server):
        assert post(server, "/alias", b"user%5Bname%5D=ada").json() == "ada"
        assert locations(post(server, "/alias", b"name=ada")) == [["form", "user[name]"]]

    def test_with_other_parameters(self, server):
        reply = post(server, "/also/7?q=here&name=of-the-query", b"name=ada")
        assert reply.json() == {"id": 7, "q": "here", "name": "ada", "POST": ["ada"]}

    def test_the_requests_own_view(self, server):
        assert post(server, "/django", b"a=1&a=2&b=").json() == {"a": ["1", "2"], "b": [""]}
        assert multipart(server, "/django", part('name="a"', b"1")).json() == {"a": ["1"]}


class TestGroups:
    @BOTH
    def test_a_schema(self, server, way):
        reply = post(server, f"{way}/grouped", b"name=ada&tags=x&tags=y")
        assert reply.json() == {"type": "Account", "account": {"name": "ada", "age": 0, "tags": ["x", "y"]}}

    @BOTH
    def test_what_does_not_fit(self, server, way):
        assert locations(post(server, f"{way}/grouped", b"name=a&age=x")) in (
            [["form", "name"], ["form", "age"]],
            [["form", "age"], ["form", "name"]],
            [["form", "age"]],
        )
        assert locations(post(server, f"{way}/grouped", b"name=a")) == [["form", "name"]]


class TestMediaTypes:
    @pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/mixed; boundary=b", "nonsense"])
    def test_another_type(self, server, kind):
        reply = post(server, "/fields", b'{"name":"a"}', kind)
        assert (reply.status, reply.json()["code"]) == (415, "unsupported_media_type")

    def test_a_charset(self, server):
        assert post(server, "/fields", b"name=a", f"{FORM}; charset=utf-8").status == 200
        assert post(server, "/fields", b"name=a", FORM.upper()).status == 200

    @pytest.mark.parametrize(
        "body", [b"name=%ff", b"name=%", b"name=%zz", b"%ff=1&name=a"], ids=["latin", "cut", "no hex", "key"]
    )
    def test_bad_escapes_are_the_clients(self, server, body):
        assert post(server, "/fields", body).status in (200, 400, 422)

    @pytest.mark.parametrize(
        "kind", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=a b"]
    )
    def test_no_boundary(self, server, kind):
        reply = post(server, "/fields", part('name="name"') + b"--b--\r\n", kind)
        assert reply.status in (400, 415)

    @pytest.mark.parametrize(
        "kind", ['multipart/form-data; boundary="b"', "Multipart/Form-Data; charset=utf-8; Boundary=b"]
    )
    def test_boundaries_as_written(self, server, kind):
        assert multipart(server, "/fields", part('name="name"'), kind=kind).status == 200

    @pytest.mark.parametrize(
        "body",
        [
            part('name="name"'),
            part('name="name"') + b"--b",
            b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
            b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nx',
            b"--b\r\nno header at all\r\n\r\nx\r\n--b--\r\n",
            b"--c\r\n\r\n\r\n--c--",
            b"",
            b"\x00" * 100,
        ],
        ids=["no end", "half an end", "no name", "cut", "no header", "other boundary", "empty", "zeros"],
    )
    def test_broken_bodies(self, server, body):
        reply = post(server, "/fields", body, "multipart/form-data; boundary=b")
        assert reply.status in (400, 422), reply.body

    @pytest.mark.parametrize(
        ("before", "end"), [(b"some words\r\n", b"--b--\r\n"), (b"", b"--b--\r\nmore words"), (b"", b"--b--more")]
    )
    def test_words_around_the_parts(self, server, before, end):
        """Only mail has them; here they would be read differently by whoever stands in front."""
        reply = multipart(server, "/fields", before, part('name="name"'), end=end)
        assert (reply.status, reply.json()["code"]) == (400, "malformed_form")

    def test_names_with_quotes(self, server):
        reply = multipart(server, "/django", part('name="a\\"b"', b"1"), part('name="c%22d"', b"2"))
        assert reply.status == 200
        assert sorted(reply.json().values()) == [["1"], ["2"]]

    def test_more_fields_than_allowed(self, server):
        reply = post(server, "/django", b"&".join(b"f%d=1" % i for i in range(5000)))
        assert reply.status in (400, 413)
        reply = multipart(server, "/django", *[part(f'name="f{i}"') for i in range(5000)])
        assert reply.status in (400, 413)


class TestClients:
    def test_httpx(self, api):
        assert api.post(f"{ROOT}/fields", data={"name": "a", "tags": ["b", "c"]}).json()["tags"] == ["b", "c"]
        files = {"name": (None, "a"), "age": (None, "7")}
        assert api.post(f"{ROOT}/fields", files=files).json()["age"] == 7

    @pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
    @BOTH
    def test_curl(self, server, way):
        def curl(*options):
            command = ["curl", "-sS", "--noproxy", "*", *options, f"{server.address}{ROOT}{way}/fields"]
            return subprocess.run(command, capture_output=True, check=True, text=True).stdout

        assert '"name":"Ada L"' in curl("--data-urlencode", "name=Ada L", "-d", "age=3")
        assert '"age":3' in curl("-F", "name=Ada L", "-F", "age=3")

    @BOTH
    def test_bytes_that_trickle(self, server, way):
        body = part('name="name"', b"slow") + b"--b--\r\n"
        head = wire.request(
            f"{ROOT}{way}/fields", "POST",
            headers=[("Content-Type", "multipart/form-data; boundary=b"), ("Transfer-Encoding", "chunked")],
        )  # fmt: skip
        with server.wire() as connection:
            connection.send(head).send_slowly(wire.chunked(*[body[i : i + 1] for i in range(len(body))]), size=7)
            reply = connection.receive()
        assert (reply.status, reply.json()["name"]) == (200, "slow")
