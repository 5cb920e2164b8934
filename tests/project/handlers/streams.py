"""Replies that are made while they are sent."""

from __future__ import annotations

import asyncio
import time

from project import gates
from ultrafox import Router
from ultrafox.responses import EventSourceResponse, ServerSentEvent, StreamingResponse

router = Router()
PIECE = b"x" * 65536


@router.get("/sync/{count}")
def counted_sync(count: int):
    return StreamingResponse((f"{i}\n" for i in range(count)), media_type="text/plain")


@router.get("/async/{count}")
async def counted(count: int):
    async def generate():
        for i in range(count):
            await asyncio.sleep(0)
            yield f"{i}\n".encode()

    return StreamingResponse(generate(), media_type="text/plain", status_code=202, headers={"X-Stream": "1"})


@router.get("/mixed")
async def sync_of_async():
    """A plain generator of an async handler: it may block, so it may not run on the loop."""

    def generate():
        for i in range(3):
            time.sleep(0.05)
            yield f"{i}\n"

    return StreamingResponse(generate(), media_type="text/plain")


@router.get("/sync/endless/{name}")
def endless_sync(name: str):
    def generate():
        try:
            while True:
                gates.told[name].append("piece")
                yield PIECE
        finally:
            gates.told[name].append("finally")

    return StreamingResponse(generate(), media_type="application/octet-stream")


@router.get("/async/endless/{name}")
async def endless(name: str):
    async def generate():
        try:
            while True:
                gates.told[name].append("piece")
                yield PIECE
                await asyncio.sleep(0)
        finally:
            gates.told[name].append("finally")

    return StreamingResponse(generate(), media_type="application/octet-stream")


@router.get("/sync/waiting/{name}")
def waiting_sync(name: str):
    def generate():
        try:
            while True:
                yield "tick\n"
                time.sleep(0.05)
        finally:
            gates.told[name].append("finally")

    return StreamingResponse(generate(), media_type="text/plain")


@router.get("/async/waiting/{name}")
async def waiting(name: str):
    async def generate():
        try:
            yield "tick\n"
            await asyncio.sleep(60)
        finally:
            gates.told[name].append("finally")

    return StreamingResponse(generate(), media_type="text/plain")


@router.get("/sync/broken/{after}")
def broken_sync(after: int):
    def generate():
        for _ in range(after):
            yield "piece\n"
        raise RuntimeError("a stream fails on purpose")

    return StreamingResponse(generate(), media_type="text/plain")


@router.get("/async/broken/{after}")
async def broken(after: int):
    async def generate():
        for _ in range(after):
            yield "piece\n"
            await asyncio.sleep(0)
        raise RuntimeError("a stream fails on purpose")

    return StreamingResponse(generate(), media_type="text/plain")


@router.get("/sync/wrong")
def wrong_sync():
    return StreamingResponse(iter(["piece\n", 5]), media_type="text/plain")


@router.get("/async/wrong")
async def wrong():
    async def generate():
        yield "piece\n"
        yield 5

    return StreamingResponse(generate(), media_type="text/plain")


@router.get("/sync/paced")
def paced_sync():
    def generate():
        for i in range(5):
            yield f"data: {i}\n\n"
            time.sleep(0.15)

    return StreamingResponse(generate(), media_type="text/event-stream")


@router.get("/async/paced")
async def paced():
    async def generate():
        for i in range(5):
            yield f"data: {i}\n\n"
            await asyncio.sleep(0.15)

    return StreamingResponse(generate(), media_type="text/event-stream")


@router.get("/async/events")
async def events():
    async def generate():
        yield {"a": 1}
        yield "two\nlines"
        yield ServerSentEvent(data="x", event="named", id="7", retry=1500)
        yield ServerSentEvent(comment="only a comment")

    return EventSourceResponse(generate())


@router.get("/sync/events")
def events_sync():
    def generate():
        yield {"a": 1}
        yield "two\nlines"
        yield ServerSentEvent(data="x", event="named", id="7", retry=1500)
        yield ServerSentEvent(comment="only a comment")

    return EventSourceResponse(generate())


@router.get("/told/{name}", inline=True)
def told(name: str):
    return gates.told[name]
