"""How a value is written out: under which names, and which fields are left out."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import msgspec

__all__: list[str] = []


@dataclass(frozen=True, slots=True)
class Dump:
    """The options of a reply: names on the wire or in Python, and which fields are left out."""

    by_alias: bool = True
    exclude_unset: bool = False
    exclude_defaults: bool = False
    exclude_none: bool = False


PLAIN = Dump()


@dataclass(frozen=True, slots=True)
class Member:
    """One field of a class as it is written."""

    name: str
    wire: str
    default: Any
    """UNSET where it has none that a value can be compared with."""
    omitted: bool
    """Whether the class itself says that the default is not written."""


def written(value: Any, options: Dump, given: Any = msgspec.UNSET, *, computed: bool = True) -> Any:
    """A value as builtins and leaves that msgspec can encode.

    `given` is what came from the handler, with the names that it has: what is not there counts as unset.
    """
    if isinstance(value, msgspec.Struct):
        return _struct(value, options, given, computed)
    if isinstance(value, (list, tuple, set, frozenset)):
        items: Any = value
        told: Any = given if isinstance(given, (list, tuple)) and len(given) == len(items) else None
        return [
            written(item, options, told[place] if told is not None else msgspec.UNSET, computed=computed)
            for place, item in enumerate(items)
        ]
    if isinstance(value, dict):
        whole: dict[Any, Any] = value
        known: Mapping[Any, Any] = given if isinstance(given, Mapping) else {}
        return {
            key: written(item, options, known.get(key, msgspec.UNSET), computed=computed) for key, item in whole.items()
        }
    cls: Any = type(value)
    if dataclasses.is_dataclass(type(value)):
        return dict(_fields(value, _of_dataclass(cls), options, given, computed))
    if hasattr(cls, "__attrs_attrs__"):
        return dict(_fields(value, _of_attrs(cls), options, given, computed))
    return value


def _struct(value: msgspec.Struct, options: Dump, given: Any, computed: bool) -> Any:
    cls: Any = type(value)
    config = cls.__struct_config__
    found = dict(_fields(value, _of_struct(cls), options, given, computed))
    if config.array_like:
        # Places are names there: nothing can be left out.
        items = [written(getattr(value, one.name), options, computed=computed) for one in _of_struct(cls)]
        return [config.tag, *items] if config.tag is not None else items
    if config.tag is not None and config.tag_field is not None:
        found = {config.tag_field: config.tag, **found}
    if computed:
        for name in getattr(cls, "__ultrafox_computed__", ()):
            item = getattr(value, name)
            if not (item is None and options.exclude_none):
                found[name] = written(item, options)
    return found


def _fields(
    value: object, members: tuple[Member, ...], options: Dump, given: Any, computed: bool
) -> Iterator[tuple[str, Any]]:
    known: Mapping[Any, Any] | None = given if isinstance(given, Mapping) else None
    for one in members:
        item = getattr(value, one.name)
        if item is msgspec.UNSET or (item is None and options.exclude_none):
            continue
        if options.exclude_unset and known is not None and one.wire not in known:
            continue
        if (options.exclude_defaults or one.omitted) and type(item) is type(one.default) and item == one.default:
            continue
        inner = known.get(one.wire, msgspec.UNSET) if known is not None else msgspec.UNSET
        yield one.wire if options.by_alias else one.name, written(item, options, inner, computed=computed)


@functools.cache
def _of_struct(cls: type[msgspec.Struct]) -> tuple[Member, ...]:
    # Not by `structs.fields`, which evaluates annotations: those of a class inside a function may not be visible here.
    defaults = cls.__struct_defaults__
    names = tuple(zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True))
    defaults = (*(msgspec.NODEFAULT,) * (len(names) - len(defaults)), *defaults)
    omitted = cls.__struct_config__.omit_defaults
    return tuple(
        Member(name, wire, _default(default, _factory(default)), omitted)
        for (name, wire), default in zip(names, defaults, strict=True)
    )


def _factory(default: Any) -> Any:
    """What msgspec keeps of `default_factory`."""
    return getattr(default, "factory", None) if type(default).__module__.startswith("msgspec") else None


@functools.cache
def _of_dataclass(cls: Any) -> tuple[Member, ...]:
    return tuple(
        Member(field.name, field.name, _default(field.default, field.default_factory), False)
        for field in dataclasses.fields(cls)
    )


@functools.cache
def _of_attrs(cls: Any) -> tuple[Member, ...]:
    return tuple(
        Member(field.name, field.name, _default(field.default, getattr(field.default, "factory", None)), False)
        for field in cls.__attrs_attrs__
    )


def _default(default: Any, factory: Callable[[], Any] | Any) -> Any:
    """What a value is compared with; of what is made anew only empty containers are known without making it."""
    if factory in (list, dict, set):
        return cast("Callable[[], Any]", factory)()
    made = factory is not None and factory is not dataclasses.MISSING
    nothing = default is msgspec.NODEFAULT or default is dataclasses.MISSING or repr(default) == "NOTHING"
    return msgspec.UNSET if made or nothing else default
