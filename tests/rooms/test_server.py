"""Connections: keep-alive, pipelining, bounds, faults, and the end of the process."""

from __future__ import annotations

import signal
import socket
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

import wire
from serving import until

ROOT = "/api/server"


def accepts(server):
    """Whether a new connection is taken and kept."""
    try:
        with server.wire(timeout=1) as late:
            return not late.at_end()
    except OSError:
        return False


class TestConnections:
    def test_keep_alive(self, server):
        with server.wire() as line:
            for n in range(50):
                reply = line.send(wire.request(f"{ROOT}/number/{n}")).receive()
                assert (reply.json(), reply.closes) == ({"n": n}, False)

    def test_a_client_of_the_world(self, api):
        for n in range(20):
            assert api.get(f"{ROOT}/number/{n}").json() == {"n": n}
        assert api.post(f"{ROOT}/length", content=b"x" * 300_000).json() == {"length": 300_000}

    def test_the_client_asks_to_close(self, server):
        with server.wire() as line:
            reply = line.send(wire.request("/api/ping", headers=[("Connection", "close")])).receive()
            assert (reply.status, reply.closes) == (200, True)
            assert line.at_end()

    def test_http_1_0_closes(self, server):
        with server.wire() as line:
            reply = line.send(wire.request("/api/ping", version="HTTP/1.0")).receive()
            assert reply.status == 200
            assert line.at_end()

    def test_http_1_0_keeps_alive_when_asked(self, server):
        with server.wire() as line:
            for _ in range(3):
                line.send(wire.request("/api/ping", version="HTTP/1.0", headers=[("Connection", "keep-alive")]))
                assert line.receive().status == 200

    def test_date_and_no_boasting(self, server):
        reply = server.ask("/api/ping")
        assert reply.header("date").endswith(" GMT")
        assert "hyper" not in (reply.header("server") or "").lower()

    @pytest.mark.parametrize("route", ["number", "number-sync"])
    def test_pipelined_requests_are_answered_in_order(self, server, route):
        with server.wire() as line:
            line.send(b"".join(wire.request(f"{ROOT}/{route}/{n}") for n in range(200)))
            assert [line.receive().json()["n"] for _ in range(200)] == list(range(200))

    def test_pipelined_refusals_keep_their_place(self, server):
        targets = [
            f"{ROOT}/number/0",
            "/api/none",
            f"{ROOT}/number-sync/1",
            "/django/hello/",
            f"{ROOT}/number/x",
            "/api/ping",
        ]
        with server.wire() as line:
            line.send(b"".join(map(wire.request, targets)))
            assert [line.receive().status for _ in targets] == [200, 404, 200, 200, 422, 200]

    def test_pipelined_bodies(self, server):
        with server.wire() as line:
            line.send(b"".join(wire.request(f"{ROOT}/length", "POST", body=b"x" * n) for n in range(0, 5000, 500)))
            assert [line.receive().json()["length"] for _ in range(10)] == list(range(0, 5000, 500))

    def test_a_request_in_single_bytes(self, server):
        with server.wire() as line:
            line.send_slowly(wire.request(f"{ROOT}/number/5") + wire.request(f"{ROOT}/number/6"))
            assert [line.receive().json()["n"] for _ in range(2)] == [5, 6]

    def test_a_large_reply_to_a_slow_reader(self, server):
        with server.wire(receive_buffer=4096) as line:
            reply = line.send(wire.request(f"{ROOT}/big?size=3000000")).receive()
            assert len(reply.json()) == 3_000_000

    def test_many_clients(self, server):
        with ThreadPoolExecutor(32) as threads:
            answers = list(threads.map(lambda n: server.json(f"{ROOT}/number/{n}"), range(320)))
        assert answers == [{"n": n} for n in range(320)]

    def test_a_crowd_that_comes_while_the_loop_is_busy(self, server):
        """More than one turn of the reactor takes in, and nobody behind them to wake it again."""
        with server.wire() as busy:
            busy.send(wire.request("/api/watchdog/async"))
            crowd = [server.wire().send(wire.request(f"/api/request/describe/{n}")) for n in range(300)]
            assert [line.receive().json()["path"].split("/")[-1] for line in crowd] == [str(n) for n in range(300)]
            assert busy.receive().status == 200

    def test_empty_lines_before_a_request_are_no_request(self, server):
        with server.wire() as line:
            assert line.send(b"\r\n" + wire.request("/api/ping")).receive().status == 200


