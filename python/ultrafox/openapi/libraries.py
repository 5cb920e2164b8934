"""JSON Schemas by the library that a type belongs to."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec
from django.core.files.uploadedfile import UploadedFile

from ultrafox.openapi import structs
from ultrafox.openapi.ports import Schema
from ultrafox.openapi.references import renamed
from ultrafox.schema.dump import Dump

__all__: list[str] = []

Mode = Literal["validation", "serialization"]
Named = dict[str, Schema]
Generated = tuple[list[Schema], Named]

TEMPLATE: Final = "#/components/schemas/{name}"
BINARY: Final[Schema] = {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}
"""OpenAPI 3.1 tells the media type; `format` is what readers of 3.0 know."""

_SCALARS: dict[type, str] = {str: "string", bool: "boolean", int: "integer", float: "number"}


def generate(library: str, mode: Mode, dump: Dump, annotations: Sequence[Any]) -> Generated:
    """The schemas of these types, in order, and those that they refer to. Raises TypeError for what has none."""
    made = _by_pydantic if library == "pydantic" else _by_msgspec
    schemas, named = made(mode, dump, annotations)
    if dump.exclude_none or dump.exclude_unset or dump.exclude_defaults:
        for schema in (*named.values(), *schemas):
            _make_partial(schema, dump)
    return schemas, named


def enumeration(title: str | None, values: Sequence[Any]) -> Schema:
    """The schema of one of these values."""
    schema: Schema = {"title": title} if title else {}
    kinds = {_SCALARS.get(type(value)) for value in values}
    if len(kinds) == 1 and (kind := next(iter(kinds))):
        schema["type"] = kind
    return {**schema, "enum": list(values)}


def _by_msgspec(mode: Mode, dump: Dump, annotations: Sequence[Any]) -> Generated:
    changed = structs.changed(annotations, dump) if mode == "serialization" else ()
    roots, named = msgspec.json.schema_components([*annotations, *changed], schema_hook=_custom, ref_template=TEMPLATE)
    schemas = list(roots[: len(annotations)])
    for kind, reference in zip(changed, roots[len(annotations) :], strict=True):
        schema = named[reference["$ref"].rpartition("/")[2]]
        if not dump.by_alias:
            structs.unalias(schema, kind)
        for name, annotation in structs.computed_fields(kind).items():
            structs.add_computed(schema, name, _inline(annotation))
    short = structs.short_names(named)
    return [renamed(schema, short) for schema in schemas], {short[k]: renamed(v, short) for k, v in named.items()}


def _inline(annotation: Any) -> Schema:
    """A schema that needs no components, or that of anything."""
    schemas, named = msgspec.json.schema_components([annotation], schema_hook=_custom, ref_template=TEMPLATE)
    return {} if named else dict(schemas[0])


def _custom(kind: type[Any]) -> Schema:
    """What msgspec does not take for what it is: Django's choices, and files."""
    if issubclass(kind, enum.Enum):
        return enumeration(kind.__name__, [member.value for member in kind])
    if issubclass(kind, UploadedFile):
        return dict(BINARY)
    raise NotImplementedError


def _by_pydantic(mode: Mode, dump: Dump, annotations: Sequence[Any]) -> Generated:
    import pydantic
    from pydantic.errors import PydanticUserError

    try:
        adapters: list[tuple[int, Mode, Any]] = [
            (place, mode, pydantic.TypeAdapter(annotation)) for place, annotation in enumerate(annotations)
        ]
        by_place, whole = pydantic.TypeAdapter.json_schemas(
            adapters, by_alias=dump.by_alias, ref_template=TEMPLATE.format(name="{model}")
        )
    except PydanticUserError as error:
        raise TypeError(str(error).splitlines()[0]) from error
    return [dict(by_place[place, mode]) for place in range(len(annotations))], dict(whole.get("$defs", {}))


def _make_partial(schema: Schema, dump: Dump) -> None:
    """Takes out of `required` what the options of a reply may leave out."""
    properties = schema.get("properties", {})
    required = [name for name in schema.get("required", ()) if not _may_be_absent(properties.get(name, {}), dump)]
    if required:
        schema["required"] = required
    else:
        schema.pop("required", None)


def _may_be_absent(field: Schema, dump: Dump) -> bool:
    if dump.exclude_none and (field.get("type") == "null" or {"type": "null"} in field.get("anyOf", ())):
        return True
    return (dump.exclude_unset or dump.exclude_defaults) and "default" in field
