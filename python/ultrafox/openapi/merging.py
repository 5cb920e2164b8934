"""The user's own words in the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__: list[str] = []


def merge(base: dict[str, Any], extra: Mapping[Any, Any]) -> dict[str, Any]:
    """What `openapi_extra` makes of an object: objects are merged, lists are joined, anything else is replaced.

    >>> merge({"tags": ["a"], "responses": {"200": {"description": "OK"}}}, {"tags": ["b"], "responses": {404: {}}})
    {'tags': ['a', 'b'], 'responses': {'200': {'description': 'OK'}, '404': {}}}
    """
    merged = dict(base)
    for key, value in extra.items():
        name = str(key)
        present = merged.get(name)
        if isinstance(value, Mapping):
            merged[name] = merge(present if isinstance(present, dict) else {}, value)
        elif isinstance(present, list) and isinstance(value, (list, tuple)):
            merged[name] = [*present, *(item for item in value if item not in present)]
        else:
            merged[name] = value
    return merged
