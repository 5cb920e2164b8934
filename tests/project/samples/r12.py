"""R12: response types."""

import os

from ultrafox import API
from ultrafox.responses import HTML, FileResponse, PlainText, Redirect

api = API()
PDF = os.environ["SAMPLE_FILE"]


@api.get("/text")
async def text_response():
    return PlainText("Hello, World!")


@api.get("/html")
async def html_response():
    return HTML("<h1>Hello</h1>")


@api.get("/redirect")
async def redirect_response():
    return Redirect("/new-location")


@api.get("/download")
async def download_file():
    # Streams file from Rust (zero-copy)
    return FileResponse(PDF, filename="document.pdf")


@api.get("/sync/text")
def text_response_sync():
    return PlainText("Hello, World!")


@api.get("/sync/html")
def html_response_sync():
    return HTML("<h1>Hello</h1>")


@api.get("/sync/redirect")
def redirect_response_sync():
    return Redirect("/new-location")


@api.get("/sync/download")
def download_file_sync():
    return FileResponse(PDF, filename="document.pdf")
