from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
from pathlib import Path

from project import gates
from ultrafox import Router

router = Router()


@router.get("/number/{n}")
async def number(n: int):
    """Even numbers answer later than odd ones: pipelined replies must still keep their order."""
    if n % 2 == 0:
        await asyncio.sleep(0.002)
    return {"n": n}


@router.get("/number-sync/{n}")
def number_sync(n: int):
    return {"n": n}


@router.post("/length")
async def length(request):
    return {"length": len(request.body)}


@router.get("/big")
async def big(size: int):
    return "x" * size


@router.get("/hold/{name}")
async def hold(name: str):
    gates.told[name].append("running")
    await asyncio.wait_for(gates.async_gate(name).wait(), 20)
    return "held"


@router.get("/hold-sync/{name}")
def hold_sync(name: str):
    gates.told[name].append("running")
    gates.gate(name).wait(20)
    return "held"


@router.get("/stubborn")
async def stubborn():
    """Goes on whatever is asked of it."""
    gates.told["end"].append("running")
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            gates.told["end"].append("asked")


@router.get("/block")
async def block():
    gates.told["end"].append("running")
    await asyncio.sleep(0.1)
    time.sleep(60)


@router.get("/told/{name}", inline=True)
def told(name: str):
    return gates.told[name]


@router.get("/open/{name}")
async def open_gate(name: str):
    gates.open_all(name)
    return "open"


@router.get("/opens/{name}", inline=True)
def opens_later(name: str):
    """Opens the gate shortly after this reply, when no connection may come in any more."""
    threading.Timer(0.3, asyncio.get_running_loop().call_soon_threadsafe, [gates.open_all, name]).start()
    return "soon"


@router.get("/marker")
async def marker():
    """What a smuggled request asks for: it must never run."""
    gates.told["marker"].append("ran")
    return "marker-was-answered"


@router.get("/resources", inline=True)
def resources():
    gc.collect()
    return {
        "descriptors": len(os.listdir("/proc/self/fd")),
        "tasks": len(asyncio.all_tasks()),
        "objects": len(gc.get_objects()),
        "threads": threading.active_count(),
        "pages": int(Path("/proc/self/statm").read_text().split()[1]),
    }
