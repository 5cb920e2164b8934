"""Schemas without depth: rows of scalars, which msgspec converts by itself several times as fast."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from msgspec import inspect

from ultrafox.exceptions import NotFound
from ultrafox.orm import first, rows
from ultrafox.schema.projection import LISTS, ROWS, Leaf, Node, Record, Sequence, relations_of

__all__: list[str] = []


class Plain:
    """A record of scalars, or a list of such."""

    __slots__ = ("_many", "_names", "_record")

    def __init__(self, record: Record, many: bool) -> None:
        self._record = record
        self._many = many
        self._names = frozenset(name for name, _, _ in record.fields)

    def read(self, value: Any) -> Any:
        """The rows of a QuerySet; any other value as it is."""
        if not isinstance(value, ROWS):
            return value
        if self._many:
            return list(rows(value, self._record.info))
        row = first(value, self._record.info)
        if row is None:
            raise NotFound
        return row

    def is_certain(self, value: Any) -> bool:
        """Whether msgspec looks at every part of the value: it does not look into an instance of the schema itself."""
        if not self._many:
            return self._is_row(value)
        return isinstance(value, LISTS) and all(map(self._is_row, value))

    def _is_row(self, value: Any) -> bool:
        if type(value) is dict:
            return True
        # A foreign key by its name is an instance, which may not even have been read; the schema means its key.
        # `request.user` is a model by its `__class__` alone.
        return isinstance(value, Model) and self._names.isdisjoint(relations_of(value.__class__)[0])


def plain_of(node: Node) -> Plain | None:
    """The schema as a plain one, where it is that."""
    record = node.item if isinstance(node, Sequence) else node
    if not isinstance(record, Record) or isinstance(record.info, inspect.TypedDictType):
        return None
    by_name = all(name == wire and isinstance(inner, Leaf) for name, wire, inner in record.fields)
    return Plain(record, record is not node) if by_name and not record.tag and not record.array_like else None
