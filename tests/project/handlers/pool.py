from __future__ import annotations

import asyncio
import contextvars
import threading
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection, transaction

from project import gates
from project.library.models import Author, Book
from ultrafox import Router

router = Router()
variable: contextvars.ContextVar[str] = contextvars.ContextVar("pool_variable", default="unset")
local = threading.local()
connections: dict[int, Any] = {}


def here() -> int:
    return threading.get_ident()


def on_main() -> bool:
    return threading.current_thread() is threading.main_thread()


@router.get("/together/{name}")
def together(name: str, parties: int):
    """All of them wait for one another: only parallel threads get through."""
    gates.barrier(name, parties).wait()
    return here()


@router.get("/hold/{name}")
def hold(name: str):
    gates.told[name].append("holding")
    return gates.gate(name).wait(20)


@router.get("/told/{name}", inline=True)
def told(name: str):
    return gates.told[name]


@router.get("/open/{name}", inline=True)
def open_gate(name: str):
    gates.open_all(name)
    return "open"


@router.get("/where")
def where():
    """Who runs this, and which connection it finds."""
    connection.ensure_connection()
    known = connections.setdefault(here(), connection.connection)
    local.calls = getattr(local, "calls", 0) + 1
    return {"thread": here(), "main": on_main(), "same": known is connection.connection, "calls": local.calls}


@router.get("/half-done/{name}")
def half_done(name: str):
    """Leaves its thread with a transaction that nobody ended."""
    transaction.set_autocommit(False)
    Author.objects.create(name=name, email="x@example.com")
    return here()


@router.get("/after/{name}")
def after(name: str):
    connections.pop(here(), None)
    known = Author.objects.filter(name=name).count()
    return {"thread": here(), "autocommit": connection.get_autocommit(), "known": known}


@router.get("/context")
def context(value: str):
    before = variable.get()
    variable.set(value)
    return before


@router.get("/inline-context", inline=True)
def inline_context(value: str):
    return context(value)


@router.get("/loopless")
def loopless():
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return {"books": Book.objects.count(), "main": on_main()}
    return "a loop runs here"


@router.get("/inline-orm", inline=True)
def inline_orm():
    return Book.objects.count()


@router.get("/inline-where", inline=True)
def inline_where():
    return on_main()


@router.get("/async-orm")
async def async_orm():
    return Book.objects.count()


@router.get("/fast")
async def fast():
    return "fast"


# A thread leased for `sync_to_async`.


@router.get("/lease/together/{name}")
async def lease_together(name: str, parties: int):
    await sync_to_async(gates.barrier(name, parties).wait)()
    return "passed"


@router.get("/lease/atomic/{name}")
async def lease_atomic(name: str):
    """Opens a transaction in one call and goes on in others: they must all run on its thread."""
    atomic = transaction.atomic()
    await sync_to_async(atomic.__enter__)()
    threads = {await sync_to_async(here)()}
    await Author.objects.acreate(name=name, email="x@example.com")
    inside = await Author.objects.filter(name=name).acount()
    for _ in range(5):
        await asyncio.sleep(0)
        threads.add(await sync_to_async(here)())
    await sync_to_async(transaction.set_rollback)(True)
    await sync_to_async(atomic.__exit__)(None, None, None)
    return {"threads": len(threads), "inside": inside, "after": await Author.objects.filter(name=name).acount()}


@router.get("/lease/iterate")
async def lease_iterate():
    titles = []
    async for book in Book.objects.order_by("id").aiterator(chunk_size=2):
        titles.append(book.title)
        await asyncio.sleep(0)
    return titles


@router.get("/lease/wait/{name}")
async def lease_wait(name: str):
    """Uses the database, then waits for long without it."""
    count = await Book.objects.acount()
    gates.told[name].append("waiting")
    await asyncio.wait_for(gates.async_gate(name).wait(), 20)
    return count + await Book.objects.acount()


@router.get("/lease/connections")
async def lease_connections():
    """Whether the thread's connection was there before: leases must not make new ones."""

    def look():
        connection.ensure_connection()
        return connections.setdefault(here(), connection.connection) is connection.connection

    return [await sync_to_async(look)() for _ in range(5)]


@router.get("/lease/context")
async def lease_context():
    """What was set before the call is seen in it, and what is set in it is seen after."""
    variable.set("outer")

    def inner():
        seen = variable.get()
        variable.set("inner")
        return seen

    return [await sync_to_async(inner)(), variable.get()]
