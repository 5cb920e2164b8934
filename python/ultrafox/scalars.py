"""Types of parameters: what the engine reads a text as, and what then makes the argument's value of it."""

from __future__ import annotations

import datetime
import decimal
import enum
import functools
import sys
import types
import typing
import uuid
from collections import abc
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec
from django.core.files import File
from django.db.models import Model

from ultrafox import constraints as limits
from ultrafox.annotations import is_record, is_union, name_of, peel
from ultrafox.exceptions import DeclarationError
from ultrafox.faults import MISFITS, Misfit, told
from ultrafox.markers import Constraints, Mark
from ultrafox.nearest import did_you_mean
from ultrafox.plan import Kind
from ultrafox.uploads import UploadFile

__all__: list[str] = []

KINDS: dict[Any, Kind] = {
    str: "str",
    int: "int",
    float: "float",
    bool: "bool",
    uuid.UUID: "uuid",
    datetime.date: "date",
    datetime.datetime: "datetime",
    datetime.time: "time",
    datetime.timedelta: "duration",
    decimal.Decimal: "decimal",
}
LISTS: dict[Any, Callable[[Any], Any] | None] = {
    **dict.fromkeys((list, abc.Sequence, abc.MutableSequence, abc.Collection, abc.Iterable)),
    **dict.fromkeys((set, abc.Set, abc.MutableSet), set),
    frozenset: frozenset,
    tuple: tuple,
}
_EXPECTED = (
    "expected str, int, float, bool, UUID, a date or time, Decimal, an Enum, a Literal, or a list of one of these for a"
    " parameter, or a Struct, dataclass, TypedDict, pydantic model, list or dict for the body"
)


NONE = Constraints()


@dataclass(frozen=True, slots=True)
class Scalar:
    """How the values of one parameter are read."""

    kinds: tuple[Kind, ...]
    constraints: Constraints = NONE
    texts: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()
    """What the `texts` of a choice stand for."""
    optional: bool = False
    many: bool = False
    min_items: int | None = None
    max_items: int | None = None
    make: Callable[[Any], Any] | None = None
    """Makes the argument's value of what the engine gives, of all values together; raises ValueError."""


def read(annotation: Any, mark: Mark | None, place: str, *, file: bool = False) -> Scalar:
    """Reads a type with what is said about it. Raises DeclarationError for one that no parameter can have.

    `file` says that the value is a file of a form, of which `bytes` is the content.
    """
    peeled = peel(annotation)
    metadata = limits.flat(peeled.metadata)
    limits.check_metadata(peeled.metadata, place)
    asked = limits.merge(mark, metadata)
    item = item_of(peeled.core, place)
    if item is None:
        found = _single(peeled.core, place, file)
    else:
        found = _many(peeled.core, item, place, file)
        found = replace(found, min_items=asked.min_length, max_items=asked.max_length)
        asked = replace(asked, min_length=None, max_length=None)
        if limits.said(asked):
            name = next(iter(limits.said(asked)))
            raise DeclarationError(
                f"{place}: `{name}` is for each value of the list, given for {name_of(peeled.core)}."
                f" Say list[Annotated[T, Meta({name}=…)]]."
            )
    found = _constrained(found, asked, peeled.core, place)
    if limits.needs_pydantic(metadata) or found.make is _needed:
        found = _by_pydantic(found, annotation, place)
    elif tz := [meta.tz for meta in metadata if isinstance(meta, msgspec.Meta) and meta.tz is not None]:
        found = replace(found, make=functools.partial(_in_zone, annotation, wanted=tz[-1]))
    return replace(found, optional=found.optional or peeled.optional)


def item_of(core: Any, place: str = "") -> Any:
    """What a list is a list of; None for what is no list. A list of unsaid type is one of texts."""
    origin = typing.get_origin(core) or core
    if origin not in LISTS:
        return None
    arguments = typing.get_args(core)
    if origin is tuple and (len(arguments) != 2 or arguments[1] is not ...) and arguments:
        raise DeclarationError(f"{place}: expected tuple[T, ...] for a parameter, given {name_of(core)}. Take a list.")
    return arguments[0] if arguments and not isinstance(arguments[0], typing.TypeVar) else str


def _constrained(found: Scalar, asked: Constraints, core: Any, place: str) -> Scalar:
    if not limits.said(asked):
        return found
    limits.check(asked, found.kinds, core, place)
    return replace(found, constraints=replace(found.constraints, **limits.said(asked)))


def _many(core: Any, item: Any, place: str, file: bool) -> Scalar:
    each = read(item, None, place, file=file)
    if each.many:
        raise DeclarationError(f"{place}: expected a list of scalars for a parameter, given {name_of(core)}.")
    return replace(each, many=True, optional=False, make=_chain(each.make, LISTS[typing.get_origin(core) or core]))


