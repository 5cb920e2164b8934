"""One endpoint: a handler and the policies that it declares, and how they are compiled."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypedDict

import msgspec
from asgiref.sync import iscoroutinefunction

from ultrafox import path as paths
from ultrafox.annotations import name_of, place_of, plain_function
from ultrafox.dispatch import Call, Mode, Reply
from ultrafox.exceptions import DeclarationError
from ultrafox.params import MISSING, Source
from ultrafox.plan import BodyPlan, OperationPlan, ParamPlan
from ultrafox.schema import Adapter, adapter_for
from ultrafox.signature import KINDS, UNANNOTATED, Argument, Signature, read

__all__: list[str] = []

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "QUERY", "TRACE")
BODILESS = ("GET", "HEAD", "OPTIONS", "TRACE")
EMPTY_STATUSES = (204, 205, 304)


class Options(TypedDict, total=False):
    """The keywords of an operation.

    `response` (or `response_model`) is the schema of the reply; without it the handler's return annotation is, and `response=None`
    says that there is none. `status_code` is the status of a reply that is no refusal. `inline=True` runs a `def` handler on the event
    loop's thread, where it must not wait for anything. `name` is the operation's name.
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
    inline: bool
    name: str

    @property
    def label(self) -> str:
        """The dotted name of the handler."""
        plain = plain_function(self.function)
        return f"{getattr(plain, '__module__', '?')}.{getattr(plain, '__qualname__', repr(plain))}"

    def compile(self, prefix: str) -> tuple[OperationPlan, Call]:
        """What Rust needs to know of the operation below a prefix, and how it calls it."""
        place = self.signature.place
        try:
            template = paths.parse(paths.join(prefix, self.path))
        except DeclarationError as error:
            raise DeclarationError(f"{place}: {error}") from None
        binding = _bind(self.signature, template, self.method)
        body = binding.body
        body_schema = _schema(body.annotation, f"{place}: argument `{body.name}`") if body else None
        reply = Reply(_response_schema(self.response, place), self.status_code, self.label)
        plan = OperationPlan(
            method=self.method,
            path=template.canonical,
            label=self.label,
            params=binding.params,
            body=BodyPlan(required=body.default is MISSING) if body else None,
            keeps_body=body is None and -1 in binding.places,
        )
        call = Call(
            function=self.function,
            mode=self.mode,
            arguments=binding.places,
            keywords=tuple(argument.name for argument in self.signature.arguments if argument.keyword_only),
            defaults=binding.defaults,
            body_default=body.default if body and body.default is not MISSING else None,
            decode=body_schema.decode if body_schema else None,
            status=self.status_code,
            shape=reply.shape,
            finish=reply.finish,
            blocks=reply.blocks,
        )
        return plan, call

    @property
    def mode(self) -> Mode:
        """Where the handler runs: a task of the loop, a thread of the pool, or the loop's own thread."""
        if _is_async(self.function):
            return "async"
        return "inline" if self.inline else "pool"


def declare(
    methods: tuple[str, ...],
    path: str,
    function: Callable[..., Any],
    options: Mapping[str, Any],
    namespace: Mapping[str, Any],
) -> list[Operation]:
    """Makes the operations of one decorator. Raises DeclarationError for what cannot be served."""
    place = place_of(function) if callable(function) else repr(function)
    _check_handler(function, place)
    check_options(options, f"{place}: an operation")
    response = _chosen_response(options, place)
    signature = read(function, namespace, returns=response is MISSING)
    if response is MISSING:
        response = signature.returns
    status_code = _status(options.get("status_code", 200), response, place)
    inline = options.get("inline", False)
    if inline not in (True, False):
        raise DeclarationError(f"{place}: expected True or False for `inline`, given {inline!r}.")
    if inline and _is_async(function):
        raise DeclarationError(
            f"{place}: `inline=True` is for `def` handlers, given `async def`, which runs on the loop anyway."
        )
    name = options.get("name") or getattr(plain_function(function), "__name__", "")
    return [Operation(method, path, function, signature, response, status_code, inline, name) for method in methods]


def check_options(
    options: Mapping[str, Any], what: str, known: tuple[str, ...] = tuple(Options.__annotations__)
) -> None:
    """Refuses keywords that are not known."""
    for option in options:
        if option not in known:
            near = difflib.get_close_matches(option, known, n=1)
            cure = f" Did you mean `{near[0]}`?" if near else ""
            raise DeclarationError(f"{what} takes {', '.join(known)}; given `{option}`.{cure}")


def _is_async(function: Any) -> bool:
    return iscoroutinefunction(function) or iscoroutinefunction(getattr(function, "__call__", None))


