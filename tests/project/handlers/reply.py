from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import uuid
from typing import Any, TypedDict

import msgspec

from ultrafox import Router

router = Router()

SECRET = "canary-password"


class Public(msgspec.Struct):
    id: int
    name: str


class Private(Public):
    password: str = SECRET


class Holder(msgspec.Struct):
    owner: Public
    others: list[Public] = []


class Rich:
    """An object with more attributes than the schema names."""

    def __init__(self, id: Any = 1) -> None:
        self.id = id
        self.name = "rich"
        self.password = SECRET


@dataclasses.dataclass
class Point:
    x: int
    y: int


@dataclasses.dataclass
class Point3(Point):
    secret: str = SECRET


class Named(TypedDict):
    id: int
    name: str


class Color(enum.Enum):
    RED = "red"


class Values(msgspec.Struct):
    when: datetime.datetime
    day: datetime.date
    price: decimal.Decimal
    key: uuid.UUID
    color: Color


VALUES = Values(
    datetime.datetime(2026, 11, 21, 6, 30, tzinfo=datetime.UTC),
    datetime.date(2026, 11, 21),
    decimal.Decimal("1.10"),
    uuid.UUID(int=7),
    Color.RED,
)

PLAIN: dict[str, Any] = {
    "dict": {"a": 1, "b": [None, True, 1.5, "é\u2028"]},
    "list": [1, "two", {"three": 3}],
    "tuple": (1, 2),
    "str": "text",
    "int": 42,
    "bool": False,
    "float": 1.5,
    "bytes": b"\x00\xff raw",
    "none": None,
    "struct": Public(1, "ann"),
    "structs": [Public(1, "ann"), Public(2, "bob")],
    "dataclass": Point(1, 2),
    "values": VALUES,
    "set": {5},
    "empty": {},
    "unencodable": object(),
    "nested_unencodable": {"deep": [object()]},
    "surrogate": "\ud800",
    "nan": float("nan"),
    "huge": 2**70,
    "rich": Rich(),
}


@router.get("/plain/async/{kind}")
async def plain_async(kind: str):
    return PLAIN[kind]


@router.get("/plain/sync/{kind}")
def plain_sync(kind: str):
    return PLAIN[kind]


@router.get("/plain/inline/{kind}", inline=True)
def plain_inline(kind: str):
    return PLAIN[kind]


SHAPED: dict[str, Any] = {
    "exact": Public(1, "ann"),
    "subclass": Private(1, "ann"),
    "object": Rich(),
    "dict": {"id": 1, "name": "ann", "password": SECRET},
    "missing": {"id": 1},
    "wrong": {"id": [SECRET], "name": "ann"},
    "alien": 5,
    "none": None,
}


@router.get("/shaped/async/{kind}", response=Public)
async def shaped_async(kind: str):
    return SHAPED[kind]


@router.get("/shaped/sync/{kind}", response_model=Public)
def shaped_sync(kind: str):
    return SHAPED[kind]


@router.get("/shaped/annotated/{kind}")
async def shaped_annotated(kind: str) -> Public:
    return SHAPED[kind]


@router.get("/list/{kind}", response=list[Public])
async def shaped_list(kind: str):
    return [SHAPED[kind], SHAPED["exact"]]


@router.get("/nested/{kind}", response=Holder)
async def nested(kind: str):
    if kind == "mapping":
        return {"owner": Rich(), "others": [Private(2, "bob"), {"id": 3, "name": "eve", "password": SECRET}]}
    return Holder(owner=Private(1, "ann"), others=[Private(2, "bob")])


@router.get("/maybe/{kind}", response=Public | None)
async def maybe(kind: str):
    return SHAPED[kind]


@router.get("/mapping", response=dict[str, Public])
async def mapping():
    return {"a": Private(1, "ann")}


@router.get("/dataclass/{kind}", response=Point)
async def dataclass(kind: str):
    return {"exact": Point(1, 2), "subclass": Point3(1, 2), "dict": {"x": 1, "y": 2, "secret": SECRET}}[kind]


@router.get("/typeddict", response=Named)
async def typeddict():
    return {"id": 1, "name": "ann", "password": SECRET}


@router.get("/text", response=str)
async def text():
    return "text"


@router.get("/text-wrong", response=str)
async def text_wrong():
    return {"password": SECRET}


@router.post("/created", response=Public, status_code=201)
async def created():
    return Private(1, "ann")


@router.get("/accepted", status_code=202)
def accepted():
    return {"accepted": True}


@router.delete("/gone")
async def gone():
    return None


@router.delete("/nothing", status_code=202)
async def nothing():
    return None


@router.get("/suspended", response=Public)
async def suspended():
    import asyncio

    await asyncio.sleep(0)
    return Private(1, "ann")
