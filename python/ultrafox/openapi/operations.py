"""One operation of the document."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ultrafox import path as paths
from ultrafox.annotations import plain_function
from ultrafox.openapi.bodies import request_body
from ultrafox.openapi.components import Components
from ultrafox.openapi.merging import merge
from ultrafox.openapi.parameters import parameters
from ultrafox.openapi.ports import API, Operation, Schema
from ultrafox.openapi.replies import replies

__all__: list[str] = []

_CATCH_ALL = re.compile(r"\{\*")


@dataclass(frozen=True, slots=True)
class Placed:
    """An operation below its prefixes."""

    operation: Operation
    prefix: str
    path: str

    @property
    def method(self) -> str:
        """In the small letters of a path item."""
        return self.operation.method.lower()


def placed(api: API) -> Iterator[Placed]:
    """The operations of an API that are to be seen, in the order of their declaration."""
    for prefix, operation in api.freeze():
        if operation.policy.include_in_schema:
            template = paths.parse(paths.join(prefix, operation.path))
            yield Placed(operation, prefix, _CATCH_ALL.sub("{", template.canonical))


def operation_ids(operations: Sequence[Placed]) -> list[str]:
    """An id for each, in order: `operation_id=`, else the function's name; with method and path where that is not one.

    All of those that share a name get the long form, so that an id does not change when a further one comes before it.
    """
    wanted = [one.operation.policy.operation_id or one.operation.name or _slug(one.path) for one in operations]
    times = Counter(wanted)
    found: list[str] = []
    taken = {name for name in wanted if times[name] == 1}
    for name, one in zip(wanted, operations, strict=True):
        identity = name if times[name] == 1 else _free(f"{name}_{one.method}_{_slug(one.path)}", taken)
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


def describe(one: Placed, identity: str, components: Components) -> Schema:
    """The operation object; its schemas are filled when `components` is finished, and only then `with_extra`."""
    operation, policy = one.operation, one.operation.policy
    bound = operation.bound(one.prefix)
    summary, description = _words(operation)
    found: Schema = {"operationId": identity, "summary": summary}
    if description:
        found["description"] = description
    if policy.tags:
        found["tags"] = [str(tag) for tag in policy.tags]
    if policy.deprecated:
        found["deprecated"] = True
    if described := parameters(bound, components):
        found["parameters"] = described
    if (body := request_body(bound, components)) is not None:
        found["requestBody"] = body
    found["responses"] = replies(operation, bound, one.path, components)
    return found


def with_extra(found: Schema, operation: Operation) -> Schema:
    """The operation object with the user's `openapi_extra` in it."""
    extra = operation.policy.openapi_extra
    return merge(found, extra) if extra else found


def _words(operation: Operation) -> tuple[str, str | None]:
    """Summary and description: the keywords, else the first paragraph of the docstring and the rest of it."""
    text = inspect.getdoc(plain_function(operation.function)) or ""
    first, _, rest = text.partition("\n\n")
    policy = operation.policy
    if policy.summary is not None:
        return str(policy.summary), str(policy.description) if policy.description is not None else text or None
    title = operation.name.replace("_", " ").strip().capitalize()
    summary = " ".join(first.split()).removesuffix(".") or title
    return summary, str(policy.description) if policy.description is not None else rest.strip() or None
