"""Eighteen things a coroutine may expect of the loop that runs it; each answers {"ok": ...}."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time

import anyio
import anyio.to_thread
from asgiref.sync import sync_to_async

from ultrafox import Router

router = Router()
variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")


@router.get("/loop")
async def loop(request):
    return {
        "module": type(asyncio.get_running_loop()).__module__,
        "main": threading.current_thread() is threading.main_thread(),
    }


async def current_task():
    return asyncio.current_task() is not None


async def current_task_is_one():
    before = asyncio.current_task()
    await asyncio.sleep(0)
    return before is not None and before is asyncio.current_task()


async def timeout_unused():
    async with asyncio.timeout(30):
        return "inside"


async def timeout_fires():
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(30)
    except TimeoutError:
        return "TimeoutError"


async def timeout_after_suspension():
    await asyncio.sleep(0)
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(30)
    except TimeoutError:
        return "TimeoutError"


async def timeout_wait_for():
    try:
        await asyncio.wait_for(asyncio.sleep(30), 0.01)
    except TimeoutError:
        return "TimeoutError"


async def task_group():
    async with asyncio.TaskGroup() as group:
        first = group.create_task(asyncio.sleep(0.001, "first"))
        second = group.create_task(asyncio.sleep(0, "second"))
    return [first.result(), second.result()]


async def gather():
    return await asyncio.gather(asyncio.sleep(0, 1), asyncio.sleep(0.001, 2))


async def context_is_fresh():
    """Asked twice: what the first request sets must not be there for the second."""
    before = variable.get()
    variable.set("leaked")
    return before


async def context_across_await():
    variable.set("mine")
    await asyncio.sleep(0.001)
    return variable.get()


async def context_in_child_task():
    variable.set("parent")
    return await asyncio.create_task(context_across_child())


async def context_across_child():
    return variable.get()


async def anyio_fail_after():
    try:
        with anyio.fail_after(0.01):
            await anyio.sleep(30)
    except TimeoutError:
        return "TimeoutError"


async def anyio_task_group():
    done = []

    async def child(value):
        await anyio.sleep(0.001)
        done.append(value)

    async with anyio.create_task_group() as group:
        group.start_soon(child, 1)
        group.start_soon(child, 2)
    return sorted(done)


async def anyio_to_thread():
    return await anyio.to_thread.run_sync(lambda: threading.current_thread() is not threading.main_thread())


async def asgiref_sync_to_async():
    return await sync_to_async(lambda: threading.current_thread() is not threading.main_thread())()


async def context_isolated():
    """Asked by several at once: each sees its own value after the suspension."""
    mine = str(id(asyncio.current_task()))
    variable.set(mine)
    await asyncio.sleep(0.02)
    return variable.get() == mine


async def timer():
    started = time.monotonic()
    await asyncio.sleep(0.05)
    return 0.045 < time.monotonic() - started < 5


spawned: list[str] = []


async def create_task():
    """The task that was made is not lost when its maker is done at once."""

    async def child():
        spawned.append("ran")

    spawned.clear()
    asyncio.get_running_loop().create_task(child())
    return "made"


async def cancel_and_uncancel():
    task = asyncio.current_task()
    task.cancel()
    try:
        await asyncio.sleep(30)
    except asyncio.CancelledError:
        return [task.cancelling(), task.uncancel()]


PROBES = [
    current_task,
    current_task_is_one,
    timeout_unused,
    timeout_fires,
    timeout_after_suspension,
    timeout_wait_for,
    task_group,
    gather,
    context_is_fresh,
    context_across_await,
    context_in_child_task,
    anyio_fail_after,
    anyio_task_group,
    anyio_to_thread,
    asgiref_sync_to_async,
    context_isolated,
    timer,
    create_task,
    cancel_and_uncancel,
]


def as_handler(probe):
    async def handler(request):
        return {"ok": await probe()}

    return handler


for one in PROBES:
    router.get(f"/probes/{one.__name__}")(as_handler(one))


@router.get("/spawned")
async def was_spawned(request):
    return spawned