def _check_handler(function: Any, place: str) -> None:
    if isinstance(function, type) or not callable(function):
        raise DeclarationError(f"{place}: expected a function as handler, given {function!r}.")
    for candidate in (plain_function(function), function, getattr(function, "__call__", None)):
        if inspect.isgeneratorfunction(candidate) or inspect.isasyncgenfunction(candidate):
            raise DeclarationError(
                f"{place}: expected a handler that returns its reply, given a generator. Return a list instead of yielding."
            )


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
    if status in EMPTY_STATUSES and response not in (UNANNOTATED, None, type(None)):
        raise DeclarationError(
            f"{place}: a reply of status {status} has no body, given the schema {name_of(response)}."
        )
    return int(status)


@dataclass(frozen=True, slots=True)
class _Binding:
    """A signature on a path."""

    places: tuple[int, ...]
    """For each argument: -1 the request, -2 the body, else the place of its parameter."""
    params: tuple[ParamPlan, ...]
    defaults: tuple[Any, ...]
    body: Argument | None


def _bind(signature: Signature, template: paths.Template, method: str) -> _Binding:
    places: list[int] = []
    params: list[ParamPlan] = []
    defaults: list[Any] = []
    body: Argument | None = None
    for argument in signature.arguments:
        place = f"{signature.place}: argument `{argument.name}`"
        if argument.role == "request":
            places.append(-1)
        elif argument.role == "body":
            body = _only_body(argument, body, template, method, place)
            places.append(-2)
        else:
            places.append(len(params))
            params.append(_parameter(argument, template, place))
            defaults.append(None if argument.default is MISSING else argument.default)
    _check_path_is_taken(template, params, signature)
    return _Binding(tuple(places), tuple(params), tuple(defaults), body)


def _only_body(
    argument: Argument, other: Argument | None, template: paths.Template, method: str, place: str
) -> Argument:
    if argument.name in template.converters:
        raise DeclarationError(
            f"{place}: expected a scalar type for a parameter of the path, given {name_of(argument.annotation)}."
        )
    if other is not None:
        raise DeclarationError(f"{place}: `{other.name}` is the body already. Put both into one Struct.")
    if method in BODILESS and argument.mark is None:
        raise DeclarationError(
            f"{place}: {method} requests have no body, given {name_of(argument.annotation)}. Take scalars from the query."
        )
    return argument


def _parameter(argument: Argument, template: paths.Template, place: str) -> ParamPlan:
    mark = argument.mark
    wire = mark.alias if mark and mark.alias else argument.name
    source: Source = mark.source if mark else "path" if wire in template.converters else "query"
    if source == "body":
        raise DeclarationError(f"{place}: expected a parameter, given the body.")
    converter = None
    if source == "path":
        if wire not in template.converters:
            raise DeclarationError(
                f"{place}: expected `{{{wire}}}` in the path, given {template.canonical}.{_near(wire, template)}"
            )
        if mark and mark.default is not MISSING:
            raise DeclarationError(
                f"{place}: a parameter of the path is always there, given the default {mark.default!r}."
            )
        converter = template.converters[wire]
    elif source == "header":
        wire = wire.lower() if mark and mark.alias else wire.replace("_", "-").lower()
    kind = argument.kind or (
        "int" if converter == "int" else "uuid" if converter == "uuid" else KINDS[argument.annotation]
    )
    required = source == "path" or argument.default is MISSING
    return ParamPlan(
        name=wire, source=source, kind=kind, required=required, converter=converter, **asdict(argument.constraints)
    )


def _check_path_is_taken(template: paths.Template, params: list[ParamPlan], signature: Signature) -> None:
    taken = {param.name for param in params if param.source == "path"}
    for name in template.converters:
        if name not in taken:
            names = [argument.name for argument in signature.arguments]
            near = difflib.get_close_matches(name, names, n=1)
            cure = f" Did you mean `{near[0]}`?" if near else ""
            raise DeclarationError(
                f"{signature.place}: expected an argument `{name}`, as in {template.canonical}, given ({', '.join(names)}).{cure}"
            )


def _near(name: str, template: paths.Template) -> str:
    near = difflib.get_close_matches(name, template.converters, n=1)
    return f" Did you mean `{near[0]}`?" if near else ""


def _schema(schema: Any, place: str) -> Adapter:
    try:
        return adapter_for(schema)
    except (TypeError, NameError, ValueError, msgspec.MsgspecError) as error:
        raise DeclarationError(
            f"{place}: expected a type that msgspec knows, given {name_of(schema)}: {error}"
        ) from error


def _response_schema(response: Any, place: str) -> Adapter | None:
    """The schema of the reply. bytes and `Any` have none: bytes go out as they are."""
    if response is UNANNOTATED or response is Any or response is bytes:
        return None
    cure = " Name the reply's schema by response=, or response=None for none."
    try:
        return _schema(None if response is type(None) else response, f"{place}: reply")
    except DeclarationError as error:
        raise DeclarationError(f"{error}{cure}") from error
