"""Replies that are made while they are sent: in time, no faster than they are read, and ended with whoever reads."""

from __future__ import annotations

import contextlib
import json
import time
import zlib

import pytest

import wire
from serving import until

ROOT = "/api/streams"
BOTH = pytest.mark.parametrize("way", ["sync", "async"])


def told(server, name):
    return server.json(f"{ROOT}/told/{name}")


def head_of(connection):
    """Reads up to the end of the head; whatever came behind it stays in the connection's buffer."""
    while b"\r\n\r\n" not in connection.buffer:
        assert connection._more(), connection.buffer
    head, connection.buffer = connection.buffer.split(b"\r\n\r\n", 1)
    return head.decode()


class TestWhole:
    @BOTH
    @pytest.mark.parametrize("count", [0, 1, 1000])
    def test_all_of_it(self, server, way, count):
        reply = server.ask(f"{ROOT}/{way}/{count}")
        assert reply.body.decode().split() == [str(i) for i in range(count)]
        assert reply.header("transfer-encoding") == "chunked"
        assert reply.header("content-length") is None

    def test_status_and_headers(self, server):
        reply = server.ask(f"{ROOT}/async/1")
        assert (reply.status, reply.header("x-stream")) == (202, "1")
        assert reply.header("content-type") == "text/plain; charset=utf-8"

    @BOTH
    def test_the_connection_goes_on(self, server, way):
        with server.wire() as connection:
            for _ in range(3):
                connection.send(wire.request(f"{ROOT}/{way}/3"))
                assert connection.receive().body == b"0\n1\n2\n"

    @BOTH
    def test_old_clients(self, server, way):
        reply = wire.once(server.port, wire.request(f"{ROOT}/{way}/3", version="HTTP/1.0"))
        assert (reply.body, reply.header("transfer-encoding")) == (b"0\n1\n2\n", None)

    @BOTH
    def test_head(self, server, way):
        """Nothing of the stream is made, and the connection stays in step."""
        name = f"head-{way}"
        with server.wire() as connection:
            connection.send(wire.request(f"{ROOT}/{way}/endless/{name}", "HEAD"))
            assert connection.receive(head=True).status == 200
            connection.send(wire.request("/api/ping"))
            assert connection.receive().status == 200
        assert told(server, name) == []

    def test_a_plain_generator_of_an_async_handler(self, server):
        """It may block, so others are served meanwhile."""
        with server.wire() as connection:
            connection.send(wire.request(f"{ROOT}/mixed"))
            begun = time.monotonic()
            server.json("/api/ping")
            assert time.monotonic() - begun < 0.1
            assert connection.receive().body == b"0\n1\n2\n"


class TestBackPressure:
    @BOTH
    def test_a_slow_reader_stops_the_generator(self, server, way):
        name = f"slow-{way}"
        with server.wire(receive_buffer=4096) as connection:
            connection.send(wire.request(f"{ROOT}/{way}/endless/{name}"))
            until(lambda: told(server, name), what="the stream beginning")
            time.sleep(0.3)
            made = len(told(server, name))
            time.sleep(0.4)
            assert len(told(server, name)) == made, "it goes on though nobody reads"
            assert made < 200, made
            read = 0
            while read < 16_000_000:
                read += len(connection.socket.recv(1 << 20))
            until(lambda: len(told(server, name)) > made, what="going on when it is read")
        until(lambda: told(server, name)[-1] == "finally", timeout=2, what="the end of the stream")


class TestLeaving:
    @BOTH
    @pytest.mark.parametrize("how", ["close", "reset"])
    @pytest.mark.parametrize("kind", ["endless", "waiting"])
    def test_finally_runs_within_a_second(self, server, way, how, kind):
        name = f"left-{way}-{how}-{kind}"
        connection = server.wire()
        connection.send(wire.request(f"{ROOT}/{way}/{kind}/{name}"))
        head_of(connection)
        # A generator that has not begun has no end of its own to run.
        time.sleep(0.1)
        begun = time.monotonic()
        getattr(connection, how)()
        until(lambda: told(server, name)[-1:] == ["finally"], timeout=3, what="the generator's finally")
        assert time.monotonic() - begun < 1.5
        assert told(server, name).count("finally") == 1

    def test_many_at_once(self, server):
        connections = [server.wire() for _ in range(40)]
        for number, connection in enumerate(connections):
            connection.send(wire.request(f"{ROOT}/async/waiting/many-{number}"))
        for connection in connections:
            head_of(connection)
        for connection in connections:
            connection.close()
        for number in range(40):
            until(lambda number=number: told(server, f"many-{number}") == ["finally"], timeout=3, what="each finally")


