"""Reads what a handler takes, once, when it is declared."""

from __future__ import annotations

import datetime
import decimal
import enum
import inspect
import typing
import uuid
from collections import abc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import msgspec
from django.db.models import Model
from django.http import HttpRequest

from ultrafox.annotations import Peeled, annotations_of, evaluate, is_schema, name_of, peel, place_of, plain_function
from ultrafox.exceptions import DeclarationError
from ultrafox.markers import MISSING, Constraints, Mark, Marker
from ultrafox.request import Request

__all__: list[str] = []

Role = Literal["request", "body", "scalar"]
Kind = Literal["str", "int", "float", "bool", "uuid"]

KINDS: dict[Any, Kind] = {str: "str", int: "int", float: "float", bool: "bool", uuid.UUID: "uuid"}
UNANNOTATED = inspect.Parameter.empty

_BOUNDS = ("gt", "ge", "lt", "le")
_CURES: tuple[tuple[tuple[type[Any], ...], str], ...] = (
    ((Model,), " Declare a msgspec.Struct with the fields of the model that may come in."),
    ((enum.Enum,), " Enums are not served here yet: take str or int and make the member in the handler."),
    (
        (list, tuple, set, frozenset, abc.Sequence),
        " Several values of one name are not served here yet: take a str and split it, or read request.GET.getlist().",
    ),
    ((datetime.datetime,), " Dates are not served here yet: take str and call datetime.fromisoformat()."),
    ((datetime.date,), " Dates are not served here yet: take str and call date.fromisoformat()."),
    ((datetime.time,), " Times are not served here yet: take str and call time.fromisoformat()."),
    ((decimal.Decimal,), " Decimals are not served here yet: take str and call Decimal() in the handler."),
)
_NOT_HERE = ("multiple_of", "tz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument of a handler."""

    place: str
    """Where it stands, as the beginning of a refusal."""
    name: str
    role: Role
    annotation: Any
    mark: Mark | None
    kind: Kind | None
    constraints: Constraints
    default: Any
    keyword_only: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """What a handler takes and what its annotation says that it returns (`UNANNOTATED` where it says nothing)."""

    function: Callable[..., Any]
    place: str
    arguments: tuple[Argument, ...]
    returns: Any


def read(function: Callable[..., Any], namespace: Mapping[str, Any], *, returns: bool) -> Signature:
    """Reads the signature of a handler; `returns` says whether its return annotation matters.

    `namespace` holds the names that are visible where it is declared. Raises DeclarationError for what cannot be
    served.
    """
    place = place_of(function)
    plain = plain_function(function)
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError) as error:
        raise DeclarationError(f"{place}: expected a function with a signature, given {function!r}.") from error
    raw = annotations_of(plain) if hasattr(plain, "__annotations__") else {}
    arguments: list[Argument] = []
    for parameter in parameters:
        annotation = raw.get(parameter.name, parameter.annotation)
        if annotation is not UNANNOTATED and parameter.name != "request":
            annotation = evaluate(annotation, plain, namespace, place)
        elif annotation is not UNANNOTATED:
            annotation = _of_request(annotation, plain, namespace, place)
        arguments.append(_argument(parameter, annotation, f"{place}: argument `{parameter.name}`"))
    result = evaluate(raw["return"], plain, namespace, place) if returns and "return" in raw else UNANNOTATED
    return Signature(function, place, tuple(arguments), result)


def _of_request(annotation: Any, function: Any, namespace: Mapping[str, Any], place: str) -> Any:
    """`request` needs no annotation, so one that only type checkers can evaluate does no harm."""
    try:
        return evaluate(annotation, function, namespace, place)
    except DeclarationError:
        return UNANNOTATED


def _argument(parameter: inspect.Parameter, annotation: Any, place: str) -> Argument:
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        raise DeclarationError(
            f"{place}: expected arguments by name, given `{parameter}`."
            " A decorator around the handler shows its signature by functools.wraps."
        )
    peeled = Peeled(UNANNOTATED, (), False) if annotation is UNANNOTATED else peel(annotation)
    mark = _mark(parameter, peeled, place)
    default = _default(parameter, mark, peeled)
    core = _type_of_default(default) if peeled.core in (UNANNOTATED, Any) and not mark_is(mark, "body") else peeled.core
    role = _role(parameter.name, core, mark, place)
    constraints = _constraints(mark, peeled.metadata, place)
    if role == "scalar":
        _check_constraints(core, constraints, place)
    return Argument(
        place=place,
        name=parameter.name,
        role=role,
        annotation=_body_type(annotation, mark) if role == "body" else core,
        mark=mark,
        kind=KINDS.get(core) if role == "scalar" and peeled.core not in (UNANNOTATED, Any) else None,
        constraints=constraints,
        default=default,
        keyword_only=parameter.kind is parameter.KEYWORD_ONLY,
    )


