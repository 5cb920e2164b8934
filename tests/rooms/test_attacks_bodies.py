"""Attacks on bodies: JSON, forms, compression. The numbers are those of the catalogue of attacks, group C."""

from __future__ import annotations

import contextlib
import gzip
import json
import time
from itertools import pairwise

import pytest

import wire
from attacking import BOUNDARY, END, JSON, MULTIPART, ROOT, cpu, part, post, post_parts, refused


class TestJson:
    @pytest.mark.parametrize("path", ["/any", "/any/sync", "/kind", "/rows"])
    def test_c01_depth(self, server, path):
        assert refused(post(server, path, b"[" * 129 + b"]" * 129)) == (400, "invalid_json")
        deep = b'{"a":' * 129 + b"1" + b"}" * 129
        assert refused(post(server, path, deep)) == (400, "invalid_json")

    def test_c01_the_greatest_depth_is_taken(self, server):
        body = b"[" * 128 + b"]" * 128
        assert post(server, "/any", body).body == body

    def test_c01_ten_million_brackets(self, serve):
        server = serve(settings={"ULTRAFOX": {"LIMITS": {"BODY": 20_000_000}}})
        for bracket in (b"[", b'{"a":'):
            before = cpu(server)
            assert refused(post(server, "/any", bracket * (10_000_000 // len(bracket)))) == (400, "invalid_json")
            assert cpu(server) - before < 1
        server.alive()

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "[1E400]", "+1", "01", ".5"])
    def test_c02_numbers_that_are_none(self, server, number):
        for path in ("/any", "/any/sync"):
            assert refused(post(server, path, number.encode())) == (400, "invalid_json")

    @pytest.mark.parametrize("number", ["-0", "[-0]", '{"a":-0}', "[1,-0 ]"])
    def test_c02_a_whole_minus_zero(self, server, number):
        """Valid JSON: the number 0."""
        assert post(server, "/any", number.encode()).body == number.replace("-", "").replace(" ", "").encode()

    def test_c02_the_float_minus_zero(self, server):
        assert post(server, "/any", b"[-0.0,-0e1]").body == b"[-0.0,-0.0]"

    @pytest.mark.parametrize(
        "body",
        [b'{"a":1,"a":1}', b'{"a":1,"\\u0061":2}', b'[{"b":{"a":null,"a":null}}]', '{"é":1,"\\u00e9":2}'.encode()],
    )
    def test_c03_duplicate_keys(self, server, body):
        for path in ("/any", "/any/sync", "/rows", "/packed"):
            assert refused(post(server, path, body)) == (400, "invalid_json")

    @pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 2**64 + 1, 10**400, -(10**400) + 1, 10**4299])
    def test_c04_great_numbers_are_exact(self, server, number):
        for path in ("/any", "/any/sync"):
            assert post(server, path, f"[{number}]".encode()).body == f"[{number}]".encode()
        assert post(server, "/kind", str(number).encode()).json() == "int"

    def test_c04_greater_ones_are_refused(self, server):
        for text in (b"1" * 4301, b"-" + b"9" * 4301, b"[" + b"7" * 100_000 + b"]"):
            before = cpu(server)
            assert refused(post(server, "/any", text)) == (400, "invalid_json")
            assert cpu(server) - before < 0.5

    @pytest.mark.parametrize("body", [b"{}x", b"{}{}", b"1 2", b"null,", b"[]]", b"{}\x00", b" ", b"\n\t", b"{}\xff"])
    def test_c06_more_or_less_than_one_document(self, server, body):
        assert refused(post(server, "/any", body)) == (400, "invalid_json")

    def test_c06_nothing(self, server):
        assert refused(post(server, "/any", b"")) == (400, "body_required")
        assert refused(server.ask(f"{ROOT}/any", "POST", headers=[("Content-Type", JSON)])) == (400, "body_required")

    def test_c07_odd_keys_are_only_keys(self, server):
        body = {"__proto__": {"a": 1}, "constructor": 1, "__class__": "x", "__dict__": {}}
        assert post(server, "/any", json.dumps(body).encode()).json() == body

    def test_c07_keys(self, server):
        body = json.dumps({f"k{number}": number for number in range(10_000)}).encode()
        assert post(server, "/any", body).status == 200
        for count in (10_001, 100_000):
            body = json.dumps({f"k{number}": 0 for number in range(count)}).encode()
            before = cpu(server)
            assert refused(post(server, "/any", body)) == (400, "invalid_json")
            assert cpu(server) - before < 0.5

    def test_c07_keys_of_many_objects(self, server):
        body = json.dumps([{"a": 1}] * 10_001).encode()
        assert refused(post(server, "/any", body)) == (400, "invalid_json")

    @pytest.mark.parametrize(
        "kind",
        [None, "", "text/plain", "text/plain;charset=utf-8", "application/x-www-form-urlencoded", "multipart/form-data",
         "application/jsonp", "text/json", "application/json, text/plain", "*/*"],
    )  # fmt: skip
    def test_c08_another_content_type(self, server, kind):
        for path in ("/any", "/rows", "/packed"):
            assert refused(post(server, path, b"[]", kind)) == (415, "unsupported_media_type")

    def test_c08_two_content_types(self, server):
        reply = post(server, "/any", b"[]", JSON, ("Content-Type", "text/plain"))
        assert reply.status in (400, 415)

    @pytest.mark.parametrize("charset", ["utf-16", "latin-1", "utf-7", '"utf-16"', "utf-8, utf-16", ""])
    def test_c09_another_charset(self, server, charset):
        assert refused(post(server, "/any", b"[]", f"{JSON}; charset={charset}")) == (415, "unsupported_media_type")

    @pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
    def test_c09_utf8(self, server, charset):
        assert post(server, "/any", b"[]", f"{JSON}; charset={charset}").status == 200

    def test_c09_other_bytes(self, server):
        for body in ('"ä"'.encode("latin-1"), '"ä"'.encode("utf-16"), b'"\xed\xa0\x80"', b"\xef\xbb\xbf[]"):
            assert refused(post(server, "/any", body)) == (400, "invalid_json")

    def test_c26_errors_are_at_most_a_hundred_and_hold_no_values(self, server):
        body = [{"number": "hunter2"}] * 3000
        reply = post(server, "/rows", json.dumps(body).encode())
        assert refused(reply) == (422, "invalid_body")
        assert 1 <= len(reply.json()["errors"]) <= 100
        assert b"hunter2" not in reply.body


