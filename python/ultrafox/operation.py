"""One endpoint: a handler with the policies that it declares."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from ultrafox import coming
from ultrafox.annotations import call_of, place_of, plain_function
from ultrafox.exceptions import DeclarationError
from ultrafox.markers import MISSING
from ultrafox.nearest import check_keywords
from ultrafox.policy import Policy, policy_of
from ultrafox.signature import UNANNOTATED, Signature, read
from ultrafox.statuses import Responses, parse_responses

if TYPE_CHECKING:
    from ultrafox.binding import Binding

__all__: list[str] = []

Mode = Literal["async", "pool", "inline"]


class Options(TypedDict, total=False):
    """The keywords of an operation.

    `response` (or `response_model`) is the schema of the reply, or `{200: A, 404: B, codes_4xx: E}`; without it the
    handler's return annotation is, and `response=None` says that there is none. `status_code` is the status of a reply
    that names none. `inline=True` runs a `def` handler on the event loop's thread, where it must not wait for anything.
    `name` (or `url_name`) is what `reverse()` finds it by. `max_body` are bytes. The others say what they say on API
    and Router, for this operation alone, or what the OpenAPI document shows.
    """

    response: Any
    response_model: Any
    status_code: int
    inline: bool
    max_body: int
    name: str
    url_name: str
    tags: Sequence[str]
    middleware: Sequence[Any]
    dependencies: Sequence[Any]
    renderers: Sequence[Any]
    parsers: Sequence[Any]
    compress: bool
    by_alias: bool
    exclude_unset: bool
    exclude_defaults: bool
    exclude_none: bool
    include_in_schema: bool
    deprecated: bool
    summary: str
    description: str
    operation_id: str
    openapi_extra: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A method on a path, below the prefixes of the routers around it. Immutable."""

    method: str
    path: str
    function: Callable[..., Any]
    signature: Signature
    responses: Responses
    inline: bool
    name: str
    policy: Policy
    """Its own policy; inside those of API and routers once they are frozen."""
    body_limit: int | None
    summary: str | None
    description: str | None
    operation_id: str | None
    openapi_extra: Mapping[str, Any]
    is_mount: bool = False
    """Whether another application answers, which has limits of its own: bodies may be as long as Django's uploads."""

    @property
    def label(self) -> str:
        """The dotted name of the handler."""
        plain = plain_function(self.function)
        return f"{getattr(plain, '__module__', '?')}.{getattr(plain, '__qualname__', repr(plain))}"

    @property
    def place(self) -> str:
        """Where the handler stands, as the beginning of a refusal."""
        return self.signature.place

    def bound(self, prefix: str) -> Binding:
        """The signature on the path below a prefix. Raises DeclarationError for what contradicts the path."""
        from ultrafox.compile import bound

        return bound(self, prefix)

    def within(self, outer: Policy) -> Operation:
        """The operation inside the policies of what is around it."""
        return replace(self, policy=self.policy.within(outer))


def declare(
    methods: tuple[str, ...],
    path: str,
    function: Callable[..., Any],
    options: Mapping[str, Any],
    namespace: Mapping[str, Any],
) -> list[Operation]:
    """Makes the operations of one decorator; `namespace` holds the names that are visible there.

    Raises DeclarationError for what cannot be served.
    """
    place = place_of(function)
    check_keywords(options, Options.__annotations__, f"{place}: an operation", coming.OPERATION)
    _check_handler(function, place)
    response = _chosen(options, "response", "response_model", place)
    signature = read(function, namespace, returns=response is MISSING)
    if response is MISSING:
        response = signature.returns
    elif response is None:
        response = UNANNOTATED
    inline = _inline(function, options.get("inline", False), place)
    name = _chosen(options, "name", "url_name", place)
    operation = Operation(
        method="",
        path=path,
        function=function,
        signature=signature,
        responses=parse_responses(response, options.get("status_code"), place),
        inline=inline,
        name=str(getattr(plain_function(function), "__name__", "")) if name is MISSING else str(name),
        policy=policy_of(options),
        body_limit=_body_limit(options.get("max_body"), place),
        summary=options.get("summary"),
        description=options.get("description"),
        operation_id=options.get("operation_id"),
        openapi_extra=options.get("openapi_extra") or {},
    )
    return [replace(operation, method=method) for method in methods]


def _check_handler(function: Any, place: str) -> None:
    if isinstance(function, type) or not callable(function):
        raise DeclarationError(f"{place}: expected a function as handler, given {function!r}.")
    for candidate in (function, call_of(function), plain_function(function)):
        if inspect.isgeneratorfunction(candidate) or inspect.isasyncgenfunction(candidate):
            raise DeclarationError(
                f"{place}: expected a handler that returns its reply, given a generator. Return a list, or"
                " StreamingResponse(generate()) of a generator function beside it; do not yield."
            )


def _inline(function: Callable[..., Any], inline: Any, place: str) -> bool:
    if not isinstance(inline, bool):
        raise DeclarationError(f"{place}: expected True or False for `inline`, given {inline!r}.")
    if inline and (inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call_of(function))):
        raise DeclarationError(
            f"{place}: `inline=True` is for `def` handlers, given an `async def`, which runs on the loop anyway."
        )
    return inline


def _chosen(options: Mapping[str, Any], name: str, other: str, place: str) -> Any:
    """The value of a keyword that has two names."""
    if name in options and other in options:
        raise DeclarationError(f"{place}: `{name}` and `{other}` are the same, given both. Keep one.")
    return options.get(name, options.get(other, MISSING))


def _body_limit(given: Any, place: str) -> int | None:
    if given is None or (isinstance(given, int) and not isinstance(given, bool) and given > 0):
        return given
    raise DeclarationError(f"{place}: expected bytes above 0 for `max_body`, given {given!r}.")
