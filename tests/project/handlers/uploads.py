"""Files that clients send."""

from __future__ import annotations

import hashlib
import os
import tempfile

from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import UploadedFile

from ultrafox import Router
from ultrafox.params import File, Form
from ultrafox.uploads import UploadFile

router = Router()


@router.post("/digest")
def digest(file: UploadFile = File()):
    state = hashlib.sha256()
    for chunk in file.chunks():
        state.update(chunk)
    return {"sha256": state.hexdigest(), "size": file.size, "name": file.filename}


@router.post("/async/digest")
async def digest_async(file: UploadFile = File()):
    state = hashlib.sha256()
    async for chunk in file.achunks():
        state.update(chunk)
    return {"sha256": state.hexdigest(), "size": file.size, "name": file.filename}


@router.post("/django/digest")
def digest_django(request):
    file = request.FILES["file"]
    state = hashlib.sha256()
    for chunk in file.chunks():
        state.update(chunk)
    return {"sha256": state.hexdigest(), "size": file.size, "title": request.POST.get("title")}


@router.post("/read")
async def read(file: UploadFile = File()):
    """Both ways of reading, and from the start again."""
    first = await file.read(3)
    rest = await file.aread()
    await file.seek(0)
    again = await file.aread()
    return {"first": first.decode(), "rest": rest.decode(), "again": again.decode()}


@router.post("/sync/read")
def read_sync(file: UploadFile = File()):
    first, rest = file.read(3), file.read()
    file.seek(0)
    return {"first": first.decode(), "rest": rest.decode(), "again": file.read().decode()}


@router.post("/facts")
async def facts(file: UploadFile, title: str = Form(default="none")):
    return {
        "name": file.name,
        "filename": file.filename,
        "type": file.content_type,
        "size": file.size,
        "title": title,
        "django": isinstance(file, UploadedFile),
    }


@router.post("/many")
async def many(files: list[UploadFile] = File()):
    return [[file.filename, (await file.aread()).decode()] for file in files]


@router.post("/optional")
async def optional(file: UploadFile | None = File(default=None)):
    return file is not None


@router.post("/stored")
def stored(file: UploadFile = File()):
    with tempfile.TemporaryDirectory() as place:
        storage = FileSystemStorage(place)
        name = storage.save("kept/" + file.name, file)
        with storage.open(name) as kept:
            state = hashlib.sha256(kept.read())
        return {"name": name, "sha256": state.hexdigest(), "size": storage.size(name)}


@router.post("/limited", max_body=100_000)
async def limited(file: UploadFile = File()):
    return file.size


@router.get("/open-files")
def open_files():
    """Deleted files that are still open: what temporary uploads look like while they last."""
    links = []
    for number in os.listdir("/proc/self/fd"):
        try:
            links.append(os.readlink(f"/proc/self/fd/{number}"))
        except FileNotFoundError:
            continue
    return [link for link in links if link.endswith("(deleted)") and "sqlite" not in link]
