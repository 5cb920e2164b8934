"""Whether a value can be made a reply without waiting for the database."""

from __future__ import annotations

import datetime
import decimal
import enum
import sys
import uuid
from typing import Any

import msgspec

__all__: list[str] = []

_TIMES = (datetime.date, datetime.datetime, datetime.time, datetime.timedelta)
_INERT = frozenset((type(None), bool, int, float, str, bytes, uuid.UUID, decimal.Decimal, *_TIMES))


def is_inert(value: Any) -> bool:
    """Whether all parts of a value are there already: no attribute of it, however deep, is computed when it is read."""
    kind: type[Any] = type(value)
    if kind in _INERT or issubclass(kind, enum.Enum):
        return True
    if kind in (list, tuple, set, frozenset):
        return all(map(is_inert, value))
    if kind is dict:
        return all(map(is_inert, value.values()))
    if issubclass(kind, msgspec.Struct):
        return all(is_inert(getattr(value, field)) for field in kind.__struct_fields__)
    return _is_pydantic(kind) and _computes_nothing(kind) and all(map(is_inert, vars(value).values()))


def _is_pydantic(kind: type[Any]) -> bool:
    pydantic = sys.modules.get("pydantic")
    return pydantic is not None and issubclass(kind, pydantic.BaseModel)


def _computes_nothing(model: Any) -> bool:
    own = model.__pydantic_decorators__
    return not (own.computed_fields or own.field_serializers or own.model_serializers)
