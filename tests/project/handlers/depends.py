"""Dependencies of every kind; what they do is kept under a name, for the tests to read."""

from __future__ import annotations

import threading
from typing import Annotated

from django.db import connection

from project import gates
from ultrafox import BadRequest, Context, Router
from ultrafox.params import Depends, Header, Path, Query
from ultrafox.responses import StreamingResponse

router = Router()


def note(name: str = Path()):
    """A list that the tests read: what happened, in order."""
    return gates.told[name]


Note = Annotated[list[str], Depends(note)]


def plain(said: Note, q: int = Query(1)):
    said.append("plain")
    return q


async def doubled(said: Note, plain: int = Depends(plain)):
    said.append("doubled")
    return plain * 2


def opened(said: Note):
    said.append("open")
    try:
        yield "sync"
    except Exception as error:
        said.append(f"saw {type(error).__name__}")
        raise
    finally:
        said.append("close")


async def opened_async(said: Note, inner: str = Depends(opened)):
    said.append("open async")
    try:
        yield f"async over {inner}"
    finally:
        said.append("close async")


class Pages:
    """A class: its own parameters are the request's."""

    def __init__(self, page: int = Query(1, ge=1), size: int = 10):
        self.page, self.size = page, size


class Needed:
    def __init__(self, word):
        self.word = word

    def __call__(self, x_word: str = Header(default="none")):
        if x_word != self.word:
            raise BadRequest(f"the word is {self.word}")
        return x_word


@router.get("/sync/{name}")
def sync(said: Note, a: int = Depends(plain), b: int = Depends(doubled), c: str = Depends(opened)):
    said.append("handler")
    return {"a": a, "b": b, "c": c}


@router.get("/async/{name}")
async def handler(said: Note, a: int = Depends(plain), b: int = Depends(doubled), c: str = Depends(opened_async)):
    said.append("handler")
    return {"a": a, "b": b, "c": c}


@router.get("/sync/failing/{name}")
def failing(said: Note, c: str = Depends(opened_async)):
    said.append("handler")
    raise RuntimeError("on purpose")


@router.get("/async/failing/{name}")
async def failing_async(said: Note, c: str = Depends(opened_async)):
    said.append("handler")
    raise RuntimeError("on purpose")


@router.get("/sync/refusing/{name}")
def refusing(said: Note, c: str = Depends(opened), word: str = Depends(Needed("sesame"))):
    said.append("handler")
    return word


@router.get("/async/refusing/{name}")
async def refusing_async(said: Note, c: str = Depends(opened), word: str = Depends(Needed("sesame"))):
    said.append("handler")
    return word


@router.get("/sync/streaming/{name}")
def streaming(said: Note, c: str = Depends(opened)):
    def generate():
        said.append("first")
        yield "1"
        said.append("last")
        yield "2"

    return StreamingResponse(generate(), media_type="text/plain")


@router.get("/async/streaming/{name}")
async def streaming_async(said: Note, c: str = Depends(opened_async)):
    async def generate():
        said.append("first")
        yield "1"
        said.append("last")
        yield "2"

    return StreamingResponse(generate(), media_type="text/plain")


@router.get("/sync/pages")
def pages(pages: Pages = Depends()):
    return [pages.page, pages.size]


@router.get("/async/pages")
async def pages_async(pages: Annotated[Pages, Depends(Pages)]):
    return [pages.page, pages.size]


calls = 0


def counted():
    global calls
    calls += 1
    return calls


@router.get("/once")
async def once(a: int = Depends(counted), b: int = Depends(counted)):
    return a == b


@router.get("/each-time")
async def each_time(a: int = Depends(counted), b: int = Depends(counted, use_cache=False)):
    return a == b


@router.get("/alone", dependencies=[Depends(Needed("sesame"))])
async def alone():
    """Nobody takes its value, and it may refuse."""
    return "in"


def where():
    return threading.get_ident()


@router.get("/threads")
def threads(a: int = Depends(where)):
    return a == threading.get_ident()


def database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 42")
        return cursor.fetchone()[0]


@router.get("/async/database")
async def of_database(value: int = Depends(database)):
    return value


def of_context(ctx: Context, request):
    return {"trace": ctx.trace_id, "path": request.path, "ip": ctx.ip}


@router.get("/context")
async def context(ctx: Context, seen: dict = Depends(of_context)):
    return {"same": seen["trace"] == ctx["trace_id"], **seen}


@router.get("/told/{name}")
def told(name: str):
    return gates.told[name]