class TestCodings:
    @pytest.mark.parametrize("coding", ["gzip", "gzip, gzip", "br", "deflate", "x", "identity, gzip", "gzip,"])
    def test_c11_coded_bodies(self, server, coding):
        body = gzip.compress(gzip.compress(b"[]"))
        reply = post(server, "/any", body, JSON, ("Content-Encoding", coding))
        assert refused(reply) == (415, "unsupported_media_type")
        reply = post(server, "/form", body, "application/x-www-form-urlencoded", ("Content-Encoding", coding))
        assert refused(reply) == (415, "unsupported_media_type")

    def test_c12_broken_gzip_is_never_opened(self, server):
        whole = gzip.compress(b"[]" * 1000)
        for body in (
            whole[: len(whole) // 2],
            whole[:-4] + b"\0\0\0\0",
            b"\x1f\x8b",
            gzip.compress(b"\0" * 10_000_000),
        ):
            reply = post(server, "/any", body, JSON, ("Content-Encoding", "gzip"))
            assert refused(reply) == (415, "unsupported_media_type")
            # And without the header the bytes are not JSON.
            assert refused(post(server, "/any", body)) == (400, "invalid_json")

    def ask(self, server, path, coding="gzip"):
        return server.ask(ROOT + path, headers=[("Accept-Encoding", coding)])

    def test_c13_what_is_compressed(self, server):
        reply = self.ask(server, "/text")
        assert reply.header("content-encoding") == "gzip"
        assert gzip.decompress(reply.body).startswith(b"compressible ")
        assert reply.header("etag") == 'W/"strong"'
        assert "accept-encoding" in (reply.header("vary") or "").lower()

    @pytest.mark.parametrize(
        "query", ["size=900", "kind=image/png", "kind=application/zip", "control=no-transform", "coding=br",
                  "control=max-age=3,%20No-Transform"]
    )  # fmt: skip
    def test_c13_what_is_not(self, server, query):
        reply = self.ask(server, f"/text?{query}")
        assert reply.header("content-encoding") == ("br" if query == "coding=br" else None)
        assert reply.body.startswith(b"compressible ")
        assert reply.header("etag") == '"strong"'

    def test_c13_vary_is_there_for_those_too_who_get_it_plain(self, server):
        assert "accept-encoding" in (server.ask(f"{ROOT}/text").header("vary") or "").lower()
        assert self.ask(server, "/text", "gzip;q=0").header("content-encoding") is None

    def test_c13_secrets_are_not_compressed(self, server):
        reply = self.ask(server, "/text/secret", "br, gzip, zstd")
        assert reply.header("content-encoding") is None and reply.body.startswith(b"compressible ")

    def test_c13_a_csrf_token_is_never_the_same_twice(self, server):
        """What BREACH needs is a secret that stays: Django masks its token anew for every answer."""
        tokens = {json.loads(gzip.decompress(self.ask(server, "/token").body))["token"] for _ in range(5)}
        assert len(tokens) == 5

    @pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "identity"])
    def test_c13_events_arrive_when_they_are_sent(self, server, coding):
        with server.wire() as connection:
            head = [("Accept-Encoding", coding)]
            connection.send(wire.request(f"{ROOT}/events?pause=0.5", headers=head))
            arrived = []
            while b"\r\n0\r\n\r\n" not in connection.buffer:
                assert connection._more()
                arrived.append(time.monotonic())
            assert arrived[-1] - arrived[0] > 0.9
            gaps = [later - earlier for earlier, later in pairwise(arrived)]
            assert sum(gap > 0.3 for gap in gaps) >= 2

    def test_c13_a_list_of_codings_without_end(self, server):
        """At most a head's length of them, and each is looked at once."""
        for listed in ("gzip;q=0.5," * 600, "," * 7000, "x;q=1," * 1000 + "br", "gzip" + ";q=1" * 1500, '"' * 7000):
            before = cpu(server)
            assert self.ask(server, "/text", listed).status == 200
            assert cpu(server) - before < 0.2


