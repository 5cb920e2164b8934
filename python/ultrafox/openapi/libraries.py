"""JSON Schemas by the library that a type belongs to."""

from __future__ import annotations

import enum
import sys
import typing
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Literal

import msgspec
from django.core.files.uploadedfile import UploadedFile

from ultrafox.annotations import peel
from ultrafox.openapi.ports import Schema
from ultrafox.openapi.references import renamed

__all__: list[str] = []

Mode = Literal["validation", "serialization"]
Named = dict[str, Schema]
Generated = tuple[list[Schema], Named]

TEMPLATE = "#/components/schemas/{name}"
BINARY: Schema = {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}
"""OpenAPI 3.1 tells the media type; `format` is what its readers of 3.0 know."""

_SCALARS: dict[type, str] = {str: "string", bool: "boolean", int: "integer", float: "number"}


def is_pydantic(annotation: Any) -> bool:
    """Whether pydantic knows a type and msgspec does not: it is one of its models, or holds one."""
    if "pydantic" not in sys.modules:
        return False
    core = peel(annotation).core
    if isinstance(core, type) and not typing.get_origin(core):
        return _has_core_schema(core)
    arguments = typing.get_args(core)
    if typing.get_origin(core) is Literal:
        return False
    return _has_core_schema(typing.get_origin(core)) or any(is_pydantic(one) for one in arguments)


def _has_core_schema(kind: Any) -> bool:
    return hasattr(kind, "__get_pydantic_core_schema__") or hasattr(kind, "__pydantic_core_schema__")


def generate(library: str, mode: Mode, annotations: Sequence[Any]) -> Generated:
    """The schemas of these types, in order, and those that they refer to. Raises TypeError for what has none."""
    return _by_pydantic(mode, annotations) if library == "pydantic" else _by_msgspec(mode, annotations)


def _by_msgspec(mode: Mode, annotations: Sequence[Any]) -> Generated:
    computed = _computing(annotations) if mode == "serialization" else ()
    roots, named = msgspec.json.schema_components([*annotations, *computed], schema_hook=_custom, ref_template=TEMPLATE)
    schemas, references = list(roots[: len(annotations)]), roots[len(annotations) :]
    for kind, reference in zip(computed, references, strict=True):
        _add_computed(named[reference["$ref"].rpartition("/")[2]], kind)
    short = _short_names(named)
    return [renamed(schema, short) for schema in schemas], {short[k]: renamed(v, short) for k, v in named.items()}


def _short_names(named: Iterable[str]) -> dict[str, str]:
    """msgspec names every class that clashes in full; without `_locals_` that is still clear, and reads better."""
    short = {name: name.replace("._locals_", "").removeprefix("__main__.") for name in named}
    return short if len(set(short.values())) == len(short) else {name: name for name in short}


def _custom(kind: type[Any]) -> Schema:
    """What msgspec does not take for what it is: Django's choices, and files."""
    if issubclass(kind, enum.Enum):
        return enumeration(kind.__name__, [member.value for member in kind])
    if issubclass(kind, UploadedFile):
        return dict(BINARY)
    raise NotImplementedError


def enumeration(title: str | None, values: Sequence[Any]) -> Schema:
    """The schema of one of these values."""
    schema: Schema = {"title": title} if title else {}
    kinds = {_SCALARS.get(type(value)) for value in values}
    if len(kinds) == 1 and (kind := next(iter(kinds))):
        schema["type"] = kind
    return {**schema, "enum": list(values)}


@cache
def _classes(annotation: Any) -> tuple[type[Any], ...]:
    """The Structs that a type is made of."""
    found: dict[type[Any], None] = {}
    _collect(msgspec.inspect.type_info(annotation), found)
    return tuple(found)


def _collect(info: Any, found: dict[type[Any], None]) -> None:
    if isinstance(info, (list, tuple)):
        for one in info:
            _collect(one, found)
    elif isinstance(info, msgspec.inspect.StructType):
        if info.cls not in found:
            found[info.cls] = None
            _collect(info.fields, found)
    elif isinstance(info, (msgspec.inspect.Type, msgspec.inspect.Field)):
        for name in info.__struct_fields__:
            _collect(getattr(info, name), found)


def computed_fields(kind: type[Any]) -> dict[str, Any]:
    """The fields that a Serializer has in replies only, with their types."""
    found: Any = getattr(kind, "__computed_fields__", None) or {}
    return dict(found) if isinstance(found, dict) else {name: Any for name in found}


def _computing(annotations: Sequence[Any]) -> tuple[type[Any], ...]:
    kinds: dict[type[Any], None] = {}
    for annotation in annotations:
        try:
            kinds.update({kind: None for kind in _classes(annotation) if computed_fields(kind)})
        except TypeError:
            # Not to be hashed: an Annotated with a list among its metadata. It has no name either.
            found: dict[type[Any], None] = {}
            _collect(msgspec.inspect.type_info(annotation), found)
            kinds.update({kind: None for kind in found if computed_fields(kind)})
    return tuple(kinds)


def _add_computed(schema: Schema, kind: type[Any]) -> None:
    fields = computed_fields(kind)
    schemas, _ = msgspec.json.schema_components(list(fields.values()), schema_hook=_custom, ref_template=TEMPLATE)
    for name, one in zip(fields, schemas, strict=True):
        schema.setdefault("properties", {})[name] = {**one, "readOnly": True}
        schema.setdefault("required", []).append(name)


def _by_pydantic(mode: Mode, annotations: Sequence[Any]) -> Generated:
    import pydantic
    from pydantic.errors import PydanticUserError

    adapters: list[tuple[str, Mode, Any]] = [
        (str(place), mode, pydantic.TypeAdapter(annotation)) for place, annotation in enumerate(annotations)
    ]
    try:
        by_place, whole = pydantic.TypeAdapter.json_schemas(adapters, ref_template=TEMPLATE.format(name="{model}"))
    except PydanticUserError as error:
        raise TypeError(str(error).splitlines()[0]) from error
    return [dict(by_place[str(place), mode]) for place in range(len(annotations))], dict(whole.get("$defs", {}))
