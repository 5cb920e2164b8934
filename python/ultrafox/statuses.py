"""Which schema a reply of which status has."""

from __future__ import annotations

import functools
import operator
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import msgspec
from django.http.response import HttpResponseBase

from ultrafox.annotations import is_union, name_of, peel
from ultrafox.answers import EMPTY
from ultrafox.exceptions import DeclarationError
from ultrafox.schema import Adapter, adapter_for
from ultrafox.signature import UNANNOTATED

__all__ = [
    "Outcome",
    "Responses",
    "Status",
    "codes_1xx",
    "codes_2xx",
    "codes_3xx",
    "codes_4xx",
    "codes_5xx",
    "parse_responses",
]

Body = TypeVar("Body")

codes_1xx = frozenset(range(100, 200))
codes_2xx = frozenset(range(200, 300))
codes_3xx = frozenset(range(300, 400))
codes_4xx = frozenset(range(400, 500))
codes_5xx = frozenset(range(500, 600))


class Status(Generic[Body]):
    """A body with the status that it is sent with: `return Status(404, {"detail": "gone"})`.

    Raises ValueError for a status outside 100 to 599.
    """

    __slots__ = ("body", "status_code")

    def __init__(self, status_code: int, body: Body | None = None) -> None:
        given: Any = status_code
        if isinstance(given, bool) or not isinstance(given, int) or not 100 <= given <= 599:
            raise ValueError(f"Expected a status from 100 to 599, given {given!r}.")
        self.status_code = int(given)
        self.body = cast("Body", body)

    def __repr__(self) -> str:
        return f"Status({self.status_code}, {self.body!r})"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the replies of a status hold."""

    annotation: Any
    """As declared: a type, None for no body, UNANNOTATED where anything may leave."""
    schema: Adapter | None
    """None where anything may leave."""
    is_empty: bool
    """Whether there is no body, ever."""
    takes_tuples: bool
    """Whether a tuple may be the body itself."""


@dataclass(frozen=True, slots=True)
class Responses:
    """The outcomes of an operation."""

    status: int
    """The status of a value that comes without one."""
    by_status: Mapping[int, Outcome]
    rest: Outcome | None
    """Of all other statuses; None where the operation must not use them."""
    is_mapping: bool
    """Whether statuses were declared one by one."""

    def of(self, status: int) -> Outcome | None:
        """What a reply of this status holds; None where it is not declared."""
        return self.by_status.get(status, self.rest)

    def declared(self) -> str:
        """The statuses, for a message. Whole classes by their names."""
        left = set(self.by_status)
        named: list[str] = []
        for name, codes in _CLASSES.items():
            if codes <= left:
                named.append(name)
                left -= codes
        return ", ".join([*map(str, sorted(left)), *named, *(["..."] if self.rest else [])])


_CLASSES = {
    "codes_1xx": codes_1xx,
    "codes_2xx": codes_2xx,
    "codes_3xx": codes_3xx,
    "codes_4xx": codes_4xx,
    "codes_5xx": codes_5xx,
}


def parse_responses(response: Any, status_code: int | None, place: str) -> Responses:
    """The keyword `response`, or the return annotation: a type, or `{200: A, codes_4xx: B, (502, 503): C, ...: D}`.

    UNANNOTATED is no schema, None as a type is "no body". `status_code` is None where the operation does not name it:
    then it is 200, or of a mapping the only status, or its only success. Raises DeclarationError.
    """
    _check_status(status_code, place)
    if isinstance(response, Mapping):
        return _mapping(response, status_code, place)
    if isinstance(response, (tuple, list, str)) or response is ...:
        raise DeclarationError(
            f"{place}: expected a type for `response`, as in list[ItemOut], or a mapping of statuses to types, given"
            f" {response!r}."
        )
    status = 200 if status_code is None else int(status_code)
    annotation, any_status = _of_annotation(response)
    outcome = _outcome(annotation, place)
    _check_body(status, outcome, place)
    rest = outcome if any_status or outcome.annotation is UNANNOTATED else None
    return Responses(status, {status: outcome}, rest, is_mapping=False)


def _mapping(response: Mapping[Any, Any], status_code: int | None, place: str) -> Responses:
    if not response:
        raise DeclarationError(f"{place}: expected at least one status in `response`, given an empty mapping.")
    found: dict[int, tuple[bool, Outcome]] = {}
    rest: Outcome | None = None
    for key, annotation in response.items():
        outcome = _outcome(_of_annotation(annotation)[0], place)
        if key is ...:
            rest = outcome
            continue
        exact = isinstance(key, int)
        for status in _statuses(key, place):
            held = found.get(status)
            if held and held[0] == exact and held[1].annotation != outcome.annotation:
                raise DeclarationError(f"{place}: status {status} is declared twice in `response`. Keep one.")
            if exact:
                _check_body(status, outcome, place)
            if held is None or exact:
                found[status] = exact, _EMPTY if status in EMPTY else outcome
    by_status = {status: outcome for status, (_, outcome) in found.items()}
    return Responses(_default(by_status, rest, status_code, place), by_status, rest, is_mapping=True)


def _default(by_status: Mapping[int, Outcome], rest: Outcome | None, status_code: int | None, place: str) -> int:
    if status_code is not None:
        if status_code not in by_status and rest is None:
            raise DeclarationError(
                f"{place}: `status_code` is {status_code}, which `response` does not declare."
                f" Add {int(status_code)}: … to it."
            )
        return int(status_code)
    successes = [status for status in by_status if 200 <= status <= 299]
    for candidates in (list(by_status), successes):
        if len(candidates) == 1 and rest is None:
            return candidates[0]
    return 200


def _statuses(key: Any, place: str) -> Iterator[int]:
    """The statuses that a key of the mapping means."""
    keys: Iterable[Any] = cast("Iterable[Any]", key) if isinstance(key, (frozenset, tuple, range)) else (key,)
    for status in keys:
        if isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 599:
            raise DeclarationError(
                f"{place}: expected statuses from 100 to 599, sets of them such as codes_4xx, or `...` as keys of"
                f" `response`, given {status!r}."
            )
        yield int(status)


def _check_status(status: Any, place: str) -> None:
    if status is None:
        return
    if isinstance(status, bool) or not isinstance(status, int) or not 200 <= status <= 599:
        raise DeclarationError(f"{place}: expected a status from 200 to 599 for `status_code`, given {status!r}.")


def _check_body(status: int, outcome: Outcome, place: str) -> None:
    if status in EMPTY and not outcome.is_empty and outcome.annotation is not UNANNOTATED:
        given = name_of(outcome.annotation)
        raise DeclarationError(f"{place}: a reply of status {status} has no body, given the schema {given}.")


def _of_annotation(annotation: Any) -> tuple[Any, bool]:
    """A type without the response objects that it may come with, and whether it may be of any status."""
    if typing.get_origin(annotation) is Status:
        return typing.get_args(annotation)[0], True
    if is_union(annotation):
        kept = [one for one in typing.get_args(annotation) if not _is_response(one)]
        if not kept:
            return UNANNOTATED, True
        if len(kept) < len(typing.get_args(annotation)):
            return functools.reduce(operator.or_, kept), False
    # Response objects go out as they are, and an annotation says nothing of the values beside them.
    return (UNANNOTATED, True) if _is_response(annotation) else (annotation, False)


def _is_response(annotation: Any) -> bool:
    kind = typing.get_origin(annotation) or annotation
    return isinstance(kind, type) and issubclass(kind, (HttpResponseBase, Status))


def _outcome(annotation: Any, place: str) -> Outcome:
    if annotation is UNANNOTATED or annotation is Any or annotation is bytes:
        # Bytes go out as they are.
        return Outcome(UNANNOTATED, None, is_empty=False, takes_tuples=False)
    schema = _adapter(None if annotation is type(None) else annotation, place)
    return Outcome(annotation, schema, schema.is_nothing(), _takes_tuples(annotation))


def _adapter(annotation: Any, place: str) -> Adapter:
    try:
        return adapter_for(annotation)
    except (TypeError, NameError, ValueError, msgspec.MsgspecError) as error:
        given, why = name_of(annotation), str(error).rstrip(".")
        raise DeclarationError(
            f"{place}: reply: expected a type that msgspec knows, given {given}: {why}."
            " Name the reply's schema by response=, or response=None for none."
        ) from error


def _takes_tuples(annotation: Any) -> bool:
    core = peel(annotation).core
    if is_union(core):
        return any(map(_takes_tuples, typing.get_args(core)))
    kind = typing.get_origin(core) or core
    return isinstance(kind, type) and issubclass(kind, tuple)


_EMPTY = Outcome(None, adapter_for(None), is_empty=True, takes_tuples=False)
