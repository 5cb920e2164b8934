"""Values to JSON and msgpack."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import msgspec
from django.db.models import Model, QuerySet
from django.db.models.manager import BaseManager
from django.utils.functional import Promise

__all__ = ["encodable", "encode", "encode_msgpack"]


def encodable(value: Any) -> Any:
    """What msgspec does not know: subclasses of its builtins, Django's translations, pydantic's models (`enc_hook`)."""
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, (Model, QuerySet, BaseManager)):
        name = model_name(value)
        raise TypeError(
            f"Expected a response schema for {name}, given {type(value).__name__} without one."
            f" Name it, as in response={name}Out: nothing else says which of its fields may leave."
        )
    pydantic = sys.modules.get("pydantic")
    if pydantic is not None and isinstance(value, pydantic.BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    raise TypeError(f"Expected a value that JSON can hold, given {type(value).__module__}.{type(value).__qualname__}.")


def model_name(value: Any) -> str:
    """The model of an instance, a QuerySet or a manager."""
    return str(getattr(value, "model", type(value)).__name__)


encode: Callable[[object], bytes] = msgspec.json.Encoder(enc_hook=encodable).encode
"""Any value to JSON. Raises TypeError naming what JSON cannot hold."""

encode_msgpack: Callable[[object], bytes] = msgspec.msgpack.Encoder(enc_hook=encodable).encode
"""Any value to msgpack. Raises TypeError as `encode` does, OverflowError for whole numbers beyond 64 bits."""
