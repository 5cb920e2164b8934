"""Values without parts: what is changed about them on their way out, before msgspec checks them.

A reply may hold what the ORM gives where the schema asks for text: an int, a UUID or a Decimal becomes a str, a
translation becomes its text, a stored file its name. A bool never becomes text.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from collections.abc import Callable
from typing import Any, cast

from django.db.models.fields.files import FieldFile
from django.utils.functional import Promise
from msgspec import inspect

__all__: list[str] = []

_TEXTS = (int, float, decimal.Decimal, uuid.UUID, Promise, FieldFile)
_TIMES = (datetime.date, datetime.time)


def as_text(value: Any) -> Any:
    """A value for a field that is declared as str."""
    kind: type[Any] = type(value)
    if kind is str or kind is bool:
        return value
    if isinstance(value, enum.Enum):
        return as_text(value.value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, _TEXTS):
        return str(value)
    return value.isoformat() if isinstance(value, _TIMES) else value


def as_int(value: Any) -> Any:
    """A value for a field that is declared as int: a member of an IntegerChoices is its number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    return value


def as_float(value: Any) -> Any:
    """A value for a field that is declared as float."""
    return float(value) if isinstance(value, (float, decimal.Decimal)) else as_int(value)


def as_bytes(value: Any) -> Any:
    """A value for a field that is declared as bytes: some databases give a memoryview."""
    return cast("memoryview[int]", value).tobytes() if isinstance(value, memoryview) else value


def as_is(value: Any) -> Any:
    """A value that msgspec checks as it comes."""
    return value


_COERCIONS: dict[type[inspect.Type], Callable[[Any], Any]] = {
    inspect.StrType: as_text,
    inspect.IntType: as_int,
    inspect.FloatType: as_float,
    inspect.BytesType: as_bytes,
}


def coercion_for(info: inspect.Type) -> Callable[[Any], Any]:
    """What is done to a value of that type."""
    return _COERCIONS.get(type(info), as_is)
