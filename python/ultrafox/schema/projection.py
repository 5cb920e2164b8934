"""Takes out of any value what a schema names: the step that decides what leaves.

A schema is compiled to a tree of nodes. `node.project(value)` gives builtins (dict, list, str …) that hold the named fields only,
under the names that they have on the wire, for msgspec to check. A value that cannot be taken apart is passed on as it is, and
msgspec refuses it.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

import msgspec
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.db.models.manager import BaseManager
from msgspec import inspect

from ultrafox.exceptions import NotFound
from ultrafox.orm import first, rows
from ultrafox.schema.leaves import coercion_for
from ultrafox.schema.shape import EXACT

__all__: list[str] = []

ABSENT = msgspec.UNSET
# Objects whose attributes are no data: a schema with a field `count` must not find the method of a list.
OPAQUE = (
    *(type(None), str, bytes, bytearray, int, float, complex, list, tuple, set, frozenset, type, Iterator),
    *(decimal.Decimal, uuid.UUID, datetime.date, datetime.time, datetime.timedelta, enum.Enum),
)


class Node(Protocol):
    """A compiled type."""

    def project(self, value: Any) -> Any:
        """What the type names of the value, as builtins."""


class Leaf:
    """A type without parts."""

    __slots__ = ("exact", "project")

    def __init__(self, info: inspect.Type) -> None:
        self.project: Callable[[Any], Any] = coercion_for(info)
        self.exact = (info.cls,) if isinstance(info, inspect.EnumType) else EXACT.get(type(info), ())


class Sequence:
    """A list, set or tuple of one type; takes a QuerySet or a manager as well."""

    __slots__ = ("info", "item")

    def __init__(self, item: Node, info: inspect.Type) -> None:
        self.item = item
        self.info = info

    def takes(self, value: Any) -> bool:
        """Whether the value is a list of something."""
        if isinstance(value, (list, tuple, QuerySet, BaseManager)):
            return True
        return isinstance(value, Iterable) and not isinstance(
            value, (str, bytes, bytearray, memoryview, Mapping, Iterator, Model)
        )

    def project(self, value: Any) -> Any:
        if not self.takes(value):
            return value
        items = rows(value, self.info) if isinstance(value, (QuerySet, BaseManager)) else value
        project = self.item.project
        return [project(item) for item in items]


class Tuple:
    """A tuple of several types."""

    __slots__ = ("items",)

    def __init__(self, items: tuple[Node, ...]) -> None:
        self.items = items

    def project(self, value: Any) -> Any:
        if isinstance(value, (list, tuple)) and len(value) == len(self.items):
            return [node.project(item) for node, item in zip(self.items, value, strict=True)]
        return value


class Dict:
    """A mapping with keys of one type and values of another."""

    __slots__ = ("key", "value")

    def __init__(self, key: Node, value: Node) -> None:
        self.key = key
        self.value = value

    def project(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        key, item = self.key.project, self.value.project
        return {key(name): item(part) for name, part in value.items()}


class Record:
    """A Struct, dataclass or TypedDict; takes a mapping, an object with these attributes, or the first row of a QuerySet."""

    __slots__ = ("array_like", "cls", "fields", "info", "tag")

    def __init__(self, info: inspect.StructType | inspect.DataclassType | inspect.TypedDictType) -> None:
        self.info = info
        self.cls: Any = getattr(info.cls, "__origin__", info.cls)
        struct = info if isinstance(info, inspect.StructType) else None
        self.tag = (struct.tag_field, struct.tag) if struct and struct.tag_field is not None else None
        self.array_like = struct is not None and struct.array_like
        self.fields: tuple[tuple[str, str, Node], ...] = ()
        """Name in Python, name on the wire, type. Set when all are known: a class may hold itself."""

    def project(self, value: Any) -> Any:
        if isinstance(value, (QuerySet, BaseManager)):
            value = first(value, self.info)
            if value is None:
                raise NotFound
        if isinstance(value, Mapping):
            found = self._of_mapping(value)
        elif isinstance(value, Model):
            found = self._of_model(value)
        elif isinstance(value, OPAQUE):
            return self._of_list(value) if self.array_like and isinstance(value, (list, tuple)) else value
        else:
            found = self._of_object(value)
        return self._tagged(found)

    def _tagged(self, found: dict[str, Any]) -> Any:
        if self.array_like:
            return [self.tag[1], *found.values()] if self.tag else list(found.values())
        if self.tag:
            found[self.tag[0]] = self.tag[1]
        return found

    def _of_mapping(self, value: Mapping[Any, Any]) -> dict[str, Any]:
        found = {}
        for name, wire, node in self.fields:
            item = value.get(wire, ABSENT)
            if item is ABSENT and name != wire:
                item = value.get(name, ABSENT)
            if item is not ABSENT:
                found[wire] = node.project(item)
        return found

    def _of_object(self, value: Any) -> dict[str, Any]:
        found = {}
        for name, wire, node in self.fields:
            item = getattr(value, name, ABSENT)
            if item is not ABSENT:
                found[wire] = node.project(item)
        return found

    def _of_model(self, value: Model) -> dict[str, Any]:
        found = {}
        for name, wire, node in self.fields:
            try:
                item = getattr(value, _attribute(value, name, node), ABSENT)
            except ObjectDoesNotExist:
                item = None
            else:
                if item is ABSENT and name in value._meta.fields_map:
                    # The other side of a one-to-one that is not there: its error is an AttributeError too.
                    item = None
            if item is not ABSENT:
                found[wire] = node.project(item)
        return found

    def _of_list(self, value: list[Any] | tuple[Any, ...]) -> list[Any]:
        head = [value[0]] if self.tag and value else []
        fields = zip(self.fields, value[len(head) :], strict=False)
        return [*head, *(node.project(item) for (_, _, node), item in fields)]


def _attribute(model: Model, name: str, node: Node) -> str:
    """The attribute that a field of the schema means: a foreign key that the schema wants as a scalar is the key."""
    if isinstance(node, (Leaf, Union)) and not holds_record(node):
        field = model._meta._forward_fields_map.get(name)  # type: ignore[attr-defined, unused-ignore]
        if field is not None and field.concrete and field.is_relation:
            return str(field.attname)
    return name


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
        if isinstance(value, (QuerySet, BaseManager)):
            return self._of_rows(value)
        for record in self.records:
            if isinstance(value, record.cls) and type(value) is not dict:
                return record.project(value)
        if self.records and not isinstance(value, OPAQUE):
            return self._of_record(value)
        for node in (*self.rest, *self.leaves):
            projected = node.project(value)
            if projected is not value or type(projected) in self.exact:
                return projected
        return value

    def _of_rows(self, value: Any) -> Any:
        for node in self.rest:
            if isinstance(node, Sequence):
                return node.project(value)
        for record in self.records:
            row = first(value, record.info)
            return None if row is None and type(None) in self.exact else self._of_record(row)
        return value

    def _of_record(self, value: Any) -> Any:
        """Several records are told apart by their tags; an object without one is the first that it fits."""
        for record in self.records:
            if record.tag and isinstance(value, Mapping) and value.get(record.tag[0]) == record.tag[1]:
                return record.project(value)
        for record in self.records[:-1]:
            projected = record.project(value)
            try:
                msgspec.convert(projected, record.info.cls)
            except ValueError:
                continue
            return projected
        return self.records[-1].project(value)


def holds_record(node: Node) -> bool:
    """Whether the type is a record, or may be one."""
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
        case _:
            return Leaf(info)


def _record(
    info: inspect.StructType | inspect.DataclassType | inspect.TypedDictType, made: dict[Any, Record]
) -> Record:
    record = made.get(info.cls)
    if record is None:
        record = made[info.cls] = Record(info)
        record.fields = tuple((field.name, field.encode_name, node_of(field.type, made)) for field in info.fields)
    return record
