"""References within the document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

__all__: list[str] = []

PREFIX: Final = "#/components/schemas/"
# What stands here is data of the user and looks like a schema by chance only.
_DATA = frozenset(("default", "example", "examples", "const", "enum"))
# The keys of these are names, also where they are spelt as above.
_MAPS = frozenset(("properties", "patternProperties", "dependentSchemas"))


def references(schema: Any) -> Iterator[str]:
    """The names of the components that a schema refers to."""
    if isinstance(schema, list):
        for item in schema:
            yield from references(item)
    elif isinstance(schema, dict):
        for key, value in schema.items():
            if key in ("$ref", "mapping"):
                targets = value.values() if isinstance(value, dict) else (value,)
                yield from (one.removeprefix(PREFIX) for one in targets if _is_reference(one))
            if key in _MAPS and isinstance(value, dict):
                yield from references(list(value.values()))
            elif key not in _DATA and key != "$ref":
                yield from references(value)


def renamed(schema: Any, names: Mapping[str, str]) -> Any:
    """A copy of a schema whose references lead to other names."""
    if isinstance(schema, list):
        return [renamed(item, names) for item in schema]
    if not isinstance(schema, dict):
        return _target(schema, names) if _is_reference(schema) else schema
    return {key: _renamed_at(key, value, names) for key, value in schema.items()}


def _renamed_at(key: str, value: Any, names: Mapping[str, str]) -> Any:
    if key in _MAPS and isinstance(value, dict):
        return {name: renamed(one, names) for name, one in value.items()}
    return value if key in _DATA else renamed(value, names)


def _is_reference(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(PREFIX)


def _target(reference: str, names: Mapping[str, str]) -> str:
    name = reference.removeprefix(PREFIX)
    return f"{PREFIX}{names.get(name, name)}"
