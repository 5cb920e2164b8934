"""What the document's tests read and execute."""

from __future__ import annotations

from typing import Annotated

import msgspec

from ultrafox import Path, Request, Router

router = Router(tags=["openapi"])


class ItemIn(msgspec.Struct):
    name: Annotated[str, msgspec.Meta(min_length=1, examples=["lamp"])]


class ItemOut(msgspec.Struct):
    name: str
    token: str | None


@router.get("/double/{number}")
def double(number: Annotated[int, Path(ge=0, le=1000)]) -> dict[str, int]:
    """Doubles a number."""
    return {"double": number * 2}


@router.post("/items", response=ItemOut, status_code=201)
def add_item(request: Request, item: ItemIn):
    return ItemOut(item.name, request.headers.get("X-CSRFToken"))


@router.get("/hidden", include_in_schema=False)
def hidden():
    return {}
