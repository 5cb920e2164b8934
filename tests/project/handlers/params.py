from __future__ import annotations

import uuid
from typing import Annotated

import msgspec

from ultrafox import Router
from ultrafox.params import Cookie, Header, Path, Query

router = Router()


def typed(**values):
    """Each value with the name of its exact type: True is not 1 here."""
    return {name: [type(value).__name__, str(value)] for name, value in values.items()}


@router.get("/query")
async def query(request, s: str, n: int, x: float, flag: bool, u: uuid.UUID):
    return typed(s=s, n=n, x=x, flag=flag, u=u)


@router.get("/defaults")
async def defaults(
    s: str = "word",
    n: int = 10,
    maybe: int | None = None,
    marked: int = Query(5),
    named: Annotated[int, Query(default=6)] = 7,
    word: str = Query(default="w"),
):
    return typed(s=s, n=n, maybe=maybe, marked=marked, named=named, word=word)


@router.get("/echo")
async def echo(request, q: str):
    return {"param": q, "get": request.GET["q"], "list": request.GET.getlist("q")}


@router.get("/truth")
async def truth(request, word: Annotated[str, Header("X-Word")] = "", crumb: Annotated[str, Cookie("crumb")] = ""):
    return {"header": [word, request.headers.get("X-Word", "")], "cookie": [crumb, request.COOKIES.get("crumb", "")]}


@router.get("/alias")
async def alias(from_: str = Query(alias="from"), size: Annotated[int, Query(alias="page[size]")] = 1):
    return {"from": from_, "size": size}


@router.get("/header")
async def header(
    x_api_key: str = Header("X-API-Key"),
    user_agent: Annotated[str, Header()] = "none",
    x_count: Annotated[int, Header(ge=1)] = 1,
):
    return typed(x_api_key=x_api_key, user_agent=user_agent, x_count=x_count)


@router.get("/keyword")
async def keyword(request, n: int, *, key: Annotated[str, Header("X-Key")], other: int = 3):
    return {"n": n, "key": key, "other": other}


@router.get("/cookie")
async def cookie(session: str = Cookie(), visits: Annotated[int, Cookie("visit-count")] = 0):
    return typed(session=session, visits=visits)


@router.get("/path/{n}/{word}")
async def path(n: Annotated[int, Path(ge=1, le=100)], word: str = Path(min_length=2, max_length=4)):
    return typed(n=n, word=word)


@router.get("/kinds/{x}/{flag}/{u}")
async def path_kinds(x: float, flag: bool, u: uuid.UUID):
    return typed(x=x, flag=flag, u=u)


@router.get("/bounds")
async def bounds(
    gt: Annotated[int, Query(gt=0)] = 1,
    ge: Annotated[int, Query(ge=0)] = 0,
    lt: Annotated[float, Query(lt=1.5)] = 0,
    le: Annotated[float, Query(le=1.5)] = 0,
    short: Annotated[str, Query(min_length=2, max_length=4)] = "abc",
    form: Annotated[str, Query(pattern=r"^[a-z]+-\d+$")] = "a-1",
    found: Annotated[str, Query(pattern=r"\d")] = "1",
):
    return "fits"


@router.get("/meta")
async def meta(
    n: Annotated[int, msgspec.Meta(ge=1, le=5)],
    word: Annotated[str, msgspec.Meta(pattern="^x", max_length=3)] = "x",
):
    return {"n": n, "word": word}


@router.get("/many/{id}")
async def many(
    id: Annotated[int, Path(ge=10)],
    q: str,
    n: int,
    x_token: Annotated[int, Header()],
    visit: Annotated[int, Cookie()],
    flag: bool = False,
):
    return "all fit"


@router.get("/sync/{id}")
def in_pool(request, id: int, q: str, n: int = 3):
    return typed(id=id, q=q, n=n)


@router.get("/inline/{id}", inline=True)
def inline(request, id: int, q: str, n: int = 3):
    return typed(id=id, q=q, n=n)