class TestForms:
    @pytest.mark.parametrize(
        "kind",
        ["multipart/form-data", "multipart/form-data; boundary=", 'multipart/form-data; boundary=""',
         f"multipart/form-data; boundary={'b' * 71}", "multipart/form-data; boundary=a; boundary=b",
         'multipart/form-data; boundary="a b "', "multipart/form-data; boundary=a\tb",
         "multipart/form-data; boundary=ä"],
    )  # fmt: skip
    def test_c14_boundaries(self, server, kind):
        boundary = kind.rpartition("boundary=")[2].strip('"') or "x"
        body = f'--{boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--{boundary}--\r\n'
        reply = post(server, "/form", body.encode("latin-1"), kind)
        assert reply.status in (400, 415) and reply.json()["code"] in ("malformed_form", "unsupported_media_type")

    def test_c14_the_longest_boundary(self, server):
        long = "b" * 70
        body = f'--{long}\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--{long}--\r\n'
        assert post(server, "/form", body.encode(), f"multipart/form-data; boundary={long}").json()["a"] == "1"

    @pytest.mark.parametrize(
        ("before", "after"),
        [(b"\r\n" * 500_000, b""), (b"", b"\r\n" * 500_000), (b"\r" * 1_000_000, b""), (b"\n" * 1_000_000, b""),
         (b"--" * 500_000, b""), (b"", b"--zzz" * 100_000), (b"", b"\r\n--zzz\r" * 100_000)],
    )  # fmt: skip
    def test_c14_floods_around_the_parts(self, server, before, after):
        spent = cpu(server)
        reply = post(server, "/form", before + part("a", b"1") + END + after, MULTIPART)
        assert refused(reply) == (400, "malformed_form")
        assert cpu(server) - spent < 0.5

    @pytest.mark.parametrize("data", [b"\r", b"\r\n", b"\r\n--zz", b"\r\n--zzz ", b"-", b"\r\n--zzy"])
    def test_c14_floods_of_what_is_nearly_a_boundary(self, server, data):
        """In one piece and byte by byte over the wire: the time is linear in the bytes."""
        many = data * (1_000_000 // len(data))
        spent = cpu(server)
        reply = post_parts(server, "/files", part("files", many, filename="f"))
        if reply.status == 200:
            assert reply.json() == [len(many)]
        else:
            assert refused(reply) == (400, "malformed_form")
        assert cpu(server) - spent < 1

    def test_c16_a_field_beyond_its_limit(self, server):
        """A field of 1 GB by its Content-Length and bit by bit: refused at 1 MiB, never held."""
        assert post_parts(server, "/fields", part("a", b"x" * (1 << 20))).json()["a"] == 1 << 20
        assert refused(post_parts(server, "/fields", part("a", b"x" * ((1 << 20) + 1)))) == (413, "form_too_large")
        head = [("Content-Type", MULTIPART), ("Content-Length", str(1 << 30))]
        with server.wire() as connection:
            connection.send(wire.request(f"{ROOT}/upload", "POST", headers=head))
            connection.send(part("file", b"")[:-2])
            with contextlib.suppress(OSError):
                for _ in range(64):
                    connection.send(b"x" * 65536)
            assert refused(connection.receive()) == (413, "form_too_large")

    def test_c16_a_field_of_a_urlencoded_form(self, server):
        body = b"a=" + b"x" * ((1 << 20) + 1)
        assert refused(post(server, "/fields", body, "application/x-www-form-urlencoded")) == (413, "form_too_large")

    def test_c17_parts(self, server):
        assert post_parts(server, "/form", *[part("b", b"1")] * 1000).json()["b"] == 1000
        assert refused(post_parts(server, "/form", *[part("b", b"1")] * 1001)) == (413, "form_too_large")
        assert refused(post_parts(server, "/files", *[part("files", b"", filename="")] * 1001)) == (
            413,
            "form_too_large",
        )

    @pytest.mark.parametrize("field", [b"b=1", b"b", b"=", b"%62=1"])
    def test_c17_fields(self, server, field):
        body = b"&".join([field] * 10_001)
        spent = cpu(server)
        assert refused(post(server, "/form", body, "application/x-www-form-urlencoded")) == (413, "form_too_large")
        assert cpu(server) - spent < 0.5

    def test_c18_heads_of_parts(self, server):
        long = part("a", b"1", "X-Long: " + "x" * 8192)
        many = part("a", b"1", *[f"X-{number}: 1" for number in range(16)])
        endless = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n'.encode() + b"X: y\r\n" * 100_000
        for body in (long, many, endless):
            assert refused(post_parts(server, "/form", body)) == (400, "malformed_form")

    @pytest.mark.parametrize("coding", ["base64", "quoted-printable", "BASE64", "x", "base64 ", "7bit, base64"])
    def test_c19_transfer_codings_of_parts(self, server, coding):
        body = part("a", b"  \r\n " * 100_000, f"Content-Transfer-Encoding: {coding}")
        assert refused(post_parts(server, "/form", body)) == (400, "malformed_form")

    @pytest.mark.parametrize(
        "head",
        [
            b'Content-Disposition: form-data; name="a"; name="b"',
            b'Content-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="b"',
            b'Content-Disposition: attachment; name="a"',
            b"Content-Disposition: form-data",
            b'Content-Disposition: form-data; name="a"\r\n folded: x',
            b'Content-Disposition: form-data; name="a"; filename="x\x00y"',
            b'Content-Disposition : form-data; name="a"',
            b'Content-Disposition: form-data; name="a',
            b'Content-Disposition: form-data; name="\xff"',
            b'Content-Disposition: form-data; name="a"\nX: y',
            b"",
        ],
    )
    def test_heads_with_a_second_reading(self, server, head):
        body = b"--zzz\r\n" + head + b"\r\n\r\n1\r\n" + END
        assert refused(post(server, "/form", body, MULTIPART)) == (400, "malformed_form")