def mark_is(mark: Mark | None, source: str) -> bool:
    """Whether there is a mark, of that source."""
    return mark is not None and mark.source == source


def _mark(parameter: inspect.Parameter, peeled: Peeled, place: str) -> Mark | None:
    marks: list[Mark] = []
    for item in (*peeled.metadata, parameter.default):
        if isinstance(item, (Mark, Marker)):
            marks.append(item if isinstance(item, Mark) else item())
    if len(marks) > 1:
        raise DeclarationError(
            f"{place}: expected one of Path, Query, Header, Cookie, Body, given {len(marks)} of them."
        )
    known = (Mark, Marker, msgspec.Meta, str)
    for item in peeled.metadata:
        if not isinstance(item, known) and type(item).__name__ != "Doc":
            raise DeclarationError(
                f"{place}: expected Path, Query, Header, Cookie, Body or msgspec.Meta in Annotated, given {item!r}."
            )
    return marks[0] if marks else None


def _default(parameter: inspect.Parameter, mark: Mark | None, peeled: Peeled) -> Any:
    if parameter.default is not parameter.empty and not isinstance(parameter.default, (Mark, Marker)):
        return parameter.default
    if mark is not None and mark.default is not MISSING:
        return mark.default
    return None if peeled.optional else MISSING


def _type_of_default(default: object) -> type[Any]:
    kind = type(default)
    return kind if kind in KINDS else str


def _role(name: str, core: Any, mark: Mark | None, place: str) -> Role:
    if mark is not None:
        return _marked_role(core, mark, place)
    if _is_request(core) or (name == "request" and not is_schema(core)):
        return "request"
    if name == "request":
        raise DeclarationError(f"{place}: expected the request, given {name_of(core)}. Give the body another name.")
    if is_schema(core):
        return "body"
    _check_scalar(core, place)
    return "scalar"


def _marked_role(core: Any, mark: Mark, place: str) -> Role:
    if mark.source != "body":
        _check_scalar(core, place)
        return "scalar"
    if core is bytes:
        raise DeclarationError(f"{place}: expected a JSON type, given bytes. Take `request` and read `request.body`.")
    if mark.alias is not None:
        raise DeclarationError(f"{place}: expected no name for the body, given {mark.alias!r}.")
    return "body"


def _is_request(core: Any) -> bool:
    return core is Request or (isinstance(core, type) and issubclass(core, HttpRequest))


def _check_scalar(core: Any, place: str) -> None:
    if core in KINDS:
        return
    raise DeclarationError(
        f"{place}: expected str, int, float, bool or uuid.UUID for a parameter, or a Struct, dataclass, TypedDict, list"
        f" or dict for the body, given {name_of(core)}.{_cure(core)}"
    )


def _cure(core: Any) -> str:
    """What to take instead of a type that is no parameter."""
    origin: Any = typing.get_origin(core) or core
    if origin is Literal:
        return " Literals are not served here yet: take str or int, with pattern= for texts."
    if not isinstance(origin, type):
        return ""
    for kinds, cure in _CURES:
        if issubclass(origin, kinds):
            return cure
    return ""


def _constraints(mark: Mark | None, metadata: tuple[Any, ...], place: str) -> Constraints:
    """Those of the mark and of every msgspec.Meta; the one that stands furthest out wins."""
    merged = mark.constraints if mark else Constraints()
    for meta in metadata:
        if not isinstance(meta, msgspec.Meta):
            continue
        for field in fields(Constraints):
            value = getattr(meta, field.name)
            if value is not None:
                merged = replace(merged, **{field.name: value})
        for name in _NOT_HERE:
            if getattr(meta, name) is not None and not mark_is(mark, "body"):
                raise DeclarationError(
                    f"{place}: expected constraints of a parameter, given `{name}`, which is for bodies."
                )
    return merged


def _check_constraints(core: Any, constraints: Constraints, place: str) -> None:
    for field in fields(Constraints):
        value = getattr(constraints, field.name)
        if value is None:
            continue
        wanted = (int, float) if field.name in _BOUNDS else (str,)
        if core not in wanted:
            raise DeclarationError(
                f"{place}: `{field.name}` is for {' and '.join(map(name_of, wanted))}, given {name_of(core)}."
            )
        types = (int, float) if field.name in _BOUNDS else (str,) if field.name == "pattern" else (int,)
        if isinstance(value, bool) or not isinstance(value, types):
            raise DeclarationError(
                f"{place}: expected {' or '.join(map(name_of, types))} for `{field.name}`, given {value!r}."
            )


def _body_type(annotation: Any, mark: Mark | None) -> Any:
    given = Any if annotation is UNANNOTATED else annotation
    if mark is None:
        return given
    said = {field.name: getattr(mark.constraints, field.name) for field in fields(Constraints)}
    said = {name: value for name, value in said.items() if value is not None}
    return typing.Annotated[given, msgspec.Meta(**said)] if said else given
