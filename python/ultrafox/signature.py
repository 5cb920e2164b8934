"""Reads what a handler takes, once, when it is declared: its arguments, and those of what it depends on."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, Literal

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from ultrafox import constraints as limits
from ultrafox import scalars
from ultrafox.annotations import (
    Peeled,
    annotations_of,
    evaluate,
    is_record,
    is_schema,
    name_of,
    peel,
    place_of,
    plain_function,
)
from ultrafox.exceptions import DeclarationError
from ultrafox.markers import MISSING, Mark, Marker, Needs
from ultrafox.request import Request
from ultrafox.uploads import UploadFile

__all__: list[str] = []

Role = Literal["request", "ctx", "response", "depends", "body", "param", "group"]
UNANNOTATED = inspect.Parameter.empty

_MARKERS = "Path, Query, Header, Cookie, Form, File, Body, Depends"


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument of a handler or of a dependency."""

    place: str
    """Where it stands, as the beginning of a refusal."""
    name: str
    role: Role
    annotation: Any
    """As it is written, with what Annotated says; without annotation the type of the default."""
    core: Any
    mark: Mark | None
    scalar: scalars.Scalar | None
    """How a parameter is read; None where only the path can say it."""
    needs: Needed | None
    default: Any
    factory: Callable[[], Any] | None
    """Makes the default anew each time."""
    keyword_only: bool

    @property
    def is_file(self) -> bool:
        """Whether its value is a file of a form."""
        return self.scalar is not None and self.scalar.kinds == ("file",)


@dataclass(frozen=True, slots=True)
class Needed:
    """A dependency as an argument names it."""

    signature: Signature
    cached: bool


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """What a handler takes and what its annotation says that it returns (`UNANNOTATED` where it says nothing)."""

    function: Callable[..., Any]
    place: str
    arguments: tuple[Argument, ...]
    returns: Any


def read(
    function: Callable[..., Any],
    namespace: Mapping[str, Any],
    *,
    returns: bool,
    what: str = "handler",
    chain: tuple[Callable[..., Any], ...] = (),
) -> Signature:
    """Reads the signature of a handler; `returns` says whether its return annotation matters.

    `namespace` holds the names that are visible where it is declared, `chain` the functions that depend on it, first
    the handler. Raises DeclarationError for what cannot be served.
    """
    place = place_of(function, what)
    _check_chain(function, chain, place)
    plain = plain_function(function)
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError) as error:
        raise DeclarationError(f"{place}: expected a function with a signature, given {function!r}.") from error
    raw = annotations_of(plain) if hasattr(plain, "__annotations__") and not isinstance(plain, type) else {}
    arguments: list[Argument] = []
    for parameter in parameters:
        where = f"{place}: argument `{parameter.name}`"
        annotation = _annotation(raw.get(parameter.name, parameter.annotation), parameter.name, plain, namespace, place)
        peeled = Peeled(UNANNOTATED, (), False) if annotation is UNANNOTATED else peel(annotation)
        needs = _needs(parameter, peeled, where, namespace, (*chain, function))
        arguments.append(_argument(parameter, annotation, peeled, needs, where))
    result = evaluate(raw["return"], plain, namespace, place) if returns and "return" in raw else UNANNOTATED
    return Signature(function, place, tuple(arguments), result)


def _check_chain(function: Any, chain: tuple[Any, ...], place: str) -> None:
    if function not in chain:
        return
    circle = (*chain[chain.index(function) :], function)
    names = " → ".join(str(getattr(plain_function(one), "__qualname__", one)) for one in circle)
    raise DeclarationError(f"{place}: expected dependencies that end somewhere, given a circle: {names}.")


def _annotation(annotation: Any, name: str, function: Any, namespace: Mapping[str, Any], place: str) -> Any:
    if annotation is UNANNOTATED:
        return annotation
    try:
        return evaluate(annotation, function, namespace, place)
    except DeclarationError:
        # These two need no annotation, so one that only type checkers can evaluate does no harm.
        if name in ("request", "ctx"):
            return UNANNOTATED
        raise


def _needs(
    parameter: inspect.Parameter,
    peeled: Peeled,
    place: str,
    namespace: Mapping[str, Any],
    chain: tuple[Callable[..., Any], ...],
) -> Needed | None:
    """The dependency that an argument names."""
    found = [item for item in (*peeled.metadata, parameter.default) if isinstance(item, Needs)]
    if not found:
        return None
    function: Any = found[-1].function or peeled.core
    if not callable(function) or function is UNANNOTATED:
        raise DeclarationError(f"{place}: expected Depends(function), or a class as annotation, given Depends() alone.")
    return need(Needs(function, found[-1].use_cache), namespace, chain)


def need(needs: Any, namespace: Mapping[str, Any], chain: tuple[Callable[..., Any], ...] = ()) -> Needed:
    """Reads a dependency that is named by `Depends(function)`, or by the function alone."""
    named = needs if isinstance(needs, Needs) else Needs(needs)
    if not callable(named.function):
        raise DeclarationError(f"Expected a dependency, as in Depends(function), given {needs!r}.")
    return Needed(read(named.function, namespace, returns=False, what="dependency", chain=chain), named.use_cache)


