"""Forms, urlencoded and multipart."""

from __future__ import annotations

import datetime
import enum
from typing import Annotated, Literal

import msgspec

from ultrafox import Router
from ultrafox.params import Form

router = Router()


class Color(enum.Enum):
    red = "r"
    blue = "b"


class Account(msgspec.Struct):
    name: Annotated[str, msgspec.Meta(min_length=2)]
    age: int = 0
    tags: list[str] = []


@router.post("/fields")
async def fields(
    name: str = Form(),
    age: Annotated[int, Form(ge=0, le=150)] = 0,
    color: Color = Form(default=Color.red),
    size: Literal["s", "l"] = Form(default="s"),
    tags: list[str] = Form(default=[]),
    born: datetime.date | None = Form(default=None),
    agreed: bool = Form(default=False),
):
    return {
        "name": name, "age": age, "color": color, "size": size, "tags": tags, "born": born, "agreed": agreed,
    }  # fmt: skip


@router.post("/sync/fields")
def fields_sync(name: str = Form(), age: Annotated[int, Form(ge=0, le=150)] = 0, tags: list[str] = Form(default=[])):
    return {"name": name, "age": age, "tags": tags}


@router.post("/grouped")
async def grouped(account: Annotated[Account, Form()]):
    return {"type": type(account).__name__, "account": account}


@router.post("/sync/grouped")
def grouped_sync(account: Form[Account]):
    return {"type": type(account).__name__, "account": account}


@router.post("/alias")
async def alias(name: str = Form(alias="user[name]")):
    return name


@router.post("/also/{id}")
async def also(request, id: int, q: str = "none", name: str = Form()):
    """With other parameters beside it, and the request's own view of the form."""
    return {"id": id, "q": q, "name": name, "POST": request.POST.getlist("name")}


@router.post("/django")
def django(request):
    return {name: request.POST.getlist(name) for name in request.POST}
