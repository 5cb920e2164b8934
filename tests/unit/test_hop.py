"""Work on threads, and tasks that are told to end meanwhile."""

from __future__ import annotations

import asyncio
import threading
import time
from contextvars import ContextVar

import pytest

from ultrafox import hop

word: ContextVar[str] = ContextVar("word", default="none")


def test_what_it_returns_and_raises_and_sets():
    def work(number):
        word.set("set")
        return number + 1

    async def main():
        assert await hop.run(work, 1) == 2
        assert word.get() == "set"
        with pytest.raises(ZeroDivisionError):
            await hop.run(lambda: 1 / 0)

    asyncio.run(main())


@pytest.mark.parametrize("times", [1, 3])
def test_a_cancelled_task_waits_for_its_thread(times):
    begun, told = threading.Event(), []

    def work():
        begun.set()
        time.sleep(0.2)
        told.append("ended")

    async def main():
        task = asyncio.ensure_future(hop.run(work))
        await asyncio.to_thread(begun.wait)
        for _ in range(times):
            task.cancel()
            await asyncio.sleep(0.02)
        assert not task.done() and not told
        with pytest.raises(asyncio.CancelledError):
            await task
        assert told == ["ended"]

    asyncio.run(main())


def test_what_has_not_begun_never_begins():
    release, told = threading.Event(), []

    async def main():
        # `sync_to_async` has one thread here, which is busy.
        first = asyncio.ensure_future(hop.run(release.wait))
        second = asyncio.ensure_future(hop.run(told.append, "begun"))
        await asyncio.sleep(0.05)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(second, 1)
        release.set()
        await first
        await hop.run(told.append, "later")
        assert told == ["later"]

    asyncio.run(main())
