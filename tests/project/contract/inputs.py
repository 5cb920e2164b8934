"""Everything that a handler may take."""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from typing import Annotated, Literal

import msgspec

from ultrafox import Router
from ultrafox.params import Body, Cookie, File, Form, Header, Path, Query
from ultrafox.uploads import UploadFile

router = Router()


class Color(enum.Enum):
    red = "red"
    blue = "blue"


class Item(msgspec.Struct):
    name: str
    price: decimal.Decimal
    tags: list[str] = []
    made: datetime.date | None = None


class Page(msgspec.Struct):
    number: int = 1
    size: Annotated[int, msgspec.Meta(le=100)] = 20
    words: list[str] = []


@router.get("/path/{id}/{color}")
def of_path(id: int, color: Color):
    return {"id": id, "color": color.value}


@router.get("/rest/{rest:path}")
def of_rest(rest: str):
    return {"rest": rest}


@router.get("/uuid/{uuid:one}")
async def of_uuid(one: uuid.UUID):
    return {"one": one}


@router.get("/text/{text}")
def of_text(text: str):
    return {"text": text}


@router.get("/query")
def of_query(
    a: int,
    b: float = 0.5,
    c: bool = False,
    d: str | None = None,
    e: list[int] = Query(default=[]),
    f: Color | None = None,
    g: Literal["x", "y"] = "x",
    h: datetime.date | None = None,
    i: datetime.datetime | None = None,
    j: decimal.Decimal | None = None,
    k: datetime.timedelta | None = None,
    m: Annotated[int, Query(ge=1, le=9)] = 5,
    n: Annotated[str, Query(min_length=2, pattern="^[a-z]+$")] = "ab",
):
    return {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f, "g": g, "h": h, "i": i, "j": j, "k": k, "m": m, "n": n}


@router.get("/page")
async def of_page(page: Query[Page]):
    return page


@router.get("/headers")
def of_headers(x_token: str = Header(), x_many: list[str] = Header(default=[]), session: str = Cookie(default="none")):
    return {"token": x_token, "many": x_many, "session": session}


@router.post("/item", response=Item)
def of_item(item: Item):
    return item


@router.put("/item")
async def of_item_and_id(item: Item, id: int = Query()):
    return {"id": id, "item": item}


@router.post("/two")
def of_two(item: Item = Body(), color: Color = Body()):
    return {"item": item, "color": color}


@router.post("/maybe")
def of_maybe(item: Item | None = Body(default=None)):
    return item or {"nothing": True}


@router.post("/form")
def of_form(name: str = Form(), age: Annotated[int, Form(ge=0)] = 0, tags: list[str] = Form(default=[])):
    return {"name": name, "age": age, "tags": tags}


@router.post("/upload")
def of_upload(file: UploadFile = File(), title: str = Form(default="none")):
    return {
        "title": title,
        "name": file.name,
        "type": file.content_type,
        "size": file.size,
        "read": bytes(file.read()).decode(),
    }


@router.post("/uploads")
async def of_uploads(files: list[UploadFile] = File()):
    return [[file.name, (await file.aread()).decode()] if hasattr(file, "aread") else [file.name] for file in files]


@router.post("/raw")
def of_raw(request):
    return {"body": request.body.decode(), "type": request.content_type, "POST": dict(request.POST)}


@router.get("/request")
def of_request(request):
    return {
        "method": request.method,
        "path": request.path,
        "full": request.get_full_path(),
        "host": request.get_host(),
        "uri": request.build_absolute_uri("/x"),
        "secure": request.is_secure(),
        "scheme": request.scheme,
        "GET": {name: request.GET.getlist(name) for name in request.GET},
        "COOKIES": request.COOKIES,
        "agent": request.headers.get("User-Agent"),
        "custom": request.META.get("HTTP_X_CUSTOM"),
        "user": hasattr(request, "user"),
    }


@router.post("/limited", max_body=10)
def of_limited(request):
    return len(request.body)


@router.get("/constrained/{n}")
def of_constrained(n: Annotated[int, Path(gt=10)]):
    return n
