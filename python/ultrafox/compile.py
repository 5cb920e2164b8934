"""From what is declared to what Rust runs: one operation's plan, and the call behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.http.response import HttpResponseBase

from ultrafox import path as paths
from ultrafox.binding import BODY, REQUEST, Binding, bind
from ultrafox.chains import Chains
from ultrafox.core import Core, handling
from ultrafox.dispatch import Call
from ultrafox.exceptions import DeclarationError, RequestValidationError
from ultrafox.middleware import Layer, declared_layers, declared_skips, layers, remaining, stack
from ultrafox.operation import Mode, Operation
from ultrafox.parsers import check_parsers
from ultrafox.plan import OperationPlan
from ultrafox.policy import attached
from ultrafox.refusals import Explainer
from ultrafox.renderers import JSONRenderer, MsgpackRenderer, check_renderers
from ultrafox.reply import Reply
from ultrafox.runner import Runner
from ultrafox.schema.dump import Dump
from ultrafox.signature import UNANNOTATED
from ultrafox.statuses import Status, parse_responses

if TYPE_CHECKING:
    from ultrafox.answers import Answer
    from ultrafox.api import API
    from ultrafox.request import Request

__all__: list[str] = []

RENDERERS = (JSONRenderer(), MsgpackRenderer())


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What an operation is compiled for."""

    api: API
    place: int
    """The API's place in the plan."""
    debug: bool
    layers: tuple[Layer, ...] = ()
    """Those of settings.MIDDLEWARE, where the door does not run them itself."""
    chains: Chains
    """The middleware of all operations of the server."""
    overrides: Mapping[Callable[..., Any], Callable[..., Any]] = field(default_factory=dict)
    """What takes the place of dependencies."""


def bound(operation: Operation, prefix: str, surroundings: Surroundings | None = None) -> Binding:
    """The operation's signature on its path."""
    policy = operation.policy
    parsers = () if policy.parsers is None else check_parsers(policy.parsers, operation.place)
    return bind(
        operation.signature,
        template(operation, prefix),
        operation.method,
        overrides=surroundings.overrides if surroundings else {},
        parsers=parsers,
        dependencies=policy.dependencies,
    )


def template(operation: Operation, prefix: str) -> paths.Template:
    """The operation's whole path."""
    try:
        return paths.parse(paths.join(prefix, operation.path))
    except DeclarationError as error:
        raise DeclarationError(f"{operation.place}: {error}") from None


def compiled(operation: Operation, prefix: str, around: Surroundings) -> tuple[OperationPlan, Call]:
    """What Rust needs to know of the operation below a prefix, and how it calls it."""
    binding = bound(operation, prefix, around)
    handlers = around.api.exception_handlers
    reply = _reply(operation)
    explainer = Explainer(
        operation.label,
        handlers,
        around.debug,
        finish=_Handled(operation.label),
        function=operation.function,
    )
    function, mode, direct = _function(operation, binding, reply, explainer, around)
    plan = OperationPlan(
        method=operation.method,
        path=template(operation, prefix).canonical,
        label=operation.label,
        api=around.place,
        params=binding.params,
        body=binding.body,
        keeps_body=binding.body is None and (not direct or REQUEST in binding.places),
        body_limit=operation.body_limit,
        produces=reply.produces,
        compress=_compresses(operation, around.api),
        hears_faults=handlers.find(RequestValidationError([]), 422) is not None,
    )
    places = binding.places if direct else (REQUEST, *range(len(binding.params)), *([BODY] if binding.body else []))
    call = Call(
        function=function,
        mode=mode,
        arguments=places,
        keywords=tuple(slot.name for slot in binding.slots if slot.keyword_only) if direct else (),
        defaults=binding.defaults,
        makes=binding.makes,
        choices=binding.choices,
        body_default=binding.body_default,
        decoders=binding.decoders,
        exact=binding.exact,
        status=reply.status,
        shape=reply.shape,
        finish=reply.finish,
        blocks=reply.blocks,
        explain=explainer.explain,
        keeps_request=around.debug or bool(handlers) or _renders_by_itself(operation),
    )
    return plan, call


def _function(
    operation: Operation, binding: Binding, reply: Reply, explainer: Explainer, around: Surroundings
) -> tuple[Callable[..., Any], Mode, bool]:
    """What Rust calls, where, and whether that is the user's own function."""
    runner = Runner.of(operation.function, binding)
    layered = _layers(operation, around)
    if operation.inline and (layered or runner.is_async):
        given = ", ".join(one.name for one in layered) or "async dependencies"
        raise DeclarationError(
            f"{operation.place}: `inline=True` is for handlers that never wait, given {given}. Leave it out, or the"
            ' middleware by @skip_middleware or ULTRAFOX["MIDDLEWARE"]["SKIP"].'
        )
    mode: Mode = "inline" if operation.inline else "async" if runner.is_async else "pool"
    if layered:
        core = Core(operation.function, runner, reply, explainer, binding, around.api.errors)
        return core.around(around.chains.around(layered, runner.is_async)), mode, False
    handlers = around.api.exception_handlers
    if mode == "async" and handlers:
        return handling(runner.function, explainer, around.api.errors), mode, False
    if binding.direct:
        return operation.function, mode, True
    return runner.function, mode, False


def _layers(operation: Operation, around: Surroundings) -> tuple[Layer, ...]:
    given = stack(
        around.layers,
        layers(operation.policy.middleware, operation.place),
        declared_layers(operation.function),
    )
    return remaining(given, declared_skips(operation.function))


def _reply(operation: Operation) -> Reply:
    return Reply(operation.responses, label=operation.label, renderers=renderers_of(operation), dump=dump_of(operation))


def dump_of(operation: Operation) -> Dump:
    """How its replies are written out."""
    policy = operation.policy
    return Dump(
        by_alias=policy.by_alias is not False,
        exclude_unset=bool(policy.exclude_unset),
        exclude_defaults=bool(policy.exclude_defaults),
        exclude_none=bool(policy.exclude_none),
    )


def renderers_of(operation: Operation) -> tuple[Any, ...]:
    """What its replies are written by, to choose from by `Accept`; none where JSON is all there is."""
    given = operation.policy.renderers
    if given is not None:
        return check_renderers(given, operation.place)
    # Without a schema a handler may return a page as well as data: then `Accept` is its own business.
    outcome = operation.responses.of(operation.responses.status)
    return RENDERERS if outcome and outcome.schema and not outcome.is_empty else ()


def _renders_by_itself(operation: Operation) -> bool:
    return operation.policy.renderers is not None


def _compresses(operation: Operation, api: API) -> bool:
    if False in attached(operation.function, "compress"):
        return False
    return api.compression if operation.policy.compress is None else operation.policy.compress


class _Handled:
    """The answer of an exception handler: of any value, with the status of the exception where it names none."""

    def __init__(self, label: str) -> None:
        self._reply = Reply(parse_responses(UNANNOTATED, None, label), label=label)

    def __call__(self, value: object, request: Request[Any] | None, status: int) -> Answer:
        reply = self._reply
        whole = value if isinstance(value, HttpResponseBase) or reply.names_status(value) else Status(status, value)
        return reply.finish(whole, 0, request)
