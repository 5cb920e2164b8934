from __future__ import annotations

import asyncio

from project import gates
from ultrafox import Router

router = Router()


@router.get("/wait/{name}")
async def wait(name: str):
    gates.told[name].append("running")
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        gates.told[name].append("cancelled")
        raise
    finally:
        gates.told[name].append("finally")


@router.get("/stubborn/{name}")
async def stubborn(name: str):
    """Swallows its cancellation and answers nobody."""
    gates.told[name].append("running")
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        gates.told[name].append("cancelled")
    return "unheard"


@router.get("/shielded/{name}")
async def shielded(name: str):
    """What it shields goes on when it is cancelled."""

    async def work():
        gates.told[name].append("running")
        await asyncio.wait_for(gates.async_gate(name).wait(), 20)
        gates.told[name].append("worked")

    await asyncio.shield(asyncio.ensure_future(work()))


@router.get("/quick")
async def quick():
    await asyncio.sleep(0.1)
    return "quick"


@router.get("/sync/{name}")
def in_pool(name: str):
    gates.told[name].append("running")
    gates.gate(name).wait(20)
    gates.told[name].append("finished")


@router.get("/told/{name}", inline=True)
def told(name: str):
    return gates.told[name]


@router.get("/open/{name}")
async def open_gate(name: str):
    gates.open_all(name)
    return "open"
