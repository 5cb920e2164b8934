"""Q5: response types."""

import os

from ultrafox import API
from ultrafox.responses import HTML, FileResponse, PlainText, Redirect, StreamingResponse

api = API()
PDF = os.environ["SAMPLE_FILE"]


@api.get("/text")
async def text():
    return PlainText("Hello")


@api.get("/download")
async def download():
    return FileResponse(PDF)  # Streaming, for large files


@api.get("/events")
async def sse():
    async def generate():
        for i in range(10):
            yield f"data: Event {i}\n\n"

    return StreamingResponse(generate(), media_type="text/event-stream")


@api.get("/sync/text")
def text_sync():
    return PlainText("Hello")


@api.get("/sync/download")
def download_sync():
    return FileResponse(PDF)


@api.get("/sync/events")
def sse_sync():
    def generate():
        for i in range(10):
            yield f"data: Event {i}\n\n"

    return StreamingResponse(generate(), media_type="text/event-stream")


@api.get("/html")
async def html():
    return HTML("<p>Hello</p>")


@api.get("/redirect")
async def redirect():
    return Redirect("/text")
