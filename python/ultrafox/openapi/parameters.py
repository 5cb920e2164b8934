"""Parameters of path, query, header and cookie, and the fields of forms: from the plan that Rust checks them by."""

from __future__ import annotations

import enum
import typing
from collections import abc
from typing import Any

from ultrafox.annotations import peel
from ultrafox.markers import MISSING
from ultrafox.openapi import libraries, sayings
from ultrafox.openapi.components import Components
from ultrafox.openapi.ports import Bound, Schema
from ultrafox.plan import ParamPlan
from ultrafox.schema.adapter import is_pydantic
from ultrafox.sources import Described

__all__: list[str] = []

# Rust reads texts; these say what a text must be. Decimals are numbers here, so that their bounds mean something.
_KINDS: dict[str, Schema] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "uuid": {"type": "string", "format": "uuid"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "time": {"type": "string", "format": "time"},
    "duration": {"type": "string", "format": "duration"},
    "decimal": {"type": "number", "format": "decimal"},
    "file": libraries.BINARY,
}
_NUMBERS = ("int", "float", "decimal")
_BOUNDS = {
    "gt": "exclusiveMinimum",
    "ge": "minimum",
    "lt": "exclusiveMaximum",
    "le": "maximum",
    "multiple_of": "multipleOf",
}
_LENGTHS = {"min_length": "minLength", "max_length": "maxLength", "pattern": "pattern"}
_CONVERTERS: dict[str | None, Schema] = {"int": {"minimum": 0}, "slug": {"pattern": "^[-a-zA-Z0-9_]+$"}}
# OpenAPI 3.1, 4.8.12.1: these are described by other parts of an operation.
_NO_PARAMETERS = ("accept", "content-type", "authorization")


def parameters(bound: Bound, components: Components) -> list[Schema]:
    """The parameter objects of an operation, in the order of its arguments."""
    return [
        _parameter(one, *_plan_of(one, bound), components)
        for one in bound.described
        if one.source not in ("form", "file") and not _is_hidden(one)
    ]


def form_fields(bound: Bound, components: Components) -> list[tuple[Described, Schema]]:
    """The fields of a form with their schemas."""
    return [
        (one, schema_of(one, *_plan_of(one, bound), components))
        for one in bound.described
        if one.source in ("form", "file")
    ]


def _is_hidden(parameter: Described) -> bool:
    if parameter.source == "header" and parameter.name.lower() in _NO_PARAMETERS:
        return True
    return parameter.mark is not None and not parameter.mark.about.include_in_schema and not parameter.required


def _plan_of(parameter: Described, bound: Bound) -> tuple[ParamPlan, tuple[Any, ...] | None]:
    """What Rust knows of a parameter, and the values of its choices. Names of header fields have no case."""
    wanted = parameter.name.lower() if parameter.source == "header" else parameter.name
    for plan, choices in zip(bound.params, bound.choices, strict=True):
        if plan.source == parameter.source and plan.name == wanted:
            return plan, choices
    raise TypeError(f"expected `{parameter.name}` of the {parameter.source} among the parameters of the plan")


def _parameter(
    parameter: Described, plan: ParamPlan, choices: tuple[Any, ...] | None, components: Components
) -> Schema:
    said = sayings.of(parameter)
    found: Schema = {"name": parameter.name, "in": parameter.source}
    if said.description:
        found["description"] = said.description
    found["required"] = parameter.source == "path" or plan.required
    if said.deprecated:
        found["deprecated"] = True
    if plan.many:
        # `?tag=a&tag=b`; fields of the head are lists with commas (RFC 9110, 5.6.1).
        form = parameter.source in ("query", "cookie")
        found |= {"style": "form", "explode": True} if form else {"style": "simple", "explode": False}
    found["schema"] = schema_of(parameter, plan, choices, components, described=False)
    return found


def schema_of(
    parameter: Described,
    plan: ParamPlan,
    choices: tuple[Any, ...] | None,
    components: Components,
    *,
    described: bool = True,
) -> Schema:
    """The schema of a parameter's value; `described` adds what a parameter object says outside of it."""
    said = sayings.of(parameter)
    schema: Schema = _item(parameter, plan, choices, components)
    if plan.many:
        items, schema = schema, {"type": "array"}
        schema["items"] = items
        for name, key in (("min_items", "minItems"), ("max_items", "maxItems")):
            if getattr(plan, name) is not None:
                schema[key] = getattr(plan, name)
    if said.title:
        schema["title"] = said.title
    if described and said.description:
        schema["description"] = said.description
    if described and said.deprecated:
        schema["deprecated"] = True
    if parameter.default is not MISSING and parameter.default is not None:
        schema["default"] = sayings.plain(parameter.default)
    if said.examples:
        schema["examples"] = [sayings.plain(one) for one in said.examples]
    # The schema is filled later where it is a component: it must stay the same object.
    schema.update(said.extra)
    return schema


def _item(parameter: Described, plan: ParamPlan, choices: tuple[Any, ...] | None, components: Components) -> Schema:
    inner = _inner(parameter.annotation) if plan.many else parameter.annotation
    if plan.kinds == ("str",) and _is_foreign(inner):
        schema = components.schema(inner, "validation")
        schema.update(_constraints(plan, "str"))
        return schema
    members = [_one(kind, plan, choices, components) for kind in plan.kinds]
    return members[0] if len(members) == 1 else {"anyOf": members}


def _one(kind: str, plan: ParamPlan, choices: tuple[Any, ...] | None, components: Components) -> Schema:
    if kind == "choice":
        return _choice(choices or plan.choices, components)
    return {**_KINDS[kind], **_constraints(plan, kind), **_CONVERTERS.get(plan.converter, {})}


def _constraints(plan: ParamPlan, kind: str) -> Schema:
    keys = _BOUNDS if kind in _NUMBERS else _LENGTHS if kind in ("str", "file") else {}
    return {key: value for name, key in keys.items() if (value := getattr(plan, name)) is not None}


def _choice(values: tuple[Any, ...], components: Components) -> Schema:
    """All members of one enum are that enum, by its name; anything else is a list of values."""
    kinds = {type(value) for value in values}
    kind = next(iter(kinds)) if len(kinds) == 1 else None
    if kind is not None and issubclass(kind, enum.Enum) and set(values) == set(kind):
        return components.schema(kind, "validation")
    return libraries.enumeration(None, [one.value if isinstance(one, enum.Enum) else one for one in values])


def _inner(annotation: Any) -> Any:
    """The item of a list, set or tuple."""
    arguments = typing.get_args(peel(annotation).core)
    return arguments[0] if arguments else Any


def _is_foreign(annotation: Any) -> bool:
    """Whether pydantic alone knows what the text must be: an address, a URL."""
    core = peel(annotation).core
    return core not in (str, Any) and not isinstance(core, abc.Sequence) and is_pydantic(annotation)
