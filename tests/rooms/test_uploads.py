"""Files that clients send: whole, large, by chunks, and not to the end."""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
from pathlib import Path

import pytest

import wire
from serving import until

ROOT = "/api/uploads"
BOTH = pytest.mark.parametrize("way", ["", "/async"])
MIB = 1024 * 1024
LARGE = 100_000_000


def resident(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")


@contextlib.contextmanager
def growth(pid):
    """How far the resident memory rises above where it stood, sampled every few milliseconds."""
    before, most, ended = resident(pid), [0], threading.Event()

    def sample():
        while not ended.wait(0.005):
            most[0] = max(most[0], resident(pid) - before)

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield lambda: most[0]
    finally:
        ended.set()
        thread.join()


def form(size, name="big.bin"):
    """A multipart body whose file has that many bytes, in pieces; and the digest of the file."""
    piece = bytes(range(256)) * 256
    start = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    end = b'\r\n--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nT\r\n--b--\r\n'
    whole, rest = divmod(size, len(piece))
    pieces = [start, *[piece] * whole, piece[:rest], end]
    digest = hashlib.sha256()
    for one in pieces[1:-1]:
        digest.update(one)
    return pieces, digest.hexdigest()


def send(server, path, size, **timeouts):
    pieces, digest = form(size)
    head = wire.request(
        ROOT + path, "POST",
        headers=[("Content-Type", "multipart/form-data; boundary=b"), ("Content-Length", str(sum(map(len, pieces))))],
    )  # fmt: skip
    with server.wire(timeout=60) as connection:
        connection.send(head)
        for one in pieces:
            connection.send(one)
        return connection.receive(), digest


def files(server):
    return server.json(f"{ROOT}/open-files")


class TestReading:
    @pytest.mark.parametrize("path", ["/read", "/sync/read"])
    @pytest.mark.parametrize("size", [6, 5 * MIB])
    def test_both_ways_and_again(self, api, path, size):
        data = "abc" + "d" * (size - 3)
        answer = api.post(ROOT + path, files={"file": ("a", data)}).json()
        assert (answer["first"], answer["rest"], answer["again"]) == ("abc", data[3:], data)

    def test_facts(self, api):
        sent = {"file": ("../../etc/pass wd.txt", b"12", "text/x-own")}
        answer = api.post(f"{ROOT}/facts", files=sent, data={"title": "T"}).json()
        assert answer == {
            "name": "pass wd.txt", "filename": answer["filename"], "type": "text/x-own", "size": 2, "title": "T",
            "django": True,
        }  # fmt: skip
        assert "/" not in answer["filename"]

    def test_many(self, api):
        sent = [("files", ("a", b"1")), ("files", ("b", b"2"))]
        assert api.post(f"{ROOT}/many", files=sent).json() == [["a", "1"], ["b", "2"]]

    def test_none(self, api):
        sent = {"title": (None, "T")}
        assert api.post(f"{ROOT}/optional", files=sent).json() is False
        reply = api.post(f"{ROOT}/many", files=sent)
        assert (reply.status_code, reply.json()["errors"][0]["loc"]) == (422, ["file", "files"])

    def test_a_text_where_a_file_must_be(self, api):
        reply = api.post(f"{ROOT}/facts", files={"file": (None, "text")})
        assert (reply.status_code, reply.json()["errors"][0]["loc"]) == (422, ["file", "file"])

    def test_an_empty_file(self, api):
        assert api.post(f"{ROOT}/facts", files={"file": ("a", b"")}).json()["size"] == 0

    def test_the_requests_own_view(self, server):
        reply, digest = send(server, "/django/digest", 100_000)
        assert reply.json() == {"sha256": digest, "size": 100_000, "title": "T"}

    @pytest.mark.parametrize("size", [10, 3 * MIB])
    def test_djangos_storage(self, server, size):
        reply, digest = send(server, "/stored", size)
        assert reply.json() == {"name": "kept/big.bin", "sha256": digest, "size": size}


class TestLimits:
    def test_of_an_operation(self, server):
        assert send(server, "/limited", 1000)[0].status == 200
        assert send(server, "/limited", 200_000)[0].status == 413

    def test_of_all(self, server):
        """Told by its length, it is refused before a byte of it is read."""
        head = wire.request(
            f"{ROOT}/digest", "POST",
            headers=[("Content-Type", "multipart/form-data; boundary=b"), ("Content-Length", "1000000000")],
        )  # fmt: skip
        with server.wire() as connection:
            assert connection.send(head).receive().status == 413

    def test_of_all_by_chunks(self, serve):
        server = serve(settings={"ULTRAFOX": {"LIMITS": {"UPLOAD": 1_000_000}}})
        pieces, _ = form(3_000_000)
        head = wire.request(
            f"{ROOT}/digest", "POST",
            headers=[("Content-Type", "multipart/form-data; boundary=b"), ("Transfer-Encoding", "chunked")],
        )  # fmt: skip
        with server.wire() as connection:
            connection.send(head)
            with contextlib.suppress(ConnectionError):
                connection.send(wire.chunked(*pieces))
            assert connection.receive().status == 413
        until(lambda: not files(server), what="the temporary file going")


class TestLarge:
    @BOTH
    def test_a_hundred_megabytes_in_flat_memory(self, server, way):
        send(server, f"{way}/digest", 10 * MIB)
        with growth(server.pid) as most:
            reply, digest = send(server, f"{way}/digest", LARGE)
        assert reply.status == 200, reply.body
        assert (reply.json()["sha256"], reply.json()["size"]) == (digest, LARGE)
        assert most() <= 20 * MIB, most()
        assert files(server) == []

    def test_several_at_once(self, server):
        replies = []
        with growth(server.pid) as most:
            threads = [
                threading.Thread(target=lambda: replies.append(send(server, "/digest", 30 * MIB))) for _ in range(4)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert all(reply.status == 200 and reply.json()["sha256"] == digest for reply, digest in replies)
        assert len(replies) == 4
        assert most() <= 30 * MIB, most()
        assert files(server) == []


class TestLeaving:
    @pytest.mark.parametrize("path", ["/digest", "/async/digest"])
    @pytest.mark.parametrize("how", ["close", "reset"])
    def test_nothing_is_left_of_half_an_upload(self, server, path, how):
        pieces, _ = form(8 * MIB)
        head = wire.request(
            ROOT + path, "POST",
            headers=[
                ("Content-Type", "multipart/form-data; boundary=b"),
                ("Content-Length", str(sum(map(len, pieces)))),
            ],
        )  # fmt: skip
        connection = server.wire()
        connection.send(head)
        for one in pieces[: len(pieces) // 2]:
            connection.send(one)
        until(lambda: files(server), what="the temporary file coming")
        begun = time.monotonic()
        getattr(connection, how)()
        until(lambda: not files(server), timeout=5, what="the temporary file going")
        assert time.monotonic() - begun < 5
        server.alive()
