"""Reads annotations: evaluates their text, and takes off what is wrapped around a type."""

from __future__ import annotations

import builtins
import dataclasses
import functools
import inspect
import operator
import sys
import types
import typing
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Union

import msgspec

from ultrafox.exceptions import DeclarationError
from ultrafox.nearest import did_you_mean

__all__: list[str] = []

_CONTAINERS = (list, dict, tuple, set, frozenset)


@dataclasses.dataclass(frozen=True, slots=True)
class Peeled:
    """A type without `Annotated`, `| None`, NewType and aliases around it, and what they said."""

    core: Any
    metadata: tuple[Any, ...]
    optional: bool


def place_of(function: Callable[..., Any], what: str = "handler") -> str:
    """`shop/api.py:12: handler `list_items``, as the beginning of a refusal."""
    plain = plain_function(function)
    name = getattr(plain, "__qualname__", repr(plain))
    code = getattr(getattr(plain, "__init__", None) if isinstance(plain, type) else plain, "__code__", None)
    where = f"{code.co_filename}:{code.co_firstlineno}: " if code else ""
    return f"{where}{what} `{name}`"


def plain_function(function: Callable[..., Any]) -> Any:
    """The function whose text the user wrote: below partials, decorators, bound methods and callable objects."""
    found: Any = function
    while True:
        if isinstance(found, functools.partial):
            found = found.func
        elif isinstance(found, types.MethodType):
            found = found.__func__
        elif hasattr(found, "__wrapped__"):
            found = found.__wrapped__
        elif not hasattr(found, "__code__") and hasattr(call_of(found), "__code__"):
            found = call_of(found)
        else:
            return found


def call_of(function: Any) -> Any:
    """What runs when an object is called that is no function itself; None for functions and classes."""
    if isinstance(function, (type, types.FunctionType, types.BuiltinFunctionType)):
        return None
    return getattr(type(function), "__call__", None)  # noqa: B004 - the function itself is wanted


def annotations_of(function: Any) -> dict[str, Any]:
    """The annotations as they stand: texts under `from __future__ import annotations`, else what they evaluate to."""
    if sys.version_info >= (3, 14):
        import annotationlib

        return annotationlib.get_annotations(function, format=annotationlib.Format.FORWARDREF)
    return inspect.get_annotations(function)


def evaluate(annotation: Any, function: Any, namespace: Mapping[str, Any], place: str) -> Any:
    """What an annotation stands for, also where it is a text or holds one."""
    holder = types.SimpleNamespace(__annotations__={"it": annotation})
    visible = sys.modules[function.__module__].__dict__ if isinstance(function, type) else {}
    try:
        hints = typing.get_type_hints(holder, getattr(function, "__globals__", visible), namespace, include_extras=True)
    except NameError as error:
        known = (*getattr(function, "__globals__", visible), *namespace)
        types_ = [name for name, value in vars(builtins).items() if isinstance(value, type)]
        raise DeclarationError(
            f"{place}: expected an annotation that can be evaluated, given `{annotation}`: {error}."
            f"{did_you_mean(error.name, known) or did_you_mean(error.name, types_)}"
            " Import or define the name above the handler, not only under TYPE_CHECKING."
        ) from error
    except (TypeError, SyntaxError, AttributeError) as error:
        raise DeclarationError(f"{place}: expected a type as annotation, given `{annotation}`: {error}.") from error
    return hints["it"]


def peel(annotation: Any) -> Peeled:
    """Takes a type out of its wrappings.

    >>> peel(Annotated[int | None, "the page"])
    Peeled(core=<class 'int'>, metadata=('the page',), optional=True)
    """
    metadata: list[Any] = []
    optional = False
    while True:
        if typing.get_origin(annotation) is Annotated:
            metadata.extend(annotation.__metadata__)
            annotation = annotation.__origin__
        elif isinstance(annotation, typing.NewType):
            annotation = annotation.__supertype__
        elif type(annotation).__name__ == "TypeAliasType":
            annotation = annotation.__value__
        elif is_union(annotation) and type(None) in typing.get_args(annotation):
            optional = True
            annotation = functools.reduce(
                operator.or_, (arg for arg in typing.get_args(annotation) if arg is not type(None))
            )
        else:
            return Peeled(annotation, tuple(metadata), optional)


def is_union(annotation: Any) -> bool:
    """Whether the annotation is `A | B`."""
    return typing.get_origin(annotation) in (Union, types.UnionType)


def is_schema(core: Any) -> bool:
    """Whether values of the type come as a JSON object or array, so that an unmarked argument of it is the body."""
    if is_union(core):
        return all(is_schema(peel(member).core) for member in typing.get_args(core))
    origin: Any = typing.get_origin(core) or core
    if not isinstance(origin, type):
        return False
    container = issubclass(origin, _CONTAINERS) or origin.__module__ == "collections.abc"
    return container or is_record(origin)


def is_record(core: Any) -> bool:
    """Whether the type has named fields: Struct, dataclass, TypedDict, attrs class, pydantic model."""
    origin: Any = typing.get_origin(core) or core
    if not isinstance(origin, type):
        return False
    if issubclass(origin, msgspec.Struct) or typing.is_typeddict(origin) or is_model(origin):
        return True
    return dataclasses.is_dataclass(origin) or hasattr(origin, "__attrs_attrs__")


def is_model(core: Any) -> bool:
    """Whether the type is a model of pydantic, which is asked only where it is loaded already."""
    pydantic = sys.modules.get("pydantic")
    return pydantic is not None and isinstance(core, type) and issubclass(core, pydantic.BaseModel)


def name_of(annotation: Any) -> str:
    """The type as it would be written."""
    plain = isinstance(annotation, type) and not typing.get_args(annotation)
    return str(annotation.__name__ if plain else annotation)
