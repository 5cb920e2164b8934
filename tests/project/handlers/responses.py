"""Every way to answer."""

from __future__ import annotations

import dataclasses
import datetime
import os

import msgspec
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from ultrafox import Router, Serializer
from ultrafox.params import Query
from ultrafox.responses import (
    HTML,
    JSON,
    File,
    FileResponse,
    JSONResponse,
    PlainText,
    Redirect,
    Response,
    Status,
    codes_4xx,
)

router = Router()


class A(msgspec.Struct):
    id: int


class B(msgspec.Struct):
    message: str


class E(msgspec.Struct):
    error: str


class Renamed(msgspec.Struct, rename="camel"):
    first_name: str
    last_name: str | None = None


class Given(Serializer):
    name: str
    note: str | None = None
    level: int = 3


@router.get("/text")
async def text():
    return PlainText("ä", headers={"X-One": "1"})


@router.get("/html")
def html():
    return HTML("<p>ä</p>", status_code=201)


@router.get("/json")
async def json():
    return JSON({"when": datetime.date(2026, 11, 21)}, status_code=203)


@router.get("/json-response")
def json_response():
    return JSONResponse([1, 2])


@router.get("/raw")
def raw():
    return Response(b"\x00\x01", media_type="application/x-raw", status_code=299)


@router.get("/django")
def django():
    response = HttpResponse("hello", content_type="text/x-own", status=207)
    response["X-Two"] = "2"
    response.set_cookie("seen", "1", httponly=True)
    return response


@router.get("/django/json")
async def django_json():
    return JsonResponse({"a": 1})


@router.get("/django/template")
def template(request):
    return render(request, "admin/404.html", status=404)


STATUSES = {
    200: lambda: A(1),
    404: lambda: (404, B("none")),
    409: lambda: Status(409, E("taken")),
    422: lambda: Status(422, {"error": "odd"}),
    204: lambda: (204, None),
    201: lambda: (201, A(2)),
}


@router.get("/statuses/{code}", response={200: A, 404: B, codes_4xx: E, 204: None})
async def statuses(code: int):
    return STATUSES[code]()


@router.get("/sync/statuses/{code}", response={200: A, 404: B, codes_4xx: E, 204: None})
def statuses_sync(code: int):
    return STATUSES[code]()


@router.get("/tuple")
def pair():
    return 202, {"queued": True}


@router.get("/plain-list")
def plain_list():
    return [1, 2]


@router.get("/nothing")
async def nothing():
    return None


@router.get("/injected")
async def injected(response: Response):
    response.status_code = 202
    response.headers["X-Injected"] = "1"
    response.set_cookie("c", "1")
    return {"a": 1}


@router.get("/sync/injected")
def injected_sync(response: Response):
    response.status_code = 202
    response.headers["X-Injected"] = "1"
    response.set_cookie("c", "1")
    return {"a": 1}


@router.get("/cookies")
async def cookies():
    response = JSON({"a": 1})
    response.set_cookie("a", "1", max_age=60, path="/x", secure=True, httponly=True, samesite="Strict")
    response.set_cookie("b", "two; three, 4")
    response.delete_cookie("c")
    return response


@router.get("/redirect/{code}")
async def redirect(code: int):
    return Redirect("/elsewhere?a=1", status_code=code)


@router.get("/redirect")
def redirect_to(to: str = Query()):
    return Redirect(to)


@router.get("/header")
def header(value: str = Query()):
    return PlainText("x", headers={"X-Given": value})


@router.get("/alias", response=Renamed)
def alias():
    return Renamed("a")


@router.get("/no-alias", response=Renamed, by_alias=False)
async def no_alias():
    return Renamed("a")


@router.get("/exclude/none", response=Given, exclude_none=True)
def exclude_none():
    return Given(name="a")


@router.get("/exclude/defaults", response=Given, exclude_defaults=True)
async def exclude_defaults():
    return Given(name="a", note="b")


@router.get("/exclude/unset", response=Given, exclude_unset=True)
def exclude_unset():
    return Given(name="a", level=3)


@dataclasses.dataclass
class Point:
    x: int
    y: int = 7


@router.get("/dataclass", response=list[Point])
async def of_dataclasses():
    return [Point(1), {"x": 2, "secret": 1}, {"x": 3, "y": 4}]


@router.post("/dataclass", response=Point)
def of_a_dataclass(point: Point):
    return point


@router.get("/file")
async def file():
    return FileResponse(os.environ["PROJECT_FILE"], filename="größe.bin")


@router.get("/sync/file")
def file_sync():
    return File(os.environ["PROJECT_FILE"], filename="größe.bin")


@router.get("/file/inline")
def file_inline():
    return FileResponse(__file__)


@router.get("/file/missing")
async def file_missing():
    return FileResponse("/no/such/file")
