import asyncio
import time

import payload
from structs import Order

from ultrafox import API

api = API(title="bench")


@api.get("/json")
async def hello():
    return payload.hello()


@api.get("/json-sync")
def hello_sync():
    return payload.hello()


@api.get("/json-inline", inline=True)
def hello_inline():
    return payload.hello()


@api.get("/json-await")
async def hello_await():
    await asyncio.sleep(0)
    return payload.hello()


@api.get("/items/{id}")
async def item(id: int, q: str, limit: int = 10):
    return {"id": id, "q": q, "limit": limit}


@api.post("/orders")
async def order(order: Order) -> Order:
    return order


@api.get("/big")
async def big():
    return payload.big()


@api.get("/slow")
def slow():
    time.sleep(0.005)
    return payload.hello()
