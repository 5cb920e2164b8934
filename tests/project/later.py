"""Work after the reply, and what an API sets up before its first request."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import asynccontextmanager

from django.contrib.auth.models import User
from django.db import connection

from project import gates
from ultrafox import API

said: list[str] = []


@asynccontextmanager
async def lifespan(api):
    said.append("enter")
    await asyncio.sleep(0.05)
    api.state["resource"] = "open"
    api.state["loop"] = id(asyncio.get_running_loop())
    yield {"given": 7}
    await asyncio.sleep(0.05)
    print("left the lifespan", flush=True)


api = API(lifespan=lifespan)


async def second_lifespan(api):
    said.append("second")
    yield
    print("left the second", flush=True)


other = API(prefix="/other", lifespan=second_lifespan)


@other.get("/said")
def of_other():
    return said


@api.get("/state")
async def state():
    same = api.state["loop"] == id(asyncio.get_running_loop())
    return {"resource": api.state["resource"], "given": api.state["given"], "same_loop": same, "said": said}


def work(name, pause=0.0, **more):
    time.sleep(pause)
    gates.told[name].append(f"worked on {threading.current_thread() is threading.main_thread()} {sorted(more)}")


async def work_async(name, pause=0.0):
    await asyncio.sleep(pause)
    gates.told[name].append("worked")


def broken(name):
    gates.told[name].append("broken")
    raise RuntimeError("work fails on purpose")


async def broken_async(name):
    gates.told[name].append("broken")
    raise RuntimeError("work fails on purpose")


def count(name):
    gates.told[name].append(str(User.objects.count()))
    gates.told[name].append(str(connection.in_atomic_block))


async def count_async(name):
    gates.told[name].append(str(await User.objects.acount()))


FUNCTIONS = {
    "work": work, "work-async": work_async, "broken": broken, "broken-async": broken_async, "count": count,
    "count-async": count_async,
}  # fmt: skip


@api.get("/sync/{function}/{name}")
def start(function: str, name: str):
    api.background(FUNCTIONS[function], name)
    return "started"


@api.get("/async/{function}/{name}")
async def start_async(function: str, name: str):
    api.background(FUNCTIONS[function], name)
    return "started"


@api.get("/inline/{function}/{name}", inline=True)
def start_inline(function: str, name: str):
    api.background(FUNCTIONS[function], name)
    return "started"


@api.get("/slow/{name}")
async def slow(name: str):
    api.background(work_async, name, pause=0.5)
    return "started"


@api.get("/slow-sync/{name}")
def slow_sync(name: str):
    api.background(work, name, pause=0.5, key="word")
    return "started"


@api.get("/failing/{name}")
def failing(name: str):
    api.background(work, name)
    raise RuntimeError("a handler fails on purpose")


@api.get("/many/{name}")
async def many(name: str):
    for _ in range(3000):
        api.background(work_async, name, pause=0.2)
    return "started"


@api.get("/told/{name}")
def told(name: str):
    return gates.told[name]
