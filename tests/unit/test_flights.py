from __future__ import annotations

import asyncio
import contextlib
import threading
from functools import partial

import pytest
from asgiref.sync import sync_to_async

from fake_door import FakeDoor
from ultrafox import afterwards
from ultrafox.flights import APieces, Pieces, aend, afly, end, fly

ASKED = {"method": "GET", "headers": [], "body": None, "base": 0}


def flown(handler):
    flight = FakeDoor(x=handler).open(target="/x", **ASKED)
    fly(flight)
    return flight


async def aflown(handler):
    flight = FakeDoor(x=handler).open(target="/x", **ASKED)
    await afly(flight)
    return flight


def sync(flight):
    return 200, [], threading.current_thread().name.encode()


async def on_loop(flight):
    await asyncio.sleep(0)
    return 200, [], threading.current_thread().name.encode()


async def for_the_database(flight):
    return "wants the database"


async def failing(flight):
    raise LookupError("on purpose")


async def ending(flight):
    raise SystemExit(3)


async def cancelling(flight):
    raise asyncio.CancelledError


def test_on_a_thread():
    assert flown(sync).body == b"MainThread"
    assert flown(on_loop).body == b"ultrafox-caller"
    assert flown(for_the_database).body == b"finished"


@pytest.mark.parametrize("handler", [failing, ending, cancelling])
def test_what_a_handler_raises_is_refused(handler):
    assert flown(handler).status == 500
    assert asyncio.run(aflown(handler)).status == 500


def test_on_a_loop():
    assert asyncio.run(aflown(on_loop)).body == b"MainThread"
    assert asyncio.run(aflown(sync)).body != b"MainThread"
    assert asyncio.run(aflown(for_the_database)).body == b"finished"


@pytest.mark.parametrize("long", [False, True])
def test_a_long_body_is_not_read_by_the_loop(long):
    threads = []

    def read(size):
        threads.append(threading.current_thread() is threading.main_thread())
        return b""

    async def main():
        flight = FakeDoor(x=sync).open(target="/x", **{**ASKED, "body": read})
        await afly(flight, long=long)
        assert flight.status == 200

    asyncio.run(main())
    assert threads == [not long]


def test_a_cancelled_task_ends():
    async def slow(flight):
        await asyncio.sleep(30)

    async def main():
        flight = FakeDoor(x=slow).open(target="/x", **ASKED)
        task = asyncio.create_task(afly(flight))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert isinstance(flight.fault, asyncio.CancelledError)

    asyncio.run(main())


async def counted(*words):
    for word in words:
        await asyncio.sleep(0)
        yield word


async def broken():
    yield b"one"
    raise LookupError("on purpose")


def test_streams_on_a_thread():
    assert list(Pieces(flown(lambda _: (200, [], iter([b"a", b"b"]))))) == [b"a", b"b"]
    assert list(Pieces(flown(lambda _: (200, [], counted(b"a", b"b"))))) == [b"a", b"b"]


def test_streams_on_a_loop():
    async def read(stream):
        return [piece async for piece in APieces(await aflown(lambda _: (200, [], stream)))]

    assert asyncio.run(read(counted(b"a", b"b"))) == [b"a", b"b"]
    assert asyncio.run(read(iter([b"a", b"b"]))) == [b"a", b"b"]


def test_a_sync_stream_does_not_run_on_the_loop():
    def names():
        yield threading.current_thread().name.encode()

    async def read():
        return [piece async for piece in APieces(await aflown(lambda _: (200, [], names())))]

    assert asyncio.run(read()) != [b"MainThread"]


def test_a_stream_that_goes_on_when_it_is_told_to_end_ends():
    async def stubborn():
        while True:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0.01)
            yield b"x"

    async def read():
        async for _ in APieces(await aflown(lambda _: (200, [], stubborn()))):
            pass

    async def main():
        reading = asyncio.ensure_future(read())
        await asyncio.sleep(0.05)
        reading.cancel()
        assert await asyncio.wait([reading], timeout=2) == ({reading}, set())
        assert reading.cancelled()

    asyncio.run(main())


def test_a_broken_stream_breaks():
    pieces = Pieces(flown(lambda _: (200, [], broken())))
    assert next(pieces) == b"one"
    with pytest.raises(ConnectionAbortedError):
        next(pieces)


@pytest.mark.parametrize("how", ["waiting", "for a loop", "on a loop"])
def test_what_comes_afterwards_comes_in_order(how, caplog):
    steps = []

    async def later():
        steps.append("async")

    def handler(flight):
        for call in (partial(steps.append, 1), later, lambda: 1 / 0, partial(steps.append, 2)):
            afterwards.add(afterwards.Task(call))
        return 200, [], b""

    async def on_a_loop(flight):
        if how == "for a loop":
            await sync_to_async(end)(flight, on_loop=True)
        else:
            await aend(flight)

    flight = flown(handler)
    if how == "waiting":
        end(flight)
    else:
        asyncio.run(on_a_loop(flight))
    assert steps == [1, "async", 2]
    assert flight.closed == 1
    assert "failed after the reply" in caplog.text
