"""Pictures of cities: a form with a file, files as replies, a group of filters, a dependency."""

import hashlib
from datetime import date
from typing import Annotated

from django.db.models import QuerySet
from ultrafox import Depends, FileResponse, Form, Query, Router, Status, UnprocessableEntity, UploadFile

from world.models import City, Picture
from world.schemas import PictureFilters, PictureOut

router = Router(tags=["pictures"])

MOST_BYTES = 5_000_000
BEGINNINGS = {b"\x89PNG\r\n\x1a\n": Picture.Kind.PNG, b"\xff\xd8\xff": Picture.Kind.JPEG}


def existing_city(id: int) -> City:
    """The city of the path; without one the client gets 404, and the handler is not called."""
    return City.objects.get(pk=id)


TheCity = Annotated[City, Depends(existing_city)]
Caption = Annotated[str, Form(min_length=1, max_length=200)]
Taken = Annotated[date, Form(description="When the picture was taken")]


@router.post("/cities/{id}/pictures", response={200: PictureOut, 201: PictureOut}, max_body=MOST_BYTES)
def add_picture(city: TheCity, file: UploadFile, caption: Caption, taken: Taken) -> Status[Picture]:
    """Adds a picture. The same file a second time is answered with the picture that is there already."""
    digest, kind = hashlib.file_digest(file, "sha256").hexdigest(), kind_of(file)
    # A name of ours: the client's may be anything.
    file.name = f"{digest}.{kind}"
    new = {"kind": kind, "caption": caption, "taken": taken, "file": file}
    picture, created = Picture.objects.get_or_create(city=city, digest=digest, defaults=new)
    return Status(201 if created else 200, picture)


def kind_of(file: UploadFile) -> Picture.Kind:
    """What a file begins with tells its kind; what the client says of it tells nothing."""
    file.seek(0)
    beginning = file.read(12)
    for start, kind in BEGINNINGS.items():
        if beginning.startswith(start):
            return kind
    raise UnprocessableEntity(f"`file` must be a picture: {' or '.join(Picture.Kind.values)}.")


@router.get("/pictures", response=list[PictureOut])
async def list_pictures(filters: Annotated[PictureFilters, Query()]) -> QuerySet[Picture]:
    pictures = Picture.objects.all()
    if filters.city is not None:
        pictures = pictures.filter(city=filters.city)
    if filters.kind:
        pictures = pictures.filter(kind__in=filters.kind)
    if filters.taken_from:
        pictures = pictures.filter(taken__gte=filters.taken_from)
    if filters.taken_to:
        pictures = pictures.filter(taken__lte=filters.taken_to)
    return pictures[:1000]


@router.get("/pictures/{id}/file")
def get_picture_file(id: int) -> FileResponse:
    picture = Picture.objects.get(pk=id)
    return FileResponse(picture.file.open(), media_type=f"image/{picture.kind}")


@router.delete("/pictures/{id}")
def delete_picture(id: int) -> None:
    picture = Picture.objects.get(pk=id)
    picture.delete()
    # Only when the row is gone for good.
    picture.file.delete(save=False)
