"""Handlers whose answers are attacked, or attack."""

from __future__ import annotations

import asyncio
import time

from ultrafox import Router, StreamingResponse
from ultrafox.params import Depends

router = Router()
told: list[str] = []


@router.get("/told")
async def what_was_told():
    said = list(told)
    told.clear()
    return said


@router.get("/tasks")
async def tasks():
    return len(asyncio.all_tasks())


@router.get("/stubborn")
async def stubborn():
    async def send():
        try:
            while True:
                try:
                    await asyncio.sleep(0.01)
                except asyncio.CancelledError:
                    told.append("swallowed")
                yield b"x" * 10_000
        finally:
            told.append("ended")

    return StreamingResponse(send(), media_type="application/octet-stream")


@router.get("/background/thread")
async def background_from_a_thread():
    from project.api import api

    await asyncio.to_thread(api.background, told.append, "sync")
    await asyncio.to_thread(api.background, _later)
    return "ok"


async def _later():
    await asyncio.sleep(0)
    told.append("async")


async def _connection():
    told.append("opened")
    try:
        yield
    except BaseException as error:
        told.append(type(error).__name__)
        raise
    finally:
        told.append("closed")


@router.get("/mixed")
def mixed(count: int = 1000, connection=Depends(_connection)):
    def send():
        try:
            for number in range(count):
                time.sleep(0.01)
                yield f"{number}\n"
        finally:
            told.append("ended")

    return StreamingResponse(send(), media_type="text/plain")
