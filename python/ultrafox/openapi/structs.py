"""What msgspec's schemas do not say of Structs in replies: computed fields, names of Python, short names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import inspect

from ultrafox.annotations import annotations_of, evaluate
from ultrafox.openapi.ports import Schema
from ultrafox.schema.dump import Dump

__all__: list[str] = []


def changed(annotations: Sequence[Any], dump: Dump) -> tuple[type[Any], ...]:
    """The Structs within these types whose replies are not what msgspec says."""
    found: dict[type[Any], None] = {}
    for annotation in annotations:
        _collect(inspect.type_info(annotation), found)
    return tuple(
        kind for kind in found if computed_fields(kind) or (not dump.by_alias and any(_aliases(kind).values()))
    )


def _collect(info: Any, found: dict[type[Any], None]) -> None:
    if isinstance(info, tuple):
        for one in info:
            _collect(one, found)
    elif isinstance(info, inspect.StructType):
        if info.cls not in found:
            found[info.cls] = None
            _collect(info.fields, found)
    elif isinstance(info, (inspect.Type, inspect.Field)):
        for name in info.__struct_fields__:
            _collect(getattr(info, name), found)


def computed_fields(kind: type[Any]) -> dict[str, Any]:
    """The fields that a Serializer has in replies only, with the types that their functions return."""
    found: dict[str, Any] = {}
    for name, computed in getattr(kind, "__ultrafox_computed__", {}).items():
        said = annotations_of(computed.function).get("return", Any)
        found[name] = evaluate(said, computed.function, vars(kind), f"{kind.__qualname__}.{name}")
    return found


def add_computed(schema: Schema, name: str, field: Schema) -> None:
    """Adds a field that is always there, and never comes in."""
    schema.setdefault("properties", {})[name] = {**field, "readOnly": True}
    schema.setdefault("required", []).append(name)


def _aliases(kind: type[Any]) -> dict[str, str | None]:
    return {
        field.encode_name: field.name if field.name != field.encode_name else None
        for field in msgspec.structs.fields(kind)
    }


def unalias(schema: Schema, kind: type[Any]) -> None:
    """Calls the fields by their names in Python."""
    names = _aliases(kind)
    schema["properties"] = {names.get(name) or name: one for name, one in schema.get("properties", {}).items()}
    if "required" in schema:
        schema["required"] = [names.get(name) or name for name in schema["required"]]


def short_names(named: Iterable[str]) -> dict[str, str]:
    """msgspec calls classes of one name by their modules; what stands there for functions is left out."""
    short = {name: name.replace("._locals_", "").removeprefix("__main__.") for name in named}
    return short if len(set(short.values())) == len(short) else {name: name for name in short}
