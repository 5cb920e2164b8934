"""Attacks by uploads: many, long, broken off, onto a full disk. The numbers are those of the catalogue, group C.

The heavy ones run small here and whole by `make attack`.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import resource
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import wire
from attacking import END, MULTIPART, ROOT, forget_peak, memory, part, post_parts, refused, temporary
from serving import Server, until


class Uploading:
    """Uploads of zeros, many at once, by sockets."""

    def __init__(self, server: Server, size: int, path: str = "/kept") -> None:
        self.server, self.size, self.path = server, size, path

    def one(self, _: int = 0) -> int:
        head, tail = part("file", b"", filename="zeros.bin")[:-2], b"\r\n" + END
        fields = [("Content-Type", MULTIPART), ("Content-Length", str(len(head) + self.size + len(tail)))]
        piece = bytes(256 * 1024)
        with self.server.wire(timeout=600) as connection:
            connection.send(wire.request(ROOT + self.path, "POST", headers=fields) + head)
            left = self.size
            while left:
                connection.send(piece[: min(left, len(piece))])
                left -= min(left, len(piece))
            reply = connection.send(tail).receive()
        assert reply.status == 200, reply
        return int(reply.json()["size"])

    def together(self, count: int) -> None:
        with ThreadPoolExecutor(count) as threads:
            assert list(threads.map(self.one, range(count))) == [self.size] * count


def latencies(server: Server, while_: threading.Event) -> list[float]:
    """How long others wait meanwhile."""
    found = []
    with server.wire() as connection:
        while not while_.is_set():
            begun = time.perf_counter()
            connection.send(wire.request("/api/ping")).receive()
            found.append(time.perf_counter() - begun)
            time.sleep(0.002)
    return sorted(found)


def p99(found: list[float]) -> float:
    return found[min(len(found) - 1, len(found) * 99 // 100)]


def others_during(server: Server, count: int, size: int) -> tuple[float, float]:
    """The p99 of others before the uploads and during them."""
    quiet = threading.Event()
    threading.Timer(2, quiet.set).start()
    before = p99(latencies(server, quiet))
    over = threading.Event()
    failed: list[BaseException] = []

    def uploads() -> None:
        try:
            Uploading(server, size).together(count)
        except BaseException as error:
            failed.append(error)
        finally:
            over.set()

    threading.Thread(target=uploads).start()
    during = p99(latencies(server, over))
    assert not failed, failed
    return before, during


class TestUploads:
    def test_c21_the_loop_never_waits_for_the_disk(self, server):
        _, during = others_during(server, 10, 4 << 20)
        # The clients share the two cores with the server here; a disk that is waited for costs more than that.
        assert during < 0.5
        assert not temporary(server)

    @pytest.mark.attack
    @pytest.mark.timeout(900)
    def test_c21_whole(self, serve):
        server = serve()
        before, during = others_during(server, 50, 100 << 20)
        print(f"p99 of others: {before * 1000:.1f} ms before, {during * 1000:.1f} ms during 50 uploads of 100 MiB")
        assert during < max(2 * before, 0.25)

    @pytest.mark.parametrize("size", [200_000, 8 << 20])
    def test_c22_a_full_disk(self, serve, size):
        """No file of the process may grow beyond 100 KB: the same error as a disk without room, to whoever writes."""
        server = serve(access_log=None)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (100_000, 100_000))
        for _ in range(3):
            body = part("file", b"x" * size, filename="f") + END
            with server.wire() as connection:
                fields = [("Content-Type", MULTIPART), ("Content-Length", str(len(body)))]
                connection.send(wire.request(f"{ROOT}/upload", "POST", headers=fields))
                with contextlib.suppress(OSError):
                    connection.send(body)
                assert refused(connection.receive()) == (507, "insufficient_storage")
        until(lambda: not temporary(server), timeout=2, what="no temporary file")
        assert post_parts(server, "/upload", part("file", b"small", filename="f")).json()["size"] == 5
        server.alive()

    @pytest.mark.parametrize("reset", [False, True])
    def test_c23_the_client_leaves(self, server, reset):
        fields = [("Content-Type", MULTIPART), ("Content-Length", str(50 << 20))]
        connection = server.wire()
        connection.send(wire.request(f"{ROOT}/upload", "POST", headers=fields))
        connection.send(part("file", b"x" * (2 << 20), filename="f"))
        until(lambda: temporary(server), what="a temporary file")
        (connection.reset if reset else connection.close)()
        until(lambda: not temporary(server), timeout=1, what="no temporary file")

    def test_c23_nothing_is_left_in_the_directory(self, serve, tmp_path):
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        server = serve(environment={"TMPDIR": str(scratch)})
        assert Uploading(server, 1 << 20, "/upload").one() == 1 << 20
        assert not list(scratch.iterdir())
        fields = [("Content-Type", MULTIPART), ("Content-Length", str(50 << 20))]
        connection = server.wire()
        connection.send(wire.request(f"{ROOT}/upload", "POST", headers=fields))
        connection.send(part("file", b"x" * (2 << 20), filename="f"))
        until(lambda: temporary(server), what="a temporary file")
        server.process.kill()
        server.process.wait()
        assert not list(scratch.iterdir())
        connection.close()

    def test_c24_memory_does_not_grow_with_the_files(self, serve):
        server = serve()
        Uploading(server, 1 << 20).together(20)
        base = memory(server)
        forget_peak(server)
        Uploading(server, 16 << 20).together(20)
        # 320 MB have passed; what an allocator keeps of twenty uploads at once is its own.
        assert memory(server, "VmHWM") - base < 20 * (256 << 10) + (16 << 20)
        assert not temporary(server)

    @pytest.mark.attack
    @pytest.mark.timeout(3600)
    def test_c24_whole(self, serve, tmp_path):
        """50 files of 1 GB, of less where the disk has no room for them."""
        about = os.statvfs(tmp_path)
        size = min(1 << 30, about.f_bavail * about.f_frsize * 8 // 10 // 50)
        server = serve()
        Uploading(server, 1 << 20).together(50)
        base = memory(server)
        forget_peak(server)
        Uploading(server, size).together(50)
        grown = memory(server, "VmHWM") - base
        print(f"50 uploads of {size >> 20} MiB: {grown >> 20} MiB above {base >> 20} MiB")
        assert grown < 50 * (256 << 10)

    def test_what_arrives_is_what_was_sent(self, server):
        data = os.urandom(3 << 20)
        reply = post_parts(server, "/upload", part("file", data, filename="f"))
        assert reply.json() == {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
