"""Django's TextChoices and IntegerChoices, which msgspec does not take for the enums that they are."""

from __future__ import annotations

import enum
from typing import Any, TypeGuard

from msgspec import inspect

__all__: list[str] = []


def are_choices(info: inspect.Type) -> TypeGuard[inspect.CustomType]:
    """Whether a type that msgspec does not know is an enum after all."""
    return isinstance(info, inspect.CustomType) and issubclass(info.cls, enum.Enum)


def choice_of(kind: type[Any], value: Any) -> Any:
    """The member of a value, in msgspec's words where there is none (`dec_hook`)."""
    try:
        return kind(value)
    except ValueError:
        raise ValueError(f"Invalid enum value {value!r}") from None
