import asyncio
import os
import time
from typing import Annotated

import payload
import streams
from person import Person
from structs import Order

from ultrafox import API, EventSourceResponse, FileResponse, Form, StreamingResponse, UploadFile

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


@api.post("/person")
async def person(person: Person) -> Person:
    return person


@api.post("/form")
async def form(
    name: Annotated[str, Form(min_length=1, max_length=100)],
    email: Annotated[str, Form()],
    age: Annotated[int, Form(ge=0, le=150)],
    height: Annotated[float, Form()],
    member: Annotated[bool, Form()],
):
    return {"name": name, "email": email, "age": age, "height": height, "member": member}


@api.get("/events")
async def events():
    return EventSourceResponse(streams.aevents())


@api.get("/events-await")
async def events_await():
    return EventSourceResponse(streams.awaited_events())


@api.get("/events-sync")
def events_sync():
    return EventSourceResponse(streams.events())


@api.get("/lines")
async def lines():
    return StreamingResponse(streams.alines(), media_type="text/plain")


@api.get("/lines-sync")
def lines_sync():
    return StreamingResponse(streams.lines(), media_type="text/plain")


@api.post("/upload", max_body=200_000_000)
def upload(file: UploadFile):
    return {"size": sum(map(len, file.chunks()))}


@api.get("/download")
def download():
    return FileResponse(os.environ["BENCH_FILE"])
