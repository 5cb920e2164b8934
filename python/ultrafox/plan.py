"""What crosses to Rust at start: the mirror of `crates/engine/src/plan.rs`, field by field, and its making.

Every field is always written, null where there is nothing to say; a field that one side does not know stops the start.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec

from ultrafox import conf

if TYPE_CHECKING:
    from ultrafox.api import API
    from ultrafox.dispatch import Call

__all__ = [
    "VERSION",
    "BodyPlan",
    "Compiled",
    "OperationPlan",
    "ParamPlan",
    "Plan",
    "compile_apis",
    "compile_project",
]

VERSION = 1
"""The form of the plan: `Plan::VERSION` in Rust."""


class BodyPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body that the handler declares."""

    required: bool


class ParamPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scalar parameter and what its value must satisfy."""

    name: str
    source: Literal["path", "query", "header", "cookie"]
    kind: Literal["str", "int", "float", "bool", "uuid"]
    required: bool
    converter: str | None
    gt: int | float | None
    ge: int | float | None
    lt: int | float | None
    le: int | float | None
    min_length: int | None
    max_length: int | None
    pattern: str | None


class OperationPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One method on one path."""

    method: str
    path: str
    label: str
    params: tuple[ParamPlan, ...]
    body: BodyPlan | None
    keeps_body: bool


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that the engine must know before it serves."""

    version: int
    debug: bool
    allowed_hosts: tuple[str, ...]
    slashes: Literal["redirect", "strict", "ignore"]
    in_flight: int
    body_limit: int
    upload_limit: int
    claims: tuple[str, ...]
    fallback: bool
    operations: tuple[OperationPlan, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a door needs to serve: the plan for Rust, and for each of its operations, in the same order, the call."""

    plan: bytes
    calls: tuple[Call, ...]
    apis: tuple[API, ...]
    settings: conf.Settings


def compile_project() -> Compiled:
    """Finds the project's APIs, reads its settings, and compiles both; paths that no API claims go to Django.

    Raises ImproperlyConfigured for settings, DeclarationError for declarations that cannot be served.
    """
    # Discovery knows the API class, whose operations are made of the structs above.
    from ultrafox import discovery

    settings = conf.load()
    return compile_apis(discovery.find(settings.api), settings)


def compile_apis(apis: Iterable[API], settings: conf.Settings, *, fallback: bool = True) -> Compiled:
    """Compiles these APIs, which take no further operations after that."""
    apis = tuple(apis)
    operations: list[OperationPlan] = []
    calls: list[Call] = []
    for api in apis:
        for prefix, operation in api.freeze():
            plan, call = operation.compile(prefix)
            operations.append(plan)
            calls.append(call)
    whole = Plan(
        version=VERSION,
        debug=settings.debug,
        allowed_hosts=settings.allowed_hosts,
        slashes=settings.slashes,
        in_flight=settings.limits.in_flight,
        body_limit=settings.limits.body,
        upload_limit=settings.limits.upload,
        claims=tuple(dict.fromkeys(api.claim for api in apis if api.claim)),
        fallback=fallback,
        operations=tuple(operations),
    )
    return Compiled(msgspec.json.encode(whole), tuple(calls), apis, settings)
