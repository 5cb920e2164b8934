from __future__ import annotations

import asyncio
import time

from ultrafox import Router

router = Router()


@router.get("/async")
async def blocking_async():
    time.sleep(0.4)  # line: blocks the loop in a coroutine
    return "late"


@router.get("/resumed")
async def blocking_resumed():
    await asyncio.sleep(0)
    time.sleep(0.4)  # line: blocks the loop after a suspension
    return "late"


@router.get("/inline", inline=True)
def blocking_inline():
    time.sleep(0.4)  # line: blocks the loop inline
    return "late"


@router.get("/pool")
def sleeping_in_pool():
    time.sleep(0.4)
    return "late"


@router.get("/waiting")
async def waiting():
    await asyncio.sleep(0.4)
    return "late"


@router.get("/greedy")
def keeping_the_interpreter():
    """No other thread gets a turn within one C call: the loop is held up, but by nobody on it."""
    sum(range(40_000_000))
    return "late"
