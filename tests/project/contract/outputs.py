"""Everything that a handler may return or raise."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.http import Http404, HttpResponse, StreamingHttpResponse

from ultrafox import Conflict, HTTPException, NotFound, Router, TooManyRequests
from ultrafox.files import FileResponse
from ultrafox.response import HTML, JSON, EventSourceResponse, PlainText, Redirect, Response, StreamingResponse
from ultrafox.statuses import Status

router = Router()


class Out(msgspec.Struct):
    id: int
    name: str = "x"


class Fault(msgspec.Struct):
    message: str


@router.get("/nothing")
def nothing():
    return None


@router.get("/text")
def text():
    return "ä text"


@router.get("/bytes")
def raw():
    return b"\x00\x01"


@router.get("/list", response=list[Out])
async def listed():
    return [{"id": 1, "name": "a", "secret": 1}, Out(2)]


@router.post("/created", response=Out, status_code=201)
def created():
    return Out(3)


@router.get("/statuses/{code}", response={200: Out, 404: Fault, 202: None})
def statuses(code: int):
    return {200: Out(1), 404: (404, Fault("none here")), 202: Status(202, None), 418: (418, "tea")}[code]


@router.get("/html")
def html():
    return HTML("<p>ä</p>")


@router.get("/plain")
def plain():
    return PlainText("ä", status_code=202, headers={"X-One": "1"})


@router.get("/json")
def json():
    return JSON({"a": 1}, status_code=203)


@router.get("/cookies")
def cookies():
    response = Response(b"x", media_type="text/plain")
    response.set_cookie("a", "1", httponly=True, samesite="Lax")
    response.set_cookie("b", "2; 3", max_age=60, path="/out")
    response.delete_cookie("c")
    return response


@router.get("/django")
async def django():
    response = HttpResponse("django", content_type="text/plain", status=207)
    response["X-Two"] = "2"
    return response


@router.get("/redirect/{code}")
def redirect(code: int):
    return Redirect("/elsewhere?a=ä", status_code=code)


@router.get("/file")
def file():
    return FileResponse(Path(__file__).parent / "urls.py", media_type="text/x-python", filename="ünï.py")


@router.get("/big")
def big():
    return {"text": "compressible " * 500}


@router.get("/big/plain", compress=False)
def big_plain():
    return {"text": "compressible " * 500}


@router.get("/stream")
def stream():
    return StreamingResponse((f"{number}\n" for number in range(5)), media_type="text/plain")


async def _numbers():
    for number in range(5):
        await asyncio.sleep(0)
        yield f"{number}\n"


@router.get("/stream/async")
async def stream_async():
    return StreamingResponse(_numbers(), media_type="text/plain", status_code=206, headers={"X-Three": "3"})


@router.get("/stream/django")
def stream_django():
    return StreamingHttpResponse([b"a", b"b"], content_type="text/plain")


@router.get("/stream/big")
def stream_big():
    return StreamingResponse(("compressible " * 100 for _ in range(20)), media_type="text/plain")


def _broken():
    yield "whole\n"
    raise LookupError("on purpose")


async def _broken_async():
    yield "whole\n"
    await asyncio.sleep(0)
    raise LookupError("on purpose")


@router.get("/broken/{kind}")
def broken(kind: str):
    return StreamingResponse(_broken() if kind == "sync" else _broken_async(), media_type="text/plain")


@router.get("/events")
async def events():
    async def send():
        yield {"a": 1}
        yield "two\nlines"

    return EventSourceResponse(send())


class _Unreadable(Exception):
    pass


_ERRORS = {
    "not_found": lambda: NotFound("no such thing"),
    "conflict": lambda: Conflict({"why": "taken"}),
    "http": lambda: HTTPException(status_code=418, detail="tea", headers={"X-Tea": "green"}),
    "later": lambda: TooManyRequests("slow down", headers={"Retry-After": "7"}),
    "http404": lambda: Http404("secret"),
    "denied": lambda: PermissionDenied("secret"),
    "suspicious": lambda: SuspiciousOperation("secret"),
    "invalid": lambda: ValidationError({"name": ["too short"]}),
    "unknown": lambda: _Unreadable("secret"),
}


@router.get("/error/{name}")
def error(name: str):
    raise _ERRORS[name]()


@router.get("/error/async/{name}")
async def error_async(name: str):
    await asyncio.sleep(0)
    raise _ERRORS[name]()


@router.get("/unencodable")
def unencodable():
    return {"a": object()}


@router.get("/wrong", response=Out)
def wrong():
    return {"id": "no number"}