class TestUnreadBodies:
    """What a refused or uninterested operation leaves unread is swallowed or cut off; it never becomes a request."""

    @pytest.mark.parametrize("size", [1, 100, 5_000])
    @pytest.mark.parametrize(
        ("target", "status"),
        [
            ("/api/none", 404),
            ("/api/ping", 405),
            ("/api/routing/static/", 308),
            ("/api/body/none", 200),
            ("/api/body/mixed/x", 405),
            ("/api/body/struct", 415),
            ("/api/problems/raise/inline/Exception", 405),
        ],
    )
    @pytest.mark.parametrize("coding", ["length", "chunks"])
    def test_of_any_size(self, server, target, status, size, coding):
        body = wire.request(f"{ROOT}/marker") * size
        if coding == "length":
            data = wire.request(target, "POST", body=body)
        else:
            data = wire.request(target, "POST", headers=[("Transfer-Encoding", "chunked")]) + wire.chunked(body, body)
        with server.wire() as line:
            try:
                line.send(data + wire.request("/api/ping", headers=[("Connection", "close")]))
            except (ConnectionResetError, BrokenPipeError):
                assert size > 1000
            replies = line.rest()
        assert [reply.status for reply in replies] in ([status], [status, 200])
        assert server.json(f"{ROOT}/told/marker") == []


class TestExpect:
    HEAD = wire.request(f"{ROOT}/length", "POST", headers=[("Expect", "100-continue"), ("Content-Length", "5")])

    def test_100_continue(self, server):
        with server.wire() as line:
            assert line.send(self.HEAD).receive(interim=True).status == 100
            assert line.send(b"12345").receive().json() == {"length": 5}

    @pytest.mark.parametrize(
        ("target", "length", "status"),
        [
            ("/api/none", 5, 404),
            ("/api/body/raw", 99_999_999, 413),
            ("/api/body/struct", 5, 415),
            (f"{ROOT}/marker", 5, 405),
        ],
    )
    def test_a_refused_body_is_not_asked_for(self, server, target, length, status):
        headers = [("Expect", "100-continue"), ("Content-Length", str(length))]
        with server.wire() as line:
            assert line.send(wire.request(target, "POST", headers=headers)).receive(interim=True).status == status

    def test_any_other_expectation(self, server):
        reply = server.ask("/api/ping", headers=[("Expect", "200-ok")])
        assert (reply.status, reply.json()["code"]) == (417, "expectation_failed")


class TestBounds:
    def test_connections(self, shared):
        """Those beyond the cap wait until another leaves."""
        server = shared(settings={"ULTRAFOX": {"LIMITS": {"CONNECTIONS": 4}}})
        lines = [server.wire() for _ in range(4)]
        for line in lines:
            assert line.send(wire.request("/api/ping")).receive().status == 200
        with server.wire() as late:
            late.send(wire.request("/api/ping"))
            assert not late.readable(0.3)
            lines.pop().close()
            assert late.receive().status == 200
        for line in lines:
            assert line.send(wire.request("/api/ping")).receive().status == 200
            line.close()

    def test_requests_in_flight(self, shared):
        server = shared(settings={"ULTRAFOX": {"LIMITS": {"IN_FLIGHT": 3}}})
        key = uuid.uuid4().hex
        lines = [server.wire().send(wire.request(f"{ROOT}/hold/{key}")) for _ in range(2)]
        until(lambda: server.json(f"{ROOT}/told/{key}") == ["running"] * 2)
        lines.append(server.wire().send(wire.request(f"{ROOT}/hold/{key}")))
        reply = until(lambda: (shed := server.ask("/api/ping")).status == 503 and shed)
        assert reply.json()["code"] == "overloaded"
        assert int(reply.header("retry-after")) >= 1
        lines[2].reset()
        until(lambda: server.ask("/api/ping").status == 200)
        server.json(f"{ROOT}/open/{key}")
        assert [line.receive().json() for line in lines[:2]] == ["held"] * 2

    def test_requests_of_one_connection(self, server):
        with server.wire() as line:
            line.send(b"".join(wire.request(f"{ROOT}/number-sync/{n}") for n in range(1001)))
            replies = line.rest()
        assert [reply.json()["n"] for reply in replies] == list(range(1000))
        assert [reply.closes for reply in replies] == [False] * 999 + [True]