def _chain(each: Callable[[Any], Any] | None, whole: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    if each is None or each is _needed:
        return each or whole
    return functools.partial(_each, each, whole or list)


def _each(make: Callable[[Any], Any], whole: Callable[[Any], Any], values: list[Any]) -> Any:
    made: list[Any] = []
    for place, value in enumerate(values):
        try:
            made.append(make(value))
        except MISFITS as error:
            raise Misfit(told(error, [place])) from error
    return whole(made)


def _single(core: Any, place: str, file: bool) -> Scalar:
    if core is Any or core is object:
        return Scalar(("str",))
    if core in KINDS and not file:
        return Scalar((KINDS[core],))
    if core is bytes and file:
        return Scalar(("file",), make=_content)
    if isinstance(core, type) and issubclass(core, File) and issubclass(UploadFile, core):
        return Scalar(("file",))
    if is_union(core):
        return _union(core, place, file)
    found = None if file else _choice(core, place)
    if found is None and not file and _is_known_to_pydantic(core):
        return Scalar(("str",), make=_needed)
    if found is None:
        given = "expected UploadFile, bytes or a list of these for a file" if file else _EXPECTED
        raise DeclarationError(f"{place}: {given}, given {name_of(core)}.{_cure(core)}")
    return found


def _choice(core: Any, place: str) -> Scalar | None:
    """An enum or a literal: the texts that stand for its values."""
    if typing.get_origin(core) is Literal:
        given = typing.get_args(core)
        values = tuple(value for value in given if value is not None)
        if all(isinstance(value, (str, int, enum.Enum)) for value in values):
            return replace(_chosen(values, core, place), optional=None in given)
    elif isinstance(core, type) and issubclass(core, enum.Enum):
        return _chosen(tuple(core), core, place)
    return None


def _chosen(values: tuple[Any, ...], core: Any, place: str) -> Scalar:
    texts = tuple(_text(value.value if isinstance(value, enum.Enum) else value, core, place) for value in values)
    if not texts or len(set(texts)) != len(texts):
        raise DeclarationError(
            f"{place}: expected choices with one text each, given {name_of(core)} with the texts {', '.join(texts)}."
        )
    return Scalar(("choice",), texts=texts, values=values)


def _text(value: Any, core: Any, place: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, int, float, decimal.Decimal, uuid.UUID)):
        return str(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    raise DeclarationError(
        f"{place}: expected choices that are texts or numbers, given {name_of(core)} with {value!r}."
    )


def _union(core: Any, place: str, file: bool) -> Scalar:
    """One of several types: the first that the text fits."""
    kinds: dict[Kind, None] = {}
    whole = Scalar(())
    for member in typing.get_args(core):
        one = read(member, None, place, file=file)
        if one.many or one.make is not None:
            raise DeclarationError(
                f"{place}: expected a union of plain scalars for a parameter, given {name_of(core)} with"
                f" {name_of(member)}."
            )
        kinds.update(dict.fromkeys(one.kinds))
        whole = replace(
            whole,
            texts=whole.texts + one.texts,
            values=whole.values + one.values,
            optional=whole.optional or one.optional,
            constraints=replace(whole.constraints, **limits.said(one.constraints)),
        )
    if len(set(whole.texts)) != len(whole.texts):
        raise DeclarationError(f"{place}: expected choices with one text each, given {name_of(core)}.")
    return replace(whole, kinds=tuple(kinds))


def _needed(_: Any) -> Any:
    """Stands where pydantic has to make the value, until it is known what of."""
    raise TypeError("pydantic was not asked")


def _content(file: Any) -> bytes:
    return bytes(file.read())


def _in_zone(annotation: Any, value: Any, *, wanted: bool) -> Any:
    for moment in value if isinstance(value, (list, tuple, set)) else (value,):
        if (moment.tzinfo is not None) is not wanted:
            raise ValueError(f"Expected a time {'with' if wanted else 'without'} an offset.")
    return value


def _is_known_to_pydantic(core: Any) -> bool:
    if "pydantic" not in sys.modules or is_record(core) or isinstance(core, types.GenericAlias):
        return False
    module = str(getattr(core, "__module__", "")).partition(".")[0]
    return module in ("pydantic", "pydantic_core", "pydantic_extra_types") or hasattr(
        core, "__get_pydantic_core_schema__"
    )


def _by_pydantic(found: Scalar, annotation: Any, place: str) -> Scalar:
    """Pydantic makes the value; of texts it checks the constraints as well, for it may strip them first."""
    try:
        from pydantic import TypeAdapter

        validate = TypeAdapter(_unmarked(annotation)).validate_python
    except Exception as error:
        why = str(error).strip().partition("\n")[0].rstrip(".")
        given = name_of(annotation)
        raise DeclarationError(f"{place}: expected a type that pydantic can read, given {given}: {why}.") from error
    kept = NONE if found.kinds == ("str",) else found.constraints
    return replace(found, constraints=kept, make=validate)


def _unmarked(annotation: Any) -> Any:
    """The annotation without our markers, which pydantic would take for defaults."""
    peeled = peel(annotation)
    metadata = tuple(item for item in peeled.metadata if limits.of_library(item))
    inner: Any = typing.Annotated[(peeled.core, *metadata)] if metadata else peeled.core
    return inner | None if peeled.optional else inner


def _cure(core: Any) -> str:
    """What to take instead of a type that is no parameter."""
    origin: Any = typing.get_origin(core) or core
    if core is bytes:
        return " Mark it Body() for the body as it comes, File() for a file's content."
    if is_record(core):
        return " Mark it Body(), or give each of its fields a scalar type where it is a group of parameters."
    if isinstance(origin, type) and issubclass(origin, Model):
        return " Declare a msgspec.Struct with the fields of the model that may come in."
    return _near(core)


def _near(core: Any) -> str:
    """The known type whose name is nearest."""
    known: Iterable[Any] = (*KINDS, UploadFile)
    return did_you_mean(name_of(core), [kind.__name__ for kind in known])
