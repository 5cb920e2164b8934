"""A handler's signature on a path: which argument comes from where."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ultrafox.annotations import name_of
from ultrafox.exceptions import DeclarationError
from ultrafox.markers import MISSING
from ultrafox.nearest import did_you_mean
from ultrafox.path import Template
from ultrafox.plan import ParamPlan
from ultrafox.signature import KINDS, Argument, Kind, Signature

__all__: list[str] = []

REQUEST = -1
BODY = -2
# What these methods carry means nothing by HTTP (RFC 9110, 9.3): an unmarked schema is meant for something else.
BODILESS = ("GET", "HEAD", "OPTIONS", "TRACE")
_KIND_OF_CONVERTER: dict[str | None, Kind] = {"int": "int", "uuid": "uuid"}


@dataclass(frozen=True, slots=True)
class Binding:
    """A signature on a path."""

    places: tuple[int, ...]
    """For each argument: REQUEST, BODY, or the place of its parameter."""
    params: tuple[ParamPlan, ...]
    defaults: tuple[Any, ...]
    """For each parameter, what it is when the request does not have it."""
    body: Argument | None


def bind(signature: Signature, template: Template, method: str) -> Binding:
    """Decides where each argument comes from. Raises DeclarationError for what contradicts the path or the method."""
    places: list[int] = []
    params: list[ParamPlan] = []
    defaults: list[Any] = []
    body: Argument | None = None
    for argument in signature.arguments:
        if argument.role == "request":
            places.append(REQUEST)
        elif argument.role == "body":
            _check_body(argument, body, template, method)
            body = argument
            places.append(BODY)
        else:
            places.append(len(params))
            params.append(_parameter(argument, template))
            defaults.append(None if argument.default is MISSING else argument.default)
    _check_path_is_taken(template, params, signature)
    return Binding(tuple(places), tuple(params), tuple(defaults), body)


def _check_body(argument: Argument, other: Argument | None, template: Template, method: str) -> None:
    given = name_of(argument.annotation)
    if argument.name in template.converters:
        raise DeclarationError(f"{argument.place}: expected a scalar for a parameter of the path, given {given}.")
    if other is not None:
        raise DeclarationError(f"{argument.place}: `{other.name}` is the body already. Put both into one Struct.")
    if method in BODILESS and argument.mark is None:
        raise DeclarationError(
            f"{argument.place}: a {method} request has no body, given {given}."
            " Take scalars from the query, or mark it Body()."
        )


def _parameter(argument: Argument, template: Template) -> ParamPlan:
    mark = argument.mark
    name = mark.alias if mark and mark.alias else argument.name
    source: Any = mark.source if mark else "path" if name in template.converters else "query"
    converter = None
    if source == "path":
        _check_in_path(argument, name, template)
        converter = template.converters[name]
    elif source == "header":
        name = (name if mark and mark.alias else name.replace("_", "-")).lower()
    return ParamPlan(
        name=name,
        source=source,
        kinds=(argument.kind or _KIND_OF_CONVERTER.get(converter) or KINDS[argument.annotation],),
        required=source == "path" or argument.default is MISSING,
        converter=converter,
        **asdict(argument.constraints),
    )


def _check_in_path(argument: Argument, name: str, template: Template) -> None:
    if name not in template.converters:
        raise DeclarationError(
            f"{argument.place}: expected `{{{name}}}` in the path, given {template.canonical}."
            f"{did_you_mean(name, template.converters)}"
        )
    if argument.mark and argument.mark.default is not MISSING:
        raise DeclarationError(
            f"{argument.place}: a parameter of the path is always there, given the default {argument.mark.default!r}."
        )


def _check_path_is_taken(template: Template, params: list[ParamPlan], signature: Signature) -> None:
    taken = {param.name for param in params if param.source == "path"}
    for name in template.converters:
        if name not in taken:
            names = [argument.name for argument in signature.arguments]
            raise DeclarationError(
                f"{signature.place}: expected an argument `{name}`, which the path {template.canonical} names,"
                f" given ({', '.join(names)}).{did_you_mean(name, names)}"
            )
