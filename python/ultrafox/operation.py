"""One endpoint: a handler with the policies that it declares, and how they are compiled."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

import msgspec

from ultrafox import coming
from ultrafox import path as paths
from ultrafox.annotations import call_of, name_of, place_of, plain_function
from ultrafox.binding import REQUEST, bind
from ultrafox.dispatch import EMPTY, Call, Mode, Reply
from ultrafox.exceptions import DeclarationError
from ultrafox.markers import MISSING
from ultrafox.nearest import check_keywords
from ultrafox.plan import BodyPlan, OperationPlan
from ultrafox.schema import Adapter, adapter_for
from ultrafox.signature import UNANNOTATED, Signature, read

__all__: list[str] = []


class Options(TypedDict, total=False):
    """The keywords of an operation.

    `response` (or `response_model`) is the schema of the reply; without it the handler's return annotation is, and
    `response=None` says that there is none. `status_code` is the status of a reply that is no refusal. `inline=True`
    runs a `def` handler on the event loop's thread, where it must not wait for anything. `name` is kept for a later
    version, which finds URLs by it; nothing uses it yet.
    """

    response: Any
    response_model: Any
    status_code: int
    inline: bool
    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """A method on a path, below the prefixes of the routers around it. Immutable."""

    method: str
    path: str
    function: Callable[..., Any]
    signature: Signature
    response: Any
    status_code: int
    mode: Mode
    name: str

    @property
    def label(self) -> str:
        """The dotted name of the handler."""
        plain = plain_function(self.function)
        return f"{getattr(plain, '__module__', '?')}.{getattr(plain, '__qualname__', repr(plain))}"

    def compile(self, prefix: str, api: int) -> tuple[OperationPlan, Call]:
        """What Rust needs to know of the operation below a prefix, and how it calls it."""
        place = self.signature.place
        try:
            template = paths.parse(paths.join(prefix, self.path))
        except DeclarationError as error:
            raise DeclarationError(f"{place}: {error}") from None
        binding = bind(self.signature, template, self.method)
        body = binding.body
        body_schema = _schema(body.annotation, body.place) if body else None
        reply = Reply(_response_schema(self.response, place), self.status_code, self.label)
        plan = OperationPlan(
            method=self.method,
            path=template.canonical,
            label=self.label,
            params=binding.params,
            api=api,
            body=BodyPlan(required=body.default is MISSING, kind="document", consumes=("application/json",))
            if body
            else None,
            keeps_body=body is None and REQUEST in binding.places,
            compress=True,
        )
        call = Call(
            function=self.function,
            mode=self.mode,
            arguments=binding.places,
            keywords=tuple(argument.name for argument in self.signature.arguments if argument.keyword_only),
            defaults=binding.defaults,
            body_default=body.default if body and body.default is not MISSING else None,
            decode=body_schema.decoder() if body_schema else None,
            status=self.status_code,
            shape=reply.shape,
            finish=reply.finish,
            blocks=reply.blocks,
        )
        return plan, call


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
    response = _chosen_response(options, place)
    signature = read(function, namespace, returns=response is MISSING)
    if response is MISSING:
        response = signature.returns
    status_code = _status(options.get("status_code", 200), response, place)
    mode = _mode(function, options.get("inline", False), place)
    name = options.get("name") or str(getattr(plain_function(function), "__name__", ""))
    return [Operation(method, path, function, signature, response, status_code, mode, name) for method in methods]


def _check_handler(function: Any, place: str) -> None:
    if isinstance(function, type) or not callable(function):
        raise DeclarationError(f"{place}: expected a function as handler, given {function!r}.")
    for candidate in (function, call_of(function), plain_function(function)):
        if inspect.isgeneratorfunction(candidate) or inspect.isasyncgenfunction(candidate):
            raise DeclarationError(
                f"{place}: expected a handler that returns its reply, given a generator. Return a list, do not yield."
            )


def _mode(function: Callable[..., Any], inline: Any, place: str) -> Mode:
    """Where the handler runs: a task of the loop, a thread of the pool, or the loop's own thread."""
    if not isinstance(inline, bool):
        raise DeclarationError(f"{place}: expected True or False for `inline`, given {inline!r}.")
    if not (inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call_of(function))):
        return "inline" if inline else "pool"
    if inline:
        raise DeclarationError(
            f"{place}: `inline=True` is for `def` handlers, given an `async def`, which runs on the loop anyway."
        )
    return "async"


def _chosen_response(options: Mapping[str, Any], place: str) -> Any:
    if "response" in options and "response_model" in options:
        raise DeclarationError(f"{place}: `response` and `response_model` are the same, given both. Keep one.")
    response = options.get("response", options.get("response_model", MISSING))
    if isinstance(response, (dict, tuple, list, str)) or response is ...:
        raise DeclarationError(f"{place}: expected a type for `response`, as in list[ItemOut], given {response!r}.")
    return UNANNOTATED if response is None else response


def _status(status: Any, response: Any, place: str) -> int:
    if isinstance(status, bool) or not isinstance(status, int) or not 200 <= status <= 599:
        raise DeclarationError(f"{place}: expected a status from 200 to 599 for `status_code`, given {status!r}.")
    if status in EMPTY and response not in (UNANNOTATED, None, type(None)):
        raise DeclarationError(
            f"{place}: a reply of status {status} has no body, given the schema {name_of(response)}."
        )
    return int(status)


def _schema(schema: Any, place: str) -> Adapter:
    try:
        return adapter_for(schema)
    except (TypeError, NameError, ValueError, msgspec.MsgspecError) as error:
        given, why = name_of(schema), str(error).rstrip(".")
        raise DeclarationError(f"{place}: expected a type that msgspec knows, given {given}: {why}.") from error


def _response_schema(response: Any, place: str) -> Adapter | None:
    """The schema of the reply. `Any` and bytes have none: bytes go out as they are."""
    if response is UNANNOTATED or response is Any or response is bytes:
        return None
    try:
        return _schema(None if response is type(None) else response, f"{place}: reply")
    except DeclarationError as error:
        cure = " Name the reply's schema by response=, or response=None for none."
        raise DeclarationError(f"{error}{cure}") from error
