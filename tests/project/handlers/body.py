from __future__ import annotations

import dataclasses
from typing import Annotated, Any, NotRequired, TypedDict

import msgspec

from ultrafox import Router
from ultrafox.params import Body

router = Router()


class Size(msgspec.Struct):
    width: int
    height: int = 1


class Item(msgspec.Struct):
    name: Annotated[str, msgspec.Meta(min_length=2)]
    price: float
    tags: list[str] = []
    size: Size | None = None


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    name: str


@dataclasses.dataclass
class Point:
    x: int
    y: int = 0


class Person(TypedDict):
    name: str
    age: NotRequired[int]


@router.post("/struct")
async def struct(request, item: Item):
    return {"type": type(item).__name__, "item": item}


@router.post("/sync")
def in_pool(item: Item):
    return item


@router.post("/inline", inline=True)
def inline(item: Item):
    return item


@router.post("/strict")
async def strict(item: Strict):
    return item


@router.post("/dataclass")
async def dataclass(point: Point):
    return {"type": type(point).__name__, "x": point.x, "y": point.y}


@router.post("/typeddict")
async def typeddict(person: Person):
    return person


@router.post("/dict")
async def plain_dict(data: dict):
    return data


@router.post("/list")
async def plain_list(numbers: list[int]):
    return sum(numbers)


@router.post("/items")
async def items(items: list[Item]):
    return len(items)


@router.post("/any")
async def anything(data: Annotated[Any, Body()]):
    return data


@router.post("/optional")
async def optional(item: Item | None = None):
    return {"given": item is not None}


@router.put("/mixed/{id}")
async def mixed(request, id: int, item: Item, q: str = "none", *, loud: bool = False):
    return {"id": id, "name": item.name, "q": q, "loud": loud}


@router.post("/raw")
async def raw(request):
    return {"length": len(request.body), "text": request.body[:100].decode("latin-1")}


@router.post("/both")
async def both(request, item: Item):
    return {"name": item.name, "length": len(request.body)}


@router.post("/none")
async def none():
    return "no body wanted"