class TestFaults:
    """Whatever a client does, the same process serves on."""

    @pytest.mark.parametrize(
        "data",
        [
            b"\x00" * 100,
            b"\xff" * 5000,
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"GET",
            b"\r\n" * 1000,
        ],
    )
    def test_garbage(self, server, data):
        with server.wire() as line:
            line.send(data).half_close()
            replies = line.rest()
        assert [reply.status for reply in replies] in ([], [400], [505])
        server.alive()

    @pytest.mark.parametrize("size", [1, 10, 40, 60, 80])
    def test_leaving_within_a_request(self, server, size):
        data = wire.request(f"{ROOT}/length", "POST", body=b"x" * 20)
        for leave in (wire.Wire.reset, wire.Wire.close):
            for _ in range(10):
                leave(server.wire().send(data[:size]))
        server.alive()

    def test_leaving_within_a_chunked_body(self, server):
        head = wire.request(f"{ROOT}/length", "POST", headers=[("Transfer-Encoding", "chunked")])
        for data in (b"5\r\nab", b"5\r\nabcde", b"5\r\nabcde\r\n", b""):
            server.wire().send(head + data).reset()
            server.wire().send(head + data).close()
        server.alive()

    def test_a_body_that_ends_early_is_no_request(self, server):
        with server.wire() as line:
            line.send(
                wire.request(f"{ROOT}/length", "POST", headers=[("Content-Length", "10")]) + b"12345"
            ).half_close()
            assert [reply.status for reply in line.rest()] in ([], [400])
        server.alive()

    def test_a_burst_of_resets(self, server):
        for _ in range(200):
            server.wire().send(wire.request("/api/ping")).reset()
        server.alive()


class TestEnd:
    @pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
    @pytest.mark.parametrize("route", ["hold", "hold-sync"])
    def test_requests_in_flight_are_finished(self, serve, by, route):
        server = serve()
        line = server.wire().send(wire.request(f"{ROOT}/{route}/end"))
        until(lambda: server.json(f"{ROOT}/told/end") == ["running"])
        server.json(f"{ROOT}/opens/end")
        server.process.send_signal(by)
        reply = line.receive()
        assert (reply.status, reply.json()) == (200, "held")
        assert line.at_end()
        server.stop()
        assert server.records()[-1]["target"] == f"{ROOT}/{route}/end"

    def test_idle_connections_do_not_delay_it(self, serve):
        server = serve()
        idle = [server.wire() for _ in range(5)]
        used = server.wire()
        assert used.send(wire.request("/api/ping")).receive().status == 200
        server.stop()
        assert all(line.at_end() for line in [*idle, used])

    def test_no_new_connections(self, serve):
        server = serve()
        line = server.wire().send(wire.request(f"{ROOT}/hold/end"))
        until(lambda: server.json(f"{ROOT}/told/end") == ["running"])
        server.process.send_signal(signal.SIGTERM)

        until(lambda: not accepts(server), what="the listener's end")
        line.reset()
        server.stop()

    def test_the_drain_has_an_end(self, serve):
        """What is not done by then is cut off; the process still ends as it was told to."""
        server = serve(options=["--drain", "0.5"])
        lines = [server.wire().send(wire.request(f"{ROOT}/{route}/end")) for route in ("hold", "hold-sync")]
        until(lambda: server.json(f"{ROOT}/told/end") == ["running"] * 2)
        server.stop()
        for line in lines:
            with pytest.raises(wire.Closed):
                line.receive()

    def test_a_task_that_swallows_its_cancellation(self, serve):
        server = serve(options=["--drain", "0.3"])
        line = server.wire().send(wire.request(f"{ROOT}/stubborn"))
        until(lambda: server.json(f"{ROOT}/told/end") == ["running"])
        server.stop()
        assert line.at_end()

    def test_a_handler_that_blocks_the_loop(self, serve):
        """It cannot be ended well, but it ends, and says why."""
        server = serve(options=["--drain", "0.3"])
        line = server.wire().send(wire.request(f"{ROOT}/block"))
        until(lambda: server.json(f"{ROOT}/told/end") == ["running"])
        server.stderr.wait(lambda said: "server.py" in said and "block" in said)
        server.process.send_signal(signal.SIGTERM)
        assert server.exit() == 1
        assert "blocks the event loop" in server.stderr.lines[-1]
        assert line.at_end()

    def test_a_second_signal_ends_it_at_once(self, serve):
        server = serve()
        line = server.wire().send(wire.request(f"{ROOT}/hold/end"))
        until(lambda: server.json(f"{ROOT}/told/end") == ["running"])
        server.process.send_signal(signal.SIGINT)
        until(lambda: not accepts(server), what="the listener's end")
        server.stop(signal.SIGINT)
        with pytest.raises(wire.Closed):
            line.receive()

    def test_the_port_is_free_again(self, serve):
        server = serve()
        server.json("/api/ping")
        server.stop()
        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            again.bind(("127.0.0.1", server.port))

    def test_a_taken_port_is_said(self, server, refused):
        said = refused(options=["--port", str(server.port)])
        assert str(server.port) in said
        assert "Traceback" not in said
