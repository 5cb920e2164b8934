"""Three APIs, one for each way of writing problems; the first has exception handlers."""

from __future__ import annotations

import asyncio

import msgspec
from django.core.exceptions import (
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    ValidationError,
)
from django.http import Http404

from project.library.models import Author
from ultrafox import API, HTTPException, NotFound, RequestValidationError
from ultrafox.responses import JSON

CANARY = "canary-of-the-inside"


class OutOfStock(Exception):
    def __init__(self, left):
        super().__init__(f"{CANARY} {left}")
        self.left = left


class Sold(OutOfStock):
    pass


class Odd(Exception):
    pass


class Refused(Exception):
    pass


class Item(msgspec.Struct):
    id: int
    name: str


ERRORS = {
    "http404": lambda: Http404(CANARY),
    "not-found": lambda: NotFound("no such thing"),
    "does-not-exist": lambda: Author.DoesNotExist(CANARY),
    "object": lambda: ObjectDoesNotExist(CANARY),
    "denied": lambda: PermissionDenied(CANARY),
    "suspicious": lambda: SuspiciousOperation(CANARY),
    "too-big": lambda: RequestDataTooBig(CANARY),
    "too-many": lambda: TooManyFieldsSent(CANARY),
    "validation": lambda: ValidationError({"name": ["too short"], "__all__": ["odd together"]}),
    "http": lambda: HTTPException(status_code=418, detail={"a": 1}, headers={"X-Tea": "green"}, extra={"b": 2}),
    "group": lambda: ExceptionGroup(CANARY, [ValueError(CANARY)]),
    "unknown": lambda: RuntimeError(CANARY),
    "key": lambda: KeyError(CANARY),
    "out-of-stock": lambda: OutOfStock(3),
    "sold": lambda: Sold(4),
    "odd": lambda: Odd(CANARY),
    "refused": lambda: Refused(CANARY),
}


def declare(api):
    @api.get("/sync/{name}")
    def fail(name: str):
        password = CANARY  # noqa: F841, what the page about an error must not show
        raise ERRORS[name]()

    @api.get("/async/{name}")
    async def fail_async(name: str):
        await asyncio.sleep(0)
        raise ERRORS[name]()

    @api.post("/item")
    async def item(item: Item):
        return item

    @api.get("/number/{number}")
    def number(number: int, q: int = 0):
        return number

    @api.get("/sync/sql")
    def sql():
        raise RuntimeError(f"{CANARY} {Author.objects.filter(name='never-there').count()}")

    return api


problem = declare(API(prefix="/problem"))
boost = declare(API(prefix="/boost", errors="boost"))
ninja = declare(API(prefix="/ninja", errors="ninja"))
handled = declare(API(prefix="/handled"))


@handled.exception_handler(OutOfStock)
def out_of_stock(request, exc):
    return 409, {"left": exc.left, "path": request.path}


@handled.exception_handler(Odd)
async def odd(request, exc):
    await asyncio.sleep(0)
    return JSON({"odd": True}, status_code=499, headers={"X-Odd": "1"})


@handled.exception_handler(RequestValidationError)
def unfit(request, exc):
    return 400, {"places": [error[0] for error in exc.faults]}


@handled.exception_handler(404)
def not_found(request, exc):
    return {"nothing": request.path}


@handled.exception_handler(Refused)
def refused(request, exc):
    raise RuntimeError(CANARY)
