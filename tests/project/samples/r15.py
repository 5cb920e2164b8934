"""R15: File, Form and Cookie markers with Annotated."""

from typing import Annotated

from ultrafox import API, UploadFile
from ultrafox.params import Cookie, File, Form

api = API()


@api.post("/sent")
async def sent(
    name: Annotated[str, Form()],
    file: Annotated[UploadFile, File()],
    session: Annotated[str, Cookie()] = "none",
):
    return {"name": name, "file": file.filename, "size": len(await file.aread()), "session": session}


@api.post("/sync/sent")
def sent_sync(
    name: Annotated[str, Form()],
    file: Annotated[UploadFile, File()],
    session: Annotated[str, Cookie()] = "none",
):
    return {"name": name, "file": file.filename, "size": len(file.read()), "session": session}
