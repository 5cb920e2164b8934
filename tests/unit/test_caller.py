from __future__ import annotations

import asyncio
import contextvars
import os
import subprocess
import sys
import threading

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection, transaction

from project.library.models import Author
from ultrafox import caller

word = contextvars.ContextVar("word", default="none")


async def thread():
    await asyncio.sleep(0)
    return threading.current_thread()


def test_values_come_back():
    async def add(a, b):
        await asyncio.sleep(0.001)
        return a + b

    assert caller.run(add(1, 2)) == 3


@pytest.mark.parametrize("error", [ValueError("on purpose"), SystemExit(3), KeyboardInterrupt(), StopIteration(1)])
def test_errors_come_back_and_the_loop_goes_on(error):
    async def fail():
        raise error

    value, raised = caller.outcome(fail())
    assert value is None
    assert raised is error or isinstance(raised, RuntimeError)
    assert caller.run(thread()).name == "ultrafox-caller"


def test_an_error_is_raised_with_where_it_came_from():
    async def fail():
        raise LookupError("on purpose")

    with pytest.raises(LookupError, match="on purpose") as caught:
        caller.run(fail())
    assert any(entry.name == "fail" for entry in caught.traceback)


def test_one_loop_for_all_calls():
    async def loop():
        return asyncio.get_running_loop()

    assert caller.run(loop()) is caller.run(loop())


def test_it_is_a_task_with_all_that_belongs_to_one():
    async def probe():
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            inner = group.create_task(thread())
        return asyncio.current_task() is not None, (await inner).name

    assert caller.run(probe()) == (True, "ultrafox-caller")


def test_thread_sensitive_calls_run_on_the_calling_thread():
    async def where():
        first = await sync_to_async(threading.current_thread)()
        async with asyncio.TaskGroup() as group:
            second = group.create_task(sync_to_async(threading.current_thread)())
        return first, second.result()

    here = threading.current_thread()
    assert caller.run(where()) == (here, here)


def test_the_transaction_of_the_caller_is_seen(database):
    with transaction.atomic():
        Author.objects.create(name="Ada")

        async def names():
            return [author.name async for author in Author.objects.all()]

        assert caller.run(names()) == ["Ada"]
        assert connection.in_atomic_block


def test_context_variables_are_seen_and_stay_as_they_were():
    async def change():
        before = word.get()
        word.set("inside")
        return before

    token = word.set("outside")
    try:
        assert caller.run(change()) == "outside"
        assert word.get() == "outside"
    finally:
        word.reset(token)


def test_nested_sync_and_async_end():
    async def innermost():
        return await sync_to_async(threading.current_thread)()

    def middle():
        return caller.run(innermost()), async_to_sync(innermost)()

    async def outer():
        return await sync_to_async(middle)()

    here = threading.current_thread()
    assert caller.run(outer()) == (here, here)
    assert async_to_sync(outer)() == (here, here)


def test_many_threads_at_once():
    async def where():
        await asyncio.sleep(0.001)
        return await sync_to_async(threading.current_thread)()

    wrong = []

    def work():
        for _ in range(50):
            if caller.run(where()) is not threading.current_thread():
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert not wrong and not any(one.is_alive() for one in threads)


def test_a_task_that_is_left_behind_has_another_thread():
    found = []
    done = threading.Event()

    async def later(gate):
        await gate.wait()
        found.append(await sync_to_async(threading.current_thread)())
        done.set()

    async def start():
        gate = asyncio.Event()
        task = asyncio.create_task(later(gate))
        asyncio.get_running_loop().call_later(0.02, gate.set)
        return task

    task = caller.run(start())
    assert done.wait(5), task
    assert found[0] is not threading.current_thread()


def test_a_thread_with_a_loop_is_refused():
    async def main():
        coroutine = thread()
        with pytest.raises(RuntimeError, match="use AsyncTestClient"):
            caller.run(coroutine)

    asyncio.run(main())


def test_an_interrupted_caller_cancels():
    seen = []

    async def wait():
        try:
            await sync_to_async(interrupt)()
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    def interrupt():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        caller.run(wait())
    assert caller.run(thread()).name == "ultrafox-caller"
    assert seen in ([], ["cancelled"])


def test_a_signal_cancels():
    code = """
import asyncio, os, signal, threading
from ultrafox import caller
seen = []
async def wait():
    try:
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        await asyncio.sleep(30)
    except asyncio.CancelledError:
        seen.append("cancelled")
        raise
try:
    caller.run(wait())
except KeyboardInterrupt:
    print("interrupted", seen)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20)
    assert (done.stdout, done.stderr) == ("interrupted ['cancelled']\n", "")


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
def test_a_forked_child_makes_its_own_loop():
    caller.run(thread())
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, caller.run(thread()).name.encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    assert os.read(reading, 100) == b"ultrafox-caller"
    os.close(reading)
