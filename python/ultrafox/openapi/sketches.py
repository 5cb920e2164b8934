"""From an API's operations to what the document shows of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.http.response import HttpResponseBase

from ultrafox import path as paths
from ultrafox.annotations import peel
from ultrafox.openapi.ports import Sketch
from ultrafox.signature import UNANNOTATED

if TYPE_CHECKING:
    from ultrafox.api import API
    from ultrafox.operation import Operation
    from ultrafox.statuses import Outcome, Responses

__all__: list[str] = []

_REST = re.compile(r"\{\*")
CLASS = 100


def sketches(api: API) -> Iterator[Sketch]:
    """The operations that are to be seen, in the order of their declaration."""
    for prefix, operation in api.operations():
        if operation.policy.include_in_schema is not False:
            yield _sketch(api, prefix, operation)


def _sketch(api: API, prefix: str, operation: Operation) -> Sketch:
    # The compiler knows the API class, which knows this package.
    from ultrafox.compile import bound, dump_of, renderers_of

    template = paths.parse(paths.join(prefix, operation.path))
    return Sketch(
        method=operation.method,
        path=_REST.sub("{", template.canonical),
        name=operation.name,
        function=operation.function,
        place=operation.place,
        bound=bound(operation, prefix),
        replies=tuple(_replies(operation)),
        produces=tuple(renderer.media_type for renderer in renderers_of(operation)),
        dump=dump_of(operation),
        errors=api.errors,
        tags=operation.policy.tags,
        summary=operation.summary,
        description=operation.description,
        operation_id=operation.operation_id,
        deprecated=bool(operation.policy.deprecated),
        extra=operation.openapi_extra,
    )


def _replies(operation: Operation) -> Iterator[tuple[int | str, Any]]:
    responses = operation.responses
    if responses.is_mapping:
        yield from _of_mapping(responses)
        return
    annotation = _annotation(responses.by_status[responses.status], operation)
    # Who returns nothing with the usual status answers 204.
    yield 204 if annotation is None and responses.status == 200 else responses.status, annotation


def _annotation(outcome: Outcome, operation: Operation) -> Any:
    """The type of a reply. A response class has no schema, and yet says its media type."""
    if outcome.is_empty:
        return None
    returns = peel(operation.signature.returns).core if operation.signature.returns is not UNANNOTATED else None
    if (
        outcome.annotation is UNANNOTATED
        and isinstance(returns, type)
        and issubclass(returns, (HttpResponseBase, bytes))
    ):
        return returns
    return outcome.annotation


def _of_mapping(responses: Responses) -> Iterator[tuple[int | str, Any]]:
    """Status by status; where all of a hundred are declared, the type that most of them have is said once."""
    common: dict[int, Any] = {}
    for hundred in range(1, 6):
        annotations = [_plain(outcome) for status, outcome in responses.by_status.items() if status // CLASS == hundred]
        if len(annotations) == CLASS:
            common[hundred] = _most(annotations)
    for status, outcome in responses.by_status.items():
        annotation = _plain(outcome)
        if status // CLASS not in common or annotation != common[status // CLASS]:
            yield status, annotation
    for hundred, annotation in common.items():
        yield f"{hundred}XX", annotation
    if responses.rest is not None:
        yield "default", _plain(responses.rest)


def _plain(outcome: Outcome) -> Any:
    return None if outcome.is_empty else outcome.annotation


def _most(annotations: list[Any]) -> Any:
    times = Counter(map(repr, annotations))
    return max(annotations, key=lambda one: times[repr(one)])
