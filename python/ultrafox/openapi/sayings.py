"""What is said about a parameter for people: by its mark, by msgspec.Meta, by pydantic's Field, by Doc."""

from __future__ import annotations

import typing
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ultrafox.encoding import encode
from ultrafox.markers import Mark
from ultrafox.openapi.ports import Schema
from ultrafox.sources import Described

__all__: list[str] = []


@dataclass(slots=True)
class Sayings:
    """Title, description, examples; the first that says one of them is heard."""

    title: str | None = None
    description: str | None = None
    examples: list[Any] = field(default_factory=list[Any])
    deprecated: bool = False
    extra: Schema = field(default_factory=dict[str, Any])


def of(parameter: Described) -> Sayings:
    """What is said about a parameter."""
    return _heard((*_about(parameter.mark), *_metadata(parameter.annotation)))


def of_mark(mark: Mark | None) -> Sayings:
    """What a mark alone says: of a body, the rest is in its schema."""
    return _heard(_about(mark))


def _about(mark: Mark | None) -> tuple[Any, ...]:
    return () if mark is None else (mark.about,)


def _heard(sources: Iterable[Any]) -> Sayings:
    said = Sayings()
    for source in sources:
        if source is None or isinstance(source, type):
            continue
        said.title = said.title or _text(source, "title")
        said.description = said.description or _text(source, "description") or _text(source, "documentation")
        said.deprecated = said.deprecated or bool(getattr(source, "deprecated", None))
        said.examples = said.examples or _examples(source)
        if isinstance(source, msgspec.Meta) and source.extra_json_schema:
            said.extra = {**source.extra_json_schema, **said.extra}
    return said


def plain(value: Any) -> Any:
    """A value as JSON would hold it."""
    return msgspec.json.decode(encode(value))


def _metadata(annotation: Any) -> tuple[Any, ...]:
    """What stands in Annotated, also within `Annotated[…] | None`."""
    if typing.get_origin(annotation) is typing.Annotated:
        return (*annotation.__metadata__, *_metadata(annotation.__origin__))
    return tuple(item for inner in typing.get_args(annotation) for item in _metadata(inner))


def _text(source: Any, name: str) -> str | None:
    """A text or a translation; methods such as `str.title` are neither."""
    value = None if isinstance(source, str) else getattr(source, name, None)
    return None if value is None or callable(value) else str(value)


def _examples(source: Any) -> list[Any]:
    given = getattr(source, "examples", None)
    if isinstance(given, (list, tuple)):
        return list(given)
    one = getattr(source, "example", None)
    return [] if one is None else [one]
