"""Replies worth compressing, and replies that are not."""

from __future__ import annotations

import random

from ultrafox import Router
from ultrafox.compression import no_compress
from ultrafox.responses import JSON, FileResponse, Response, StreamingResponse

router = Router()
TEXT = "words that come again and again, " * 2000


@router.get("/big")
async def big():
    return {"text": TEXT}


@router.get("/sync/big")
def big_sync():
    return {"text": TEXT}


@router.get("/tagged")
async def tagged():
    return JSON({"text": TEXT}, headers={"ETag": '"one"'})


@router.get("/varied")
async def varied():
    return JSON({"text": TEXT}, headers={"Vary": "Cookie"})


@router.get("/size/{size}")
async def sized(size: int):
    return Response(b"x" * size, media_type="text/plain")


@router.get("/none")
@no_compress
async def none():
    return {"text": TEXT}


@router.get("/off", compress=False)
def off():
    return {"text": TEXT}


@router.get("/coded")
async def coded():
    return Response(b"y" * 5000, media_type="text/plain", headers={"Content-Encoding": "x-own"})


@router.get("/untouched")
async def untouched():
    return Response(TEXT.encode(), media_type="text/plain", headers={"Cache-Control": "no-transform"})


@router.get("/picture")
async def picture():
    return Response(b"\x89PNG" * 5000, media_type="image/png")


@router.get("/noise")
async def noise():
    return Response(random.Random(1).randbytes(20_000), media_type="text/plain")


@router.get("/error")
async def error():
    return 400, {"text": TEXT}


@router.get("/stream")
async def stream():
    async def generate():
        for _ in range(20):
            yield TEXT[:3000]

    return StreamingResponse(generate(), media_type="text/plain")


@router.get("/sync/stream")
def stream_sync():
    return StreamingResponse((TEXT[:3000] for _ in range(20)), media_type="text/plain")


@router.get("/file")
async def file():
    return FileResponse(__file__)
