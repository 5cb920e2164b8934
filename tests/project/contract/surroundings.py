"""What stands around handlers: dependencies, middleware, context, routing."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.db import connection

from project.contract.around import Own, function
from ultrafox import Router
from ultrafox.context import Context
from ultrafox.middleware import skip_middleware
from ultrafox.params import Depends, Header

router = Router()

left: list[str] = []


def number(x_number: int = Header(default=1)):
    return x_number


async def doubled(number: int = Depends(number)):
    return number * 2


def opened():
    yield "open"
    left.append("closed")


@router.get("/depends")
def depends(a: int = Depends(number), b: int = Depends(doubled), c: str = Depends(opened)):
    return [a, b, c]


@router.get("/depends/async")
async def depends_async(a: int = Depends(doubled), c: str = Depends(opened)):
    return [a, c]


@router.get("/left")
def what_was_left():
    count = len(left)
    left.clear()
    return count


@router.get("/context")
def context(ctx: Context):
    return {"trace": len(ctx.trace_id), "user": ctx.user}


@router.get("/layered", middleware=[Own, function])
def layered(request):
    return {"seen_by": request.seen_by}


@router.get("/layered/async", middleware=[Own])
async def layered_async(request):
    return {"seen_by": request.seen_by}


@router.get("/skipped", middleware=[Own])
@skip_middleware(Own)
def skipped(request):
    return {"seen_by": getattr(request, "seen_by", [])}


def _select():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 40 + 2")
        return cursor.fetchone()[0]


@router.get("/database")
def database():
    return _select()


@router.get("/database/async")
async def database_async():
    return await sync_to_async(_select)()


@router.get("/slash/")
def slash():
    return "slash"


@router.get("/no-slash")
def no_slash():
    return "no slash"


@router.delete("/methods")
@router.patch("/methods")
def methods(request):
    return request.method


@router.head("/own-head")
def own_head():
    return None
