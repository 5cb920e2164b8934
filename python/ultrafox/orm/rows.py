"""Reads a QuerySet for a schema."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.db.models.manager import BaseManager
from django.db.models.query import ModelIterable
from msgspec import inspect

from ultrafox.orm.columns import Selection, record_of, select

__all__: list[str] = []

Source = QuerySet[Any] | BaseManager[Any]


def plain_rows(source: Source) -> QuerySet[Any]:
    """The rows of a reply that has no schema: those of `.values()` and `.values_list()`.

    Raises TypeError for rows that are model instances: nothing says which of their columns may leave.
    """
    queryset: QuerySet[Any] = source.all() if isinstance(source, BaseManager) else source
    if issubclass(queryset._iterable_class, ModelIterable):
        name = queryset.model.__name__
        raise TypeError(
            f"Expected a response schema for the QuerySet of {name} that the handler returned, given none."
            f" Name it, as in response=list[{name}Out], or return `.values(...)`."
        )
    return queryset


def rows(source: Source, item: inspect.Type) -> Iterable[Any]:
    """The rows for a list of that type, with no more columns than it names where that can be known."""
    queryset: QuerySet[Any] = source.all() if isinstance(source, BaseManager) else source
    record = record_of(item)
    if record is None or queryset._result_cache is not None or queryset._iterable_class is not ModelIterable:
        return queryset
    if queryset.query.combinator:
        return queryset
    return _narrowed(queryset, select(queryset.model, record, _added(queryset)))


def first(source: Source, item: inspect.Type) -> Any:
    """The first row (by primary key where the query has no order), or None."""
    queryset: QuerySet[Any] = source.all() if isinstance(source, BaseManager) else source
    if queryset._result_cache is not None:
        return next(iter(queryset), None)
    query = queryset.query
    if not (query.is_sliced or query.combinator or queryset.ordered) and queryset._iterable_class is ModelIterable:
        queryset = queryset.order_by("pk")
    return next(iter(rows(queryset[:1], item)), None)


def _added(queryset: QuerySet[Any]) -> frozenset[str]:
    """Names that the query computes: annotations."""
    return frozenset(queryset.query.annotation_select)


def _narrowed(queryset: QuerySet[Any], selection: Selection) -> Iterable[Any]:
    query = queryset.query
    # DISTINCT over fewer columns gives fewer rows; instances always carry their primary key.
    if selection.flat and not query.distinct and not query.select_for_update:
        return queryset.select_related(None).prefetch_related(None).values(*selection.columns)
    if selection.whole:
        # A deferred foreign key cannot be joined.
        narrowed = queryset.defer(None) if selection.joined else queryset
    else:
        columns = (name for name in selection.columns if name not in query.annotations)
        narrowed = queryset.select_related(None).defer(None).only(*columns)
    if selection.joined:
        narrowed = narrowed.select_related(*selection.joined)
    return _fetching(narrowed, selection)


def _fetching(queryset: QuerySet[Any], selection: Selection) -> QuerySet[Any]:
    """Reads the relations to many; those that the handler prefetched its own way stay as they are."""
    lookups: tuple[Any, ...] = getattr(queryset, "_prefetch_related_lookups", ())
    there = {str(getattr(lookup, "prefetch_to", lookup)): lookup for lookup in lookups}
    if not selection.whole:
        wanted = tuple(f"{name}__" for name in selection.fetched)
        there = {name: lookup for name, lookup in there.items() if f"{name}__".startswith(wanted)}
        queryset = queryset.prefetch_related(None).prefetch_related(*there.values())
    return queryset.prefetch_related(*(name for name in selection.fetched if name not in there))
