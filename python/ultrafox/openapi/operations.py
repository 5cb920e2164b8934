"""One operation of the document."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Sequence

from ultrafox.annotations import plain_function
from ultrafox.openapi.bodies import request_body
from ultrafox.openapi.components import Components
from ultrafox.openapi.merging import merge
from ultrafox.openapi.parameters import parameters
from ultrafox.openapi.ports import Schema, Sketch
from ultrafox.openapi.replies import replies

__all__: list[str] = []


def operation_ids(operations: Sequence[Sketch]) -> list[str]:
    """An id for each, in order: `operation_id=`, else the function's name; with method and path where that is not one.

    All of those that share a name get the long form, so that an id does not change when a further one comes before it.
    """
    wanted = [one.operation_id or one.name or _slug(one.path) for one in operations]
    times = Counter(wanted)
    found: list[str] = []
    taken = {name for name in wanted if times[name] == 1}
    for name, one in zip(wanted, operations, strict=True):
        identity = name if times[name] == 1 else _free(f"{name}_{one.method.lower()}_{_slug(one.path)}", taken)
        taken.add(identity)
        found.append(identity)
    return found


def _slug(path: str) -> str:
    return "_".join(re.findall(r"\w+", path)) or "root"


def _free(name: str, taken: set[str]) -> str:
    """`/a/b` and `/a_b` have one slug."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    return found


def describe(one: Sketch, identity: str, components: Components) -> Schema:
    """The operation object; its schemas are filled when `components` is finished, and only then `with_extra`."""
    summary, description = _words(one)
    found: Schema = {"operationId": identity, "summary": summary}
    if description:
        found["description"] = description
    if one.tags:
        found["tags"] = [str(tag) for tag in one.tags]
    if one.deprecated:
        found["deprecated"] = True
    if described := parameters(one.bound, components):
        found["parameters"] = described
    if (body := request_body(one.bound, components)) is not None:
        found["requestBody"] = body
    found["responses"] = replies(one, components)
    return found


def with_extra(found: Schema, one: Sketch) -> Schema:
    """The operation object with the user's `openapi_extra` in it."""
    return merge(found, one.extra) if one.extra else found


def _words(one: Sketch) -> tuple[str, str | None]:
    """Summary and description: the keywords, else the first paragraph of the docstring and the rest of it."""
    text = inspect.getdoc(plain_function(one.function)) or ""
    first, _, rest = text.partition("\n\n")
    if one.summary is not None:
        return str(one.summary), str(one.description) if one.description is not None else text or None
    title = one.name.replace("_", " ").strip().capitalize() or one.path
    summary = " ".join(first.split()).removesuffix(".") or title
    return summary, str(one.description) if one.description is not None else rest.strip() or None
