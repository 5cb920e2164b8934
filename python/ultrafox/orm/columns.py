"""Which columns and relations of a model a schema needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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
    for wanted in info.fields:
        if wanted.name in annotated:
            selection.columns.append(wanted.name)
        else:
            _add(selection, model, wanted, "", (info.cls,))
    return selection


def _add(selection: Selection, model: type[Model], wanted: inspect.Field, prefix: str, within: tuple[Any, ...]) -> None:
    """Adds one field of a schema; `within` are the schemas around it, for one may hold itself."""
    name = prefix + wanted.name
    column = _field(model, wanted.name)
    record = record_of(wanted.type)
    if column is None:
        selection.whole = True
    elif not column.is_relation or (record is None and column.concrete and not column.many_to_many):
        selection.columns.append(name)
    elif column.one_to_many or column.many_to_many or column.related_model is None:
        selection.fetched.append(name)
        # What the other rows point to, where that is not the primary key.
        for target in getattr(getattr(column, "field", None), "foreign_related_fields", ()):
            selection.columns.append(prefix + target.name)
    elif record is None or record.cls in within:
        selection.whole = True
    else:
        selection.joined.append(name)
        if column.concrete:
            selection.columns.append(name)
        for inner in record.fields:
            _add(selection, column.related_model, inner, f"{name}__", (*within, record.cls))


def _field(model: type[Model], name: str) -> Any:
    """The field behind an attribute, or None; `pk` and `country_id` are names of columns too."""
    meta = model._meta
    if name == "pk":
        return meta.pk
    for column in meta.concrete_fields:
        if name in (column.name, column.attname):
            return column
    for relation in meta.related_objects:
        if relation.get_accessor_name() == name:
            return relation
    return next((field for field in (*meta.many_to_many, *meta.private_fields) if field.name == name), None)


def record_of(info: inspect.Type) -> RecordType | None:
    """The record that a type is, where it is one or none."""
    if isinstance(info, inspect.Metadata):
        return record_of(info.type)
    if isinstance(info, inspect.UnionType):
        records = [record for member in info.types if (record := record_of(member)) is not None]
        return records[0] if len(records) == 1 else None
    return info if isinstance(info, (inspect.StructType, inspect.DataclassType, inspect.TypedDictType)) else None
