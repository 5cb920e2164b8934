"""Constraints of a type: those of its marker, of msgspec.Meta, and of pydantic and annotated_types."""

from __future__ import annotations

import decimal
import re
import sys
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Annotated, Any

import msgspec

from ultrafox.annotations import name_of
from ultrafox.exceptions import DeclarationError
from ultrafox.markers import Constraints, Mark, Marker, Needs

__all__: list[str] = []

NAMES = tuple(field.name for field in fields(Constraints))
_NUMBERS = ("gt", "ge", "lt", "le", "multiple_of")
_LENGTHS = ("min_length", "max_length")
_KINDS = {**dict.fromkeys(_NUMBERS, ("int", "float", "decimal")), **dict.fromkeys(_LENGTHS, ("str", "file"))}
_WORDS = {**dict.fromkeys(_NUMBERS, "int, float and Decimal"), **dict.fromkeys(_LENGTHS, "str, files and lists")}
# What of pydantic's changes or checks a value in a way that cannot be said by constraints alone.
_PLAIN = ("FieldInfo", "PydanticGeneralMetadata", "StringConstraints", "WithJsonSchema", "Strict")
_CHANGES = ("strip_whitespace", "to_upper", "to_lower", "ascii_only")
_LIBRARIES = ("annotated_types", "pydantic", "pydantic_core")


def flat(metadata: Iterable[Any]) -> list[Any]:
    """Metadata with that inside pydantic's `Field(…)` beside it, and nothing twice inside."""
    found: list[Any] = []
    for item in metadata:
        inner = getattr(item, "metadata", None) if type(item).__name__ == "FieldInfo" else None
        found.extend((item, *(inner or ())))
    return found


def of_library(item: Any) -> bool:
    """Whether a piece of metadata is one of pydantic's or annotated_types'."""
    return type(item).__module__.partition(".")[0] in _LIBRARIES


def needs_pydantic(metadata: Iterable[Any]) -> bool:
    """Whether only pydantic can do what the metadata asks: validators, stripping, predicates."""
    for item in metadata:
        if not of_library(item):
            continue
        if any(getattr(item, name, None) for name in _CHANGES):
            return True
        plain = type(item).__name__ in _PLAIN or any(hasattr(item, name) for name in NAMES)
        if not plain:
            return True
    return False


def check_metadata(metadata: Iterable[Any], place: str) -> None:
    """Refuses what nobody would look at."""
    for item in metadata:
        known = isinstance(item, (Mark, Marker, Needs, msgspec.Meta, str)) or item is None or of_library(item)
        if not known and type(item).__name__ != "Doc":
            raise DeclarationError(
                f"{place}: expected Path, Query, Header, Cookie, Form, File, Body, Depends or msgspec.Meta in"
                f" Annotated, given {item!r}."
            )


def merge(mark: Mark | None, metadata: Iterable[Any]) -> Constraints:
    """Those of the mark and of all metadata; the one that stands furthest out wins."""
    merged = mark.constraints if mark else Constraints()
    for item in flat(metadata):
        if isinstance(item, msgspec.Meta) or of_library(item):
            said = {name: value for name in NAMES if (value := getattr(item, name, None)) is not None}
            merged = replace(merged, **said)
    return replace(
        merged,
        **{name: _number(getattr(merged, name)) for name in _NUMBERS},
        pattern=_pattern(merged.pattern),
    )


def _pattern(value: Any) -> Any:
    """A regular expression as text."""
    return value.pattern if isinstance(value, re.Pattern) else value


def _number(value: Any) -> Any:
    """A bound as the plan can hold it."""
    if not isinstance(value, decimal.Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def said(constraints: Constraints) -> dict[str, Any]:
    """The constraints that ask for something."""
    return {name: value for name in NAMES if (value := getattr(constraints, name)) is not None}


def check(constraints: Constraints, kinds: Iterable[str], annotation: Any, place: str) -> None:
    """Refuses constraints that no value of these kinds can have, and values that are none."""
    kinds = tuple(kinds)
    for name, value in said(constraints).items():
        if not any(kind in _KINDS.get(name, ("str",)) for kind in kinds):
            raise DeclarationError(f"{place}: `{name}` is for {_WORDS.get(name, 'str')}, given {name_of(annotation)}.")
        types = (int, float) if name in _NUMBERS else (int,) if name in _LENGTHS else (str,)
        if isinstance(value, bool) or not isinstance(value, types):
            wanted = " or ".join(map(name_of, types))
            raise DeclarationError(f"{place}: expected {wanted} for `{name}`, given {value!r}.")


def restrict(annotation: Any, constraints: Constraints, *, pydantic: bool) -> Any:
    """The annotation of a body with the constraints of its marker."""
    asked = said(constraints)
    if not asked:
        return annotation
    if pydantic:
        return Annotated[annotation, sys.modules["pydantic"].Field(**asked)]
    return Annotated[annotation, msgspec.Meta(**asked)]
