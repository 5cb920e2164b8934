"""Codings, decoded by the libraries that others use."""

from __future__ import annotations

import gzip
import io
import json

import brotli
import pytest
import zstandard

from project.handlers.compression import TEXT

ROOT = "/api/compression"
BOTH = pytest.mark.parametrize("way", ["", "/sync"])
DECODE = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data)).read(),
}
CODINGS = pytest.mark.parametrize("coding", DECODE)
ALL = "gzip, deflate, br, zstd"


def ask(server, path, accepted=ALL, method="GET"):
    headers = [] if accepted is None else [("Accept-Encoding", accepted)]
    return server.ask(ROOT + path, method, headers=headers)


def varies(reply):
    return [name.strip().lower() for name in (reply.header("vary") or "").split(",")]


class TestCodings:
    @BOTH
    @CODINGS
    def test_whole(self, server, way, coding):
        reply = ask(server, f"{way}/big", coding)
        assert reply.header("content-encoding") == coding
        assert json.loads(DECODE[coding](reply.body)) == {"text": TEXT}
        assert len(reply.body) < len(TEXT) / 4
        assert reply.header("content-length") == str(len(reply.body))

    @BOTH
    @CODINGS
    def test_streams(self, server, way, coding):
        reply = ask(server, f"{way}/stream", coding)
        assert reply.header("content-encoding") == coding
        assert DECODE[coding](reply.body).decode() == TEXT[:3000] * 20
        assert reply.header("content-length") is None

    @CODINGS
    def test_files(self, server, coding):
        plain, reply = ask(server, "/file", None), ask(server, "/file", coding)
        got = DECODE[coding](reply.body) if reply.header("content-encoding") else reply.body
        assert got == plain.body

    @CODINGS
    def test_errors_too(self, server, coding):
        reply = ask(server, "/error", coding)
        assert (reply.status, reply.header("content-encoding")) == (400, coding)
        assert json.loads(DECODE[coding](reply.body)) == {"text": TEXT}


class TestChoice:
    @pytest.mark.parametrize(
        ("accepted", "coding"),
        [
            (None, None), ("", None), ("identity", None), ("deflate", None), ("gzip;q=0", None), ("x-own", None),
            ("gzip;q=0.1, br;q=0.9", "br"), ("GZIP", "gzip"), ("gzip;q=1, br;q=0", "gzip"),
            ("identity;q=1, gzip;q=0.5", None),
        ],
    )  # fmt: skip
    def test_by_accept_encoding(self, server, accepted, coding):
        reply = ask(server, "/big", accepted)
        assert (reply.status, reply.header("content-encoding")) == (200, coding)

    def test_anything(self, server):
        assert ask(server, "/big", "*").header("content-encoding") in DECODE

    @pytest.mark.parametrize("accepted", [",", ";", "gzip;q=x", "gzip;;q=1", "q=1", "br;q=9", "\t", "gzip," * 3000])
    def test_odd_headers(self, server, accepted):
        reply = ask(server, "/big", accepted)
        assert reply.status in (200, 400, 431)


class TestHeaders:
    @pytest.mark.parametrize("accepted", [None, "gzip", ALL, "identity"])
    def test_vary(self, server, accepted):
        """Caches are told by every answer that could have been compressed."""
        assert "accept-encoding" in varies(ask(server, "/big", accepted))
        assert sorted(varies(ask(server, "/varied", accepted))) == ["accept-encoding", "cookie"]

    def test_etags_become_weak(self, server):
        assert ask(server, "/tagged", None).header("etag") == '"one"'
        assert ask(server, "/tagged", "gzip").header("etag") == 'W/"one"'

    def test_head(self, server):
        """As GET would answer, without the work: never a length that GET would not have."""
        whole, head = ask(server, "/big", "gzip"), ask(server, "/big", "gzip", "HEAD")
        assert (head.status, head.body) == (200, b"")
        assert head.header("content-encoding") == whole.header("content-encoding")
        assert head.header("content-length") in (None, whole.header("content-length"))
        assert varies(head) == varies(whole)


class TestLeftAlone:
    @pytest.mark.parametrize("size", [0, 1, 1000, 1023])
    def test_small_bodies(self, server, size):
        reply = ask(server, f"/size/{size}")
        assert (reply.header("content-encoding"), len(reply.body)) == (None, size)

    def test_from_a_kilobyte_on(self, server):
        assert ask(server, "/size/1024").header("content-encoding") in DECODE

    @pytest.mark.parametrize("path", ["/none", "/off"])
    def test_where_it_is_declared(self, server, path):
        reply = ask(server, path)
        assert (reply.header("content-encoding"), reply.json()) == (None, {"text": TEXT})
        assert "accept-encoding" not in varies(reply)

    @pytest.mark.parametrize(("path", "coding"), [("/coded", "x-own"), ("/untouched", None), ("/picture", None)])
    def test_what_must_or_can_not_be_compressed(self, server, path, coding):
        assert ask(server, path).header("content-encoding") == coding

    def test_noise(self, server):
        reply = ask(server, "/noise", "gzip")
        body = gzip.decompress(reply.body) if reply.header("content-encoding") else reply.body
        assert len(body) == 20_000

    def test_an_api_without(self, shared):
        server = shared(settings={"ULTRAFOX": {"API": "project.uncompressed.api"}})
        reply = server.ask("/big", headers=[("Accept-Encoding", ALL)])
        assert (reply.header("content-encoding"), reply.json()) == (None, {"text": TEXT})