class TestFailing:
    @BOTH
    @pytest.mark.parametrize("after", [1, 50])
    def test_midway_the_connection_breaks(self, server, way, after):
        start = len(server.stderr.lines)
        with server.wire() as connection:
            connection.send(wire.request(f"{ROOT}/{way}/broken/{after}"))
            with contextlib.suppress(wire.Closed):
                while connection._more():
                    pass
            assert not connection.buffer.endswith(b"0\r\n\r\n"), "it seems whole"
            assert connection.buffer.count(b"piece\n") <= after
        server.stderr.wait(lambda line: "a stream fails on purpose" in line, start=start, timeout=5)
        server.alive()

    @BOTH
    def test_the_access_log_tells(self, server, way):
        target = f"{ROOT}/{way}/broken/2"
        with pytest.raises((AssertionError, wire.Closed)):
            server.ask(target)
        record = server.record(lambda record: record.get("target") == target)
        assert (record["status"], record["problem"]) == (200, "internal_error")

    @BOTH
    def test_before_the_first_piece(self, server, way):
        """Nothing was sent yet, or the head was: a 500 or a broken connection, never a whole 200."""
        with server.wire() as connection:
            connection.send(wire.request(f"{ROOT}/{way}/broken/0"))
            try:
                assert connection.receive().status == 500
            except (wire.Closed, AssertionError):
                return

    @BOTH
    def test_a_piece_of_another_type(self, server, way):
        start = len(server.stderr.lines)
        with pytest.raises((AssertionError, wire.Closed)):
            server.ask(f"{ROOT}/{way}/wrong")
        server.stderr.wait(lambda line: "TypeError" in line, start=start, timeout=5)


class TestEvents:
    @BOTH
    def test_the_form(self, server, way):
        reply = server.ask(f"{ROOT}/{way}/events")
        assert reply.header("content-type").startswith("text/event-stream")
        assert "no-cache" in reply.header("cache-control") or "no-store" in reply.header("cache-control")
        first, second, third, fourth = reply.body.decode().rstrip("\n").split("\n\n")
        assert json.loads(first.removeprefix("data:")) == {"a": 1}
        assert [line.removeprefix("data:").strip() for line in second.split("\n")] == ["two", "lines"]
        assert {line.replace(": ", ":") for line in third.split("\n")} == {
            "event:named",
            "id:7",
            "retry:1500",
            "data:x",
        }
        assert fourth.startswith(":")
        assert "only a comment" in fourth

    @BOTH
    @pytest.mark.parametrize("coding", [None, "gzip", "br, zstd"])
    def test_paced_events_arrive_in_time(self, server, way, coding):
        headers = [] if coding is None else [("Accept-Encoding", coding)]
        came = []
        with server.wire() as connection:
            connection.send(wire.request(f"{ROOT}/{way}/paced", headers=headers))
            head = head_of(connection).lower()
            begun = time.monotonic()
            while b"0\r\n\r\n" not in connection.buffer:
                if connection.buffer:
                    came.append((time.monotonic() - begun, len(connection.buffer)))
                if not connection._more():
                    break
        assert "content-encoding" not in head or coding is not None
        assert len({size for _, size in came}) >= 4, came
        assert came[0][0] < 0.3, came
        assert came[-1][0] > 0.4, came

    @BOTH
    def test_compressed_and_flushed(self, server, way):
        """What has come can be read before the end comes."""
        with (
            server.client() as client,
            client.stream("GET", f"{ROOT}/{way}/paced", headers={"Accept-Encoding": "gzip"}) as response,
        ):
            reader = zlib.decompressobj(wbits=31) if response.headers.get("content-encoding") == "gzip" else None
            moments, text = [], ""
            for piece in response.iter_raw():
                text += (reader.decompress(piece) if reader else piece).decode()
                moments.append((time.monotonic(), text.count("data:")))
        assert text == "".join(f"data: {i}\n\n" for i in range(5))
        first = next(moment for moment, count in moments if count >= 1)
        last = next(moment for moment, count in moments if count >= 5)
        assert last - first > 0.3, moments


class TestSlowReaders:
    def test_as_many_as_there_are_threads_stop_nobody_else(self, shared):
        server = shared(options=["--threads", "2"])
        with contextlib.ExitStack() as stack:
            slow = [stack.enter_context(server.wire()) for _ in range(6)]
            for place, connection in enumerate(slow):
                connection.send(wire.request(f"{ROOT}/sync/endless/slow-{place}"))
                head_of(connection)
            began = time.monotonic()
            # A `def` handler, which needs a thread of the pool.
            assert server.json(f"{ROOT}/told/slow-0")
            assert time.monotonic() - began < 5
        until(lambda: threads_of(server) <= IDLE_THREADS)
        assert server.json(f"{ROOT}/told/slow-0")


# Two of the pool and what a worker has of its own; the spare ones have ended.
IDLE_THREADS = 10


def threads_of(server):
    with open(f"/proc/{server.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("Threads:"))
