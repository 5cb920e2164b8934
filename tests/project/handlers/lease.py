"""Async handlers that use the database in less usual ways."""

from __future__ import annotations

import asyncio
import threading

from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection, transaction

from project import gates
from project.library.models import Author, Book
from ultrafox import Router

router = Router()
background: set[asyncio.Task] = set()


def here() -> int:
    return threading.get_ident()


async def begin(name: str) -> transaction.Atomic:
    atomic = transaction.atomic()
    await sync_to_async(atomic.__enter__)()
    await Author.objects.acreate(name=name, email="x@example.com")
    return atomic


@router.get("/abandon/{name}")
async def abandon(name: str):
    """Fails with its transaction open."""
    await begin(name)
    raise RuntimeError("abandoned on purpose")


@router.get("/leave/{name}")
async def leave(name: str):
    """Is left by its client with its transaction open."""
    await begin(name)
    gates.told[name].append("waiting")
    await asyncio.sleep(60)


@router.get("/known/{name}")
async def known(name: str):
    def look():
        return {"known": Author.objects.filter(name=name).count(), "atomic": connection.in_atomic_block}

    return await sync_to_async(look)()


@router.get("/gather")
async def gather():
    return await asyncio.gather(*[Book.objects.acount() for _ in range(10)])


@router.get("/gather-atomic/{name}")
async def gather_atomic(name: str):
    """Child tasks see the transaction of their parent."""
    atomic = await begin(name)
    threads = await asyncio.gather(*[sync_to_async(here)() for _ in range(5)])
    seen = await asyncio.gather(*[Author.objects.filter(name=name).acount() for _ in range(5)])
    await sync_to_async(transaction.set_rollback)(True)
    await sync_to_async(atomic.__exit__)(None, None, None)
    return {"threads": len(set(threads)), "seen": seen}


@router.get("/nested")
async def nested():
    """From the loop to a thread, back to a coroutine, and to a thread again."""

    async def inner():
        return await Book.objects.acount()

    return await sync_to_async(async_to_sync(inner))()


@router.get("/from-sync")
def from_sync():
    async def inner():
        return await Book.objects.acount() + await sync_to_async(Book.objects.count)()

    return async_to_sync(inner)()


@router.get("/afterwards/{name}")
async def afterwards(name: str):
    """Goes on with the database when its request has long been answered."""
    count = await Book.objects.acount()

    async def later():
        await asyncio.wait_for(gates.async_gate(name).wait(), 20)
        gates.told[name].append(str(await Book.objects.acount()))

    task = asyncio.create_task(later())
    background.add(task)
    task.add_done_callback(background.discard)
    return count


@router.get("/failing")
async def failing():
    def fail():
        raise ValueError("in a thread, on purpose")

    try:
        await sync_to_async(fail)()
    except ValueError as error:
        return str(error)
