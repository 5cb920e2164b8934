"""Which thread a task's calls run on, with a pool of one thread that takes what it is given."""

from __future__ import annotations

import asyncio
import queue
import threading

import pytest
from asgiref.sync import sync_to_async

from ultrafox import lease
from ultrafox.exceptions import ServiceUnavailable


class OneThread:
    def __init__(self):
        self.jobs = queue.SimpleQueue()
        self.full = False
        threading.Thread(target=self.run, daemon=True).start()

    def submit(self, job):
        if not self.full:
            self.jobs.put(job)
        return not self.full

    def run(self):
        while (job := self.jobs.get()) is not None:
            job()


@pytest.fixture
def pool():
    pool = OneThread()
    yield pool
    pool.jobs.put(None)


def run(pool, main):
    """As the server does: each request is a task in a copy of the context of `install`."""

    async def serve():
        everyone = lease.install(pool)
        outcome = await asyncio.wait_for(asyncio.create_task(main()), 5)
        assert everyone
        return outcome

    return asyncio.run(serve())


def rows(closed):
    try:
        yield 1
        yield 2
    finally:
        closed.append(threading.get_ident())


def test_a_cursor_that_is_left_is_closed_on_its_thread(pool):
    closed, cursor = [], None

    async def request():
        nonlocal cursor
        cursor = rows(closed)
        assert await sync_to_async(next)(cursor) == 1
        return await sync_to_async(threading.get_ident)()

    async def main():
        thread = await asyncio.create_task(request())
        assert await asyncio.create_task(sync_to_async(threading.get_ident)()) == thread
        return thread

    assert [run(pool, main)] == closed


def test_the_tasks_below_use_a_held_thread(pool):
    """Also for what they asked for before it was held: no other thread would ever come."""

    async def child():
        return await sync_to_async(threading.get_ident)()

    async def main():
        await child()
        cursor = rows([])
        children = [asyncio.create_task(child()) for _ in range(3)]
        assert await sync_to_async(next)(cursor) == 1
        children.append(asyncio.create_task(child()))
        return set(await asyncio.gather(*children))

    assert len(run(pool, main)) == 1


def test_a_full_pool_is_an_overload(pool):
    async def main():
        pool.full = True
        with pytest.raises(ServiceUnavailable) as refused:
            await sync_to_async(int)()
        pool.full = False
        return refused.value, await sync_to_async(int)()

    error, value = run(pool, main)
    assert (error.status_code, dict(error.headers), value) == (503, {"Retry-After": "1"}, 0)


def test_what_is_cancelled_before_its_turn_does_not_run(pool):
    ran = []

    async def main():
        gate = threading.Event()
        first = asyncio.create_task(sync_to_async(gate.wait)(5))
        executor = lease.LeaseExecutor(pool)
        await asyncio.sleep(0)
        future = executor.submit(ran.append, 1)
        assert future.cancel()
        gate.set()
        await first
        return await sync_to_async(int)()

    assert run(pool, main) == 0
    assert not ran
