"""100 MB up and down: how fast, and how much memory the server needs for it beyond what it has when idle."""

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from .process import Running, StartFailed, running, tree
from .servers import SCRATCH, SERVERS, Server, lacking
from .workloads import WrongAnswer

SIZE = 100_000_000
BLOCK = bytes(1 << 20)
FILE = SCRATCH / "hundred.bin"
BOUNDARY = "the-boundary-of-this-form"


def measure(rounds: int, _: float, __: int) -> dict[str, list[float]]:
    """MB/s, CPU seconds, and MiB above idle of each server, both ways."""
    _make_file()
    rows: dict[str, list[float]] = {}
    for _round in range(rounds):
        # Started anew each time: memory that a server has kept would hide what it needs.
        for server in (SERVERS["ultrafox"], SERVERS["django-bolt"]):
            if not lacking(server):
                _both_ways(server, rows)
    return rows


def _both_ways(server: Server, rows: dict[str, list[float]]) -> None:
    ways: tuple[tuple[str, Callable[[int, int], None]], ...] = (("upload", upload), ("download", download))
    for way, send in ways:
        try:
            with running(server, {"BENCH_FILE": str(FILE)}) as it:
                time.sleep(0.3)
                took, cpu, above = _one(it, partial(send, it.port, SIZE))
        except (StartFailed, WrongAnswer, OSError, ValueError) as failure:
            print(f"{server.name:16} {way} FAILED {failure}", flush=True)
            continue
        print(f"{server.name:16} {way:8} {SIZE / took / 1e6:6.0f} MB/s  {above:5.1f} MiB above idle", flush=True)
        for name, value in (("MB/s", SIZE / took / 1e6), ("CPU s", cpu), ("MiB above idle", above)):
            rows.setdefault(f"{way}, {name}: {server.name}", []).append(value)


def _one(it: Running, work: Callable[[], None]) -> tuple[float, float, float]:
    """Seconds, CPU seconds of the server, and MiB of its peak above what it had before."""
    idle, cpu = it.rss(), it.cpu()
    with _peak(it) as peak:
        began = time.perf_counter()
        work()
        took = time.perf_counter() - began
    return took, it.cpu() - cpu, max(peak[0] - idle, 0.0)


@contextmanager
def _peak(it: Running) -> Iterator[list[float]]:
    """MiB: the highest resident memory of all its processes while the block ran."""
    for pid in tree(it.process.pid):
        with suppress(OSError):
            Path(f"/proc/{pid}/clear_refs").write_text("5")
    found = [0.0]
    yield found
    for pid in tree(it.process.pid):
        with suppress(OSError, StopIteration):
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            found[0] += int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def _make_file() -> None:
    if not FILE.exists() or FILE.stat().st_size != SIZE:
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_bytes(os.urandom(SIZE))


def upload(port: int, size: int) -> None:
    """One file of a form; the handler reads all of it and says how long it was."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="big.bin"\r\n'
    before = f"{head}Content-Type: application/octet-stream\r\n\r\n".encode()
    after = f"\r\n--{BOUNDARY}--\r\n".encode()
    length = len(before) + size + len(after)
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        client.sendall(
            f"POST /upload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        client.sendall(before)
        for start in range(0, size, len(BLOCK)):
            client.sendall(BLOCK[: min(len(BLOCK), size - start)])
        client.sendall(after)
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    status, _, body = answer.partition(b"\r\n\r\n")
    if b" 200 " not in status[:20] or json.loads(body) != {"size": size}:
        raise WrongAnswer(f"/upload: expected 200 and the size {size}, got {answer[:300]!r}")


def download(port: int, size: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(b"GET /download HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        head = b""
        while b"\r\n\r\n" not in head and (got := client.recv(65536)):
            head += got
        head, _, rest = head.partition(b"\r\n\r\n")
        room, found = bytearray(1 << 20), len(rest)
        last = rest[-5:]
        while count := client.recv_into(room):
            found += count
            last = (last + room[max(count - 5, 0) : count])[-5:]
    # Of a chunked body the sizes between the chunks are counted too: the end alone says that it is whole.
    chunked = b"transfer-encoding: chunked" in head.lower() and last == b"0\r\n\r\n" and size < found < size * 1.02
    if b" 200 " not in head[:20] or not (chunked or found == size):
        raise WrongAnswer(f"/download: expected 200 and {size} bytes, got {found} after {head[:300]!r}")
