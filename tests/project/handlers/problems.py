from __future__ import annotations

import asyncio
from typing import Any

from ultrafox import Router, exceptions
from ultrafox.exceptions import HttpError, HTTPException

router = Router()

CANARY = "canary-inside"


class Unspeakable(Exception):
    """Logging it fails as well."""

    def __str__(self) -> str:
        raise RuntimeError("even its text fails, on purpose")

    __repr__ = __str__


class Base(BaseException):
    pass


def recurse(depth: int) -> int:
    return recurse(depth + 1) + 1


RAISED: dict[str, Any] = {
    "Exception": lambda: Exception(f"on purpose {CANARY}"),
    "KeyError": lambda: KeyError(f"on purpose {CANARY}"),
    "BaseException": lambda: Base(f"on purpose {CANARY}"),
    "SystemExit": lambda: SystemExit(f"on purpose {CANARY}"),
    "KeyboardInterrupt": lambda: KeyboardInterrupt(f"on purpose {CANARY}"),
    "GeneratorExit": lambda: GeneratorExit(f"on purpose {CANARY}"),
    "CancelledError": lambda: asyncio.CancelledError(f"on purpose {CANARY}"),
    "StopIteration": lambda: StopIteration(f"on purpose {CANARY}"),
    "StopAsyncIteration": lambda: StopAsyncIteration(f"on purpose {CANARY}"),
    "Group": lambda: ExceptionGroup(f"on purpose {CANARY}", [ValueError("on purpose")]),
    "Unspeakable": lambda: Unspeakable(),
    "Long": lambda: ValueError("on purpose " + "x" * 10_000_000),
}


@router.get("/raise/async/{kind}")
async def raise_async(kind: str):
    raise RAISED[kind]()


@router.get("/raise/late/{kind}")
async def raise_late(kind: str):
    await asyncio.sleep(0)
    raise RAISED[kind]()


@router.get("/raise/sync/{kind}")
def raise_sync(kind: str):
    raise RAISED[kind]()


@router.get("/raise/inline/{kind}", inline=True)
def raise_inline(kind: str):
    raise RAISED[kind]()


@router.get("/recursion/{mode}")
async def recursion(mode: str):
    return recurse(0)


@router.get("/recursion-sync")
def recursion_sync():
    return recurse(0)


@router.get("/family/{name}")
async def family(name: str):
    raise getattr(exceptions, name)(detail=f"about {name}")


@router.get("/family-sync/{name}")
def family_sync(name: str):
    raise getattr(exceptions, name)(detail=f"about {name}")


@router.get("/bare/{name}")
async def bare(name: str):
    raise getattr(exceptions, name)()


@router.get("/http-error")
async def http_error():
    raise HttpError(418, "I am a teapot.")


@router.get("/full")
async def full():
    raise HTTPException(
        status_code=409,
        detail="Taken.",
        headers={"X-Taken-By": "ann", "Retry-After": "3"},
        extra={"by": "ann", "at": [1, 2]},
    )


@router.get("/subclass")
async def subclass():
    class OutOfStock(exceptions.Conflict):
        pass

    raise OutOfStock(detail="None left.")


@router.get("/header-split")
async def header_split():
    raise HTTPException(status_code=400, detail="no", headers={"X-Split": "a\r\nSet-Cookie: stolen=1"})


@router.get("/framing/{name}")
async def framing(name: str):
    """A header field that belongs to the connection, or to the server alone."""
    values = {"content-length": "3", "transfer-encoding": "gzip", "connection": "keep-alive, x", "x-trace-id": "mine"}
    raise HTTPException(status_code=409, detail="Taken.", headers={name: values[name]})
