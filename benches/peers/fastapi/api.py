import asyncio
import time

import payload
from fastapi import FastAPI
from models import Order

app = FastAPI()


@app.get("/json")
async def hello() -> dict[str, str]:
    return payload.hello()


@app.get("/json-sync")
def hello_sync() -> dict[str, str]:
    return payload.hello()


@app.get("/json-await")
async def hello_await() -> dict[str, str]:
    await asyncio.sleep(0)
    return payload.hello()


@app.get("/items/{id}")
async def item(id: int, q: str, limit: int = 10) -> dict[str, int | str]:
    return {"id": id, "q": q, "limit": limit}


@app.post("/orders")
async def order(order: Order) -> Order:
    return order


@app.get("/big")
async def big() -> list[dict[str, object]]:
    return payload.big()


@app.get("/slow")
def slow() -> dict[str, str]:
    time.sleep(0.005)
    return payload.hello()
