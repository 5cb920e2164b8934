"""Takes out of any value what a schema names: the step that decides what leaves.

A schema is compiled to a tree of nodes. `node.project(value)` gives builtins (dict, list, str …) that hold the named
fields only, under the names that they have on the wire, for msgspec to check. A value that cannot be taken apart is
passed on as it is, and msgspec refuses it.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import functools
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias, cast

import msgspec
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.db.models.manager import BaseManager
from msgspec import inspect

from ultrafox.exceptions import NotFound
from ultrafox.orm import RecordType, first, rows
from ultrafox.schema.choices import are_choices, choice_of
from ultrafox.schema.leaves import coercion_for
from ultrafox.schema.shape import EXACT

__all__: list[str] = []

Node: TypeAlias = "Leaf | Sequence | Tuple | Dict | Record | Union"

ABSENT: Any = msgspec.UNSET
ROWS = (QuerySet, BaseManager)
LISTS = (list, tuple)
NO_LISTS = (str, bytes, bytearray, memoryview, Mapping, Iterator, Model)
# Objects whose attributes are no data: a schema with a field `count` must not find the method of a list.
OPAQUE = (
    *(type(None), str, bytes, bytearray, int, float, complex, list, tuple, set, frozenset, type, Iterator),
    *(decimal.Decimal, uuid.UUID, datetime.date, datetime.time, datetime.timedelta, enum.Enum),
)


class Leaf:
    """A type without parts."""

    __slots__ = ("exact", "project")

    def __init__(self, info: inspect.Type) -> None:
        self.project: Callable[[Any], Any] = coercion_for(info)
        self.exact = EXACT.get(type(info), ())
        if isinstance(info, (inspect.EnumType, inspect.CustomType)):
            self.exact = (info.cls,)


class Sequence:
    """A list, set or tuple of one type; takes a QuerySet or a manager as well."""

    __slots__ = ("info", "item")

    def __init__(self, item: Node, info: inspect.Type) -> None:
        self.item = item
        self.info = info

    def project(self, value: Any) -> Any:
        if isinstance(value, ROWS):
            items: Iterable[Any] = rows(value, self.info)
        elif isinstance(value, LISTS) or (isinstance(value, Iterable) and not isinstance(value, NO_LISTS)):
            items = value
        else:
            return value
        project = self.item.project
        return [project(item) for item in items]


class Tuple:
    """A tuple of several types."""

    __slots__ = ("items",)

    def __init__(self, items: tuple[Node, ...]) -> None:
        self.items = items

    def project(self, value: Any) -> Any:
        if not isinstance(value, LISTS):
            return value
        given = cast("list[Any]", value)
        if len(given) != len(self.items):
            return given
        return [node.project(item) for node, item in zip(self.items, given, strict=True)]


class Dict:
    """A mapping with keys of one type and values of another."""

    __slots__ = ("key", "value")

    def __init__(self, key: Node, value: Node) -> None:
        self.key = key
        self.value = value

    def project(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        given: Mapping[Any, Any] = value
        key, part = self.key.project, self.value.project
        return {key(name): part(item) for name, item in given.items()}


class Record:
    """A Struct, dataclass or TypedDict; takes a mapping, an object with these attributes, or a QuerySet's first row."""

    __slots__ = ("array_like", "cls", "fields", "info", "keeps", "tag")

    def __init__(self, info: RecordType) -> None:
        self.info = info
        self.cls: Any = getattr(info.cls, "__origin__", info.cls)
        struct = info if isinstance(info, inspect.StructType) else None
        self.tag = (struct.tag_field, struct.tag) if struct and struct.tag_field is not None else None
        self.array_like = struct is not None and struct.array_like
        self.keeps: tuple[type, ...] = getattr(self.cls, "__ultrafox_keeps__", ())
        """Classes whose instances are passed on: their own library takes them apart."""
        self.fields: tuple[tuple[str, str, Node], ...] = ()
        """Name in Python, name on the wire, type. Set when all are known: a class may hold itself."""

    def project(self, value: Any) -> Any:
        if isinstance(value, ROWS):
            value = first(value, self.info)
            if value is None:
                raise NotFound
        if self.keeps and isinstance(value, self.keeps):
            return value
        if isinstance(value, Mapping):
            mapping: Mapping[Any, Any] = value
            return self._tagged(self._of_mapping(mapping))
        if isinstance(value, Model):
            return self._tagged(self._of_model(value))
        if not isinstance(value, OPAQUE):
            return self._tagged(self._of_object(value))
        if self.array_like and isinstance(value, LISTS):
            return self._of_list(cast("list[Any]", value))
        return cast("Any", value)

    def _tagged(self, found: dict[str, Any]) -> Any:
        if self.array_like:
            return [self.tag[1], *found.values()] if self.tag else list(found.values())
        if self.tag:
            found[self.tag[0]] = self.tag[1]
        return found

    def _of_mapping(self, value: Mapping[Any, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, wire, node in self.fields:
            item = value.get(wire, ABSENT)
            if item is ABSENT and name != wire:
                item = value.get(name, ABSENT)
            if item is not ABSENT:
                found[wire] = node.project(item)
        return found

    def _of_object(self, value: object) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, wire, node in self.fields:
            item = getattr(value, name, ABSENT)
            if item is not ABSENT:
                found[wire] = node.project(item)
        return found

    def _of_model(self, value: Model) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, wire, node in self.fields:
            item = _attribute(value, name, node)
            if item is not ABSENT:
                found[wire] = node.project(item)
        return found

    def _of_list(self, value: list[Any]) -> list[Any]:
        head = value[:1] if self.tag else []
        fields = zip(self.fields, value[len(head) :], strict=False)
        return [*head, *(node.project(item) for (_, _, node), item in fields)]


def _attribute(model: Model, name: str, node: Node) -> Any:
    """What a field of the schema means of a model: a foreign key that the schema wants as a scalar is the key."""
    keys, single = relations_of(model.__class__)
    if name in keys and not _holds_record(node):
        return getattr(model, keys[name])
    try:
        return getattr(model, name)
    except ObjectDoesNotExist:
        return None if name in single else ABSENT
    except AttributeError:
        return ABSENT


@functools.cache
def relations_of(model: type[Model]) -> tuple[dict[str, str], frozenset[str]]:
    """The attributes that hold the keys of foreign keys, and the relations to one that may be absent."""
    fields = model._meta.get_fields()
    keys = {field.name: str(field.attname) for field in model._meta.concrete_fields if field.is_relation}
    return keys, frozenset(field.name for field in fields if field.one_to_one or field.many_to_one)


class Union:
    """One of several types: the one whose class the value has, else the first that can take it."""

    __slots__ = ("exact", "leaves", "records", "rest")

    def __init__(self, members: Iterable[Node]) -> None:
        members = tuple(members)
        self.leaves = tuple(node for node in members if isinstance(node, Leaf))
        self.records = tuple(node for node in members if isinstance(node, Record))
        self.rest = tuple(node for node in members if not isinstance(node, (Leaf, Record)))
        self.exact = frozenset(kind for leaf in self.leaves for kind in leaf.exact)

    def project(self, value: Any) -> Any:
        if type(value) in self.exact:
            return value
        if isinstance(value, ROWS):
            return self._of_rows(value)
        if self.records and not isinstance(value, OPAQUE):
            return self._record_for(value).project(value)
        given: Any = value
        for node in (*self.rest, *self.leaves, *self.records):
            projected = node.project(given)
            if projected is not given:
                return projected
        return given

    def _of_rows(self, value: Any) -> Any:
        for node in self.rest:
            if isinstance(node, Sequence):
                return node.project(value)
        if not self.records:
            return value
        row = first(value, self.records[0].info)
        return None if row is None and type(None) in self.exact else self._record_for(row).project(row)

    def _record_for(self, value: Any) -> Record:
        """By class, by tag; an object that has neither is the first that it fits."""
        if not isinstance(value, Mapping):
            for record in self.records:
                if not isinstance(record.info, inspect.TypedDictType) and isinstance(value, record.cls):
                    return record
        else:
            given: Mapping[Any, Any] = value
            for record in self.records:
                if record.tag and given.get(record.tag[0]) == record.tag[1]:
                    return record
        for record in self.records[:-1]:
            try:
                msgspec.convert(record.project(value), record.info.cls, dec_hook=choice_of)
            except (ValueError, msgspec.ValidationError):
                continue
            return record
        return self.records[-1]


def _holds_record(node: Node) -> bool:
    return isinstance(node, Record) or (isinstance(node, Union) and bool(node.records))


def node_of(info: inspect.Type, made: dict[Any, Record] | None = None) -> Node:
    """Compiles a type; `made` holds the records that are being compiled around it."""
    made = {} if made is None else made
    match info:
        case inspect.Metadata():
            return node_of(info.type, made)
        case inspect.ListType() | inspect.SetType() | inspect.FrozenSetType() | inspect.VarTupleType():
            return Sequence(node_of(info.item_type, made), info.item_type)
        case inspect.TupleType():
            return Tuple(tuple(node_of(item, made) for item in info.item_types))
        case inspect.DictType():
            return Dict(node_of(info.key_type, made), node_of(info.value_type, made))
        case inspect.UnionType():
            return Union(node_of(member, made) for member in info.types)
        case inspect.StructType() | inspect.DataclassType() | inspect.TypedDictType():
            return _record(info, made)
        case inspect.CustomType() if not are_choices(info):
            raise TypeError(f"expected a Struct, dataclass, TypedDict or builtin type, given {info.cls.__qualname__}")
        case _:
            return Leaf(info)


def _record(info: RecordType, made: dict[Any, Record]) -> Record:
    record = made.get(info.cls)
    if record is None:
        record = made[info.cls] = Record(info)
        record.fields = tuple((field.name, field.encode_name, node_of(field.type, made)) for field in info.fields)
    return record
