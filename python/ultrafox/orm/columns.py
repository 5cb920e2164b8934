"""Which columns and relations of a model a schema needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from msgspec import inspect

__all__: list[str] = []

RecordType = inspect.StructType | inspect.DataclassType | inspect.TypedDictType


@dataclass(slots=True)
class Selection:
    """What to read for a schema, by the names that the ORM uses."""

    columns: list[str] = field(default_factory=list[str])
    """Of the model itself, and `country__name` of those that are joined."""
    joined: list[str] = field(default_factory=list[str])
    fetched: list[str] = field(default_factory=list[str])
    """Relations to many, read by a query of their own."""
    whole: bool = False
    """The schema names something that is not a column (a property): which columns it reads cannot be known."""

    @property
    def flat(self) -> bool:
        """Whether rows of plain values are enough."""
        return not (self.joined or self.fetched or self.whole)


def select(model: type[Model], info: RecordType, annotated: frozenset[str]) -> Selection:
    """What to read of a model for a schema; `annotated` are the names that the query adds by itself."""
    selection = Selection()
    _add(selection, model, info, "", annotated, ())
    return selection


def _add(
    selection: Selection,
    model: type[Model],
    info: RecordType,
    prefix: str,
    annotated: frozenset[str],
    within: tuple[Any, ...],
) -> None:
    for wanted in info.fields:
        name = wanted.name
        if name in annotated and not prefix:
            selection.columns.append(name)
            continue
        column = _field(model, name)
        record = record_of(wanted.type)
        if column is None:
            selection.whole = True
        elif record is None and column.concrete and not column.many_to_many:
            selection.columns.append(prefix + name)
        elif record is not None and (column.many_to_one or column.one_to_one):
            if info.cls in within:
                selection.whole = True
                continue
            if column.concrete:
                selection.columns.append(prefix + name)
            selection.joined.append(prefix + name)
            _add(selection, column.related_model, record, f"{prefix}{name}__", frozenset(), (*within, info.cls))
        elif column.is_relation:
            selection.fetched.append(prefix + name)
        else:
            # A column that holds a record of its own, such as a JSONField.
            selection.columns.append(prefix + name)


def _field(model: type[Model], name: str) -> Any:
    """The field of that name, or None; `pk` and `country_id` are names of columns too."""
    if name == "pk":
        return model._meta.pk
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return next((found for found in model._meta.concrete_fields if found.attname == name), None)


def record_of(info: inspect.Type) -> RecordType | None:
    """The record that a type is, where it is one or none."""
    if isinstance(info, inspect.Metadata):
        return record_of(info.type)
    if isinstance(info, inspect.UnionType):
        records = [record for member in info.types if (record := record_of(member)) is not None]
        return records[0] if len(records) == 1 else None
    return info if isinstance(info, (inspect.StructType, inspect.DataclassType, inspect.TypedDictType)) else None
