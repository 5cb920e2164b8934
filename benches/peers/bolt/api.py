import asyncio
import os
import time
from typing import Annotated

import payload
import streams
from django_bolt import BoltAPI, StreamingResponse, UploadFile
from django_bolt.logging import LoggingConfig
from django_bolt.params import File, Form
from django_bolt.responses import EventSourceResponse, FileResponse
from msgspec import Meta
from person import Person
from structs import Order

# LoggingConfig() writes every request, the default only slow ones.
api = BoltAPI(enable_logging="BENCH_ACCESS_LOG" in os.environ, logging_config=LoggingConfig())


@api.get("/json")
async def hello():
    return payload.hello()


@api.get("/json-sync")
def hello_sync():
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
    name: Annotated[str, Meta(min_length=1, max_length=100), Form()],
    email: Annotated[str, Form()],
    age: Annotated[int, Meta(ge=0, le=150), Form()],
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


@api.post("/upload")
def upload(file: Annotated[UploadFile, File()]):
    return {"size": sum(map(len, file.file.chunks()))}


@api.get("/download")
def download():
    return FileResponse(os.environ["BENCH_FILE"])
