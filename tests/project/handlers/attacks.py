"""What is attacked: bodies of every kind, answers of every kind."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated, Any

import msgspec
from django.http import HttpResponse
from django.middleware.csrf import get_token

from ultrafox import EventSourceResponse, JSONParser, MsgpackParser, Response, Router, UploadFile, no_compress
from ultrafox.params import Body, File, Form

router = Router()

GIGABYTES = 60 << 30


class Row(msgspec.Struct):
    number: int
    text: str = ""


@router.post("/any")
async def anything(data: Annotated[Any, Body()]):
    return data


@router.post("/any/sync")
def anything_sync(data: Annotated[Any, Body()]):
    return data


@router.post("/kind")
async def kind(data: Annotated[Any, Body()]):
    return type(data).__name__


@router.post("/rows")
async def rows(data: list[Row]):
    return len(data)


@router.post("/packed", parsers=[JSONParser(), MsgpackParser()])
async def packed(data: Annotated[Any, Body()]):
    return {"type": type(data).__name__}


@router.post("/packed/rows", parsers=[JSONParser(), MsgpackParser()])
async def packed_rows(data: list[Row]):
    return len(data)


@router.post("/form")
async def form(a: str = Form(default="none"), b: list[str] = Form([])):
    return {"a": a, "b": len(b)}


@router.post("/fields", max_body=8 << 20)
async def fields(a: str = Form(default="none"), file: UploadFile | None = File(None)):
    return {"a": len(a), "file": file and file.size}


@router.post("/files")
async def files(files: list[UploadFile] = File([])):
    return [file.size for file in files]


@router.post("/upload", max_body=GIGABYTES)
def upload(file: UploadFile = File()):
    digest = hashlib.sha256()
    for piece in file.chunks():
        digest.update(piece)
    return {"size": file.size, "sha256": digest.hexdigest()}


@router.post("/kept", max_body=GIGABYTES)
async def kept(file: UploadFile = File()):
    return {"size": file.size}


def _text(size: int, kind: str, control: str = "", coding: str = "") -> HttpResponse:
    response = Response("compressible "[:13] * (size // 13 + 1), content_type=kind)
    response["ETag"] = '"strong"'
    if control:
        response["Cache-Control"] = control
    if coding:
        response["Content-Encoding"] = coding
    return response


@router.get("/text")
def text(size: int = 4096, kind: str = "text/plain", control: str = "", coding: str = ""):
    return _text(size, kind, control, coding)


@router.get("/text/secret")
@no_compress
def secret_text():
    return _text(4096, "text/plain")


@router.get("/token")
def token(request):
    return {"token": get_token(request), "padding": "compressible " * 200}


@router.get("/events")
async def events(pause: float = 0.4):
    async def send():
        for number in range(3):
            yield {"number": number}
            await asyncio.sleep(pause)

    return EventSourceResponse(send())