def _argument(
    parameter: inspect.Parameter, annotation: Any, peeled: Peeled, needs: Needed | None, place: str
) -> Argument:
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        raise DeclarationError(
            f"{place}: expected arguments by name, given `{parameter}`."
            " A decorator around the handler shows its signature by functools.wraps."
        )
    if isinstance(peeled.core, (Mark, Marker, Needs)):
        shown = peeled.core if isinstance(peeled.core, Marker) else "Query()"
        raise DeclarationError(
            f"{place}: expected a type, given {peeled.core!r}, which says where a value comes from."
            f" Say {parameter.name}: Annotated[str, {shown}]."
        )
    mark = _mark(parameter, peeled, needs, place)
    default, factory = _default(parameter, mark, peeled)
    typed = peeled.core is not UNANNOTATED and peeled.core is not Any
    role: Role = "depends" if needs else _role(parameter.name, peeled.core, mark, place)
    if not typed and role in ("param", "body"):
        annotation = type(default) if type(default) in scalars.KINDS else str if role == "param" else Any
    scalar = None
    if role == "param":
        scalar = scalars.read(annotation, mark, place, file=mark_is(mark, "file") or _are_files(peeled.core))
        if not typed and annotation is str and not limits.said(scalar.constraints):
            scalar = None
    else:
        limits.check_metadata(peeled.metadata, place)
    return Argument(
        place=place,
        name=parameter.name,
        role=role,
        annotation=annotation,
        core=peeled.core if typed else annotation,
        mark=mark,
        scalar=scalar,
        needs=needs,
        default=default,
        factory=factory,
        keyword_only=parameter.kind is parameter.KEYWORD_ONLY,
    )


def mark_is(mark: Mark | None, *sources: str) -> bool:
    """Whether there is a mark, of one of these sources."""
    return mark is not None and mark.source in sources


def _mark(parameter: inspect.Parameter, peeled: Peeled, needs: Needed | None, place: str) -> Mark | None:
    given = [item for item in (*peeled.metadata, parameter.default) if isinstance(item, (Mark, Marker))]
    marks: list[Mark] = [item if isinstance(item, Mark) else item() for item in given]
    count = len(marks) + sum(isinstance(item, Needs) for item in (*peeled.metadata, parameter.default))
    if count > 1:
        raise DeclarationError(f"{place}: expected one of {_MARKERS}, given {count} of them.")
    if needs is not None and not isinstance(parameter.default, Needs) and parameter.default is not parameter.empty:
        raise DeclarationError(f"{place}: expected no default beside Depends, given {parameter.default!r}. Remove it.")
    return marks[0] if marks else None


def _default(parameter: inspect.Parameter, mark: Mark | None, peeled: Peeled) -> tuple[Any, Callable[[], Any] | None]:
    """The default, or what makes it: one that can be changed is copied, for requests must not see each other."""
    default: Any = MISSING
    if parameter.default is not parameter.empty and not isinstance(parameter.default, (Mark, Marker, Needs)):
        default = parameter.default
    elif mark is not None and mark.default_factory is not None:
        return MISSING, mark.default_factory
    elif mark is not None:
        default = mark.default
    if isinstance(default, (list, dict, set)):
        whole: Any = default
        return MISSING, lambda: copy(whole)
    if default is ...:
        return MISSING, None
    return (None if default is MISSING and peeled.optional else default), None


def _role(name: str, core: Any, mark: Mark | None, place: str) -> Role:
    if mark is not None:
        if mark.source == "body":
            return "body"
        return "group" if is_record(core) else "param"
    found = _special(name, core)
    if found is not None:
        return found
    if name == "request":
        raise DeclarationError(f"{place}: expected the request, given {name_of(core)}. Give the body another name.")
    if _are_files(core):
        return "param"
    return "body" if is_schema(core) else "param"


def _special(name: str, core: Any) -> Role | None:
    """What is no input of the client's, by its annotation or its name."""
    # `Request[User]` is the request as well.
    origin: Any = typing.get_origin(core) or core
    classes: tuple[type, ...] = origin.__mro__ if isinstance(origin, type) else ()
    if origin is Request or HttpRequest in classes or (name == "request" and not is_schema(core)):
        return "request"
    if HttpResponseBase in classes:
        return "response"
    # By name: `ultrafox.context` is not imported for those who do not use it.
    if any(one.__module__ == "ultrafox.context" and one.__name__ == "Context" for one in classes):
        return "ctx"
    return "ctx" if name == "ctx" and core in (UNANNOTATED, Any, dict, Mapping) else None


def _are_files(core: Any) -> bool:
    """Whether the annotation is UploadFile or a list of it."""
    members = typing.get_args(core) if typing.get_origin(core) in scalars.LISTS else ()
    kind = peel(members[0]).core if members else core
    return isinstance(kind, type) and issubclass(kind, UploadedFile) and issubclass(UploadFile, kind)
