"""What crosses to Rust at start: the mirror of `crates/engine/src/plan.rs`, field by field, and its making.

Every field is always written, null where there is nothing to say; a field that one side does not know stops the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from django.conf import settings as django_settings

from ultrafox import conf
from ultrafox.annotations import place_of
from ultrafox.path import join

if TYPE_CHECKING:
    from ultrafox.api import API
    from ultrafox.discovery import Mounted
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

VERSION = 2
"""The form of the plan: `Plan::VERSION` in Rust."""


Kind = Literal[
    "str", "int", "float", "bool", "uuid", "date", "datetime", "time", "duration", "decimal", "choice", "file"
]
ErrorStyle = Literal["problem", "boost", "ninja"]


class ApiPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said about all operations of one API, and about what is refused below its prefix."""

    prefix: str
    claims: bool
    errors: ErrorStyle
    compress: bool


class BodyPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body that the handler declares."""

    required: bool
    kind: Literal["document", "form"]
    consumes: tuple[str, ...]


class ParamPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A parameter and what its value must satisfy; of several values, each of them."""

    name: str
    source: Literal["path", "query", "header", "cookie", "form", "file"]
    kinds: tuple[Kind, ...]
    choices: tuple[str, ...] = ()
    many: bool = False
    required: bool
    converter: str | None = None
    gt: int | float | None = None
    ge: int | float | None = None
    lt: int | float | None = None
    le: int | float | None = None
    multiple_of: int | float | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    pattern: str | None = None


class OperationPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One method on one path."""

    method: str
    path: str
    label: str
    api: int
    params: tuple[ParamPlan, ...]
    body: BodyPlan | None
    keeps_body: bool
    body_limit: int | None = None
    produces: tuple[str, ...] = ()
    compress: bool
    hears_faults: bool = False


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that the engine must know before it serves."""

    version: int
    debug: bool
    allowed_hosts: tuple[str, ...]
    forwarded_host: bool
    slashes: Literal["redirect", "strict", "ignore"]
    in_flight: int
    body_limit: int
    upload_limit: int
    field_limit: int
    parts: int
    files: int
    json_depth: int
    json_keys: int
    apis: tuple[ApiPlan, ...]
    fallback: bool
    operations: tuple[OperationPlan, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a door needs to serve: the plan for Rust, and for each of its operations, in the same order, the call."""

    plan: bytes
    calls: tuple[Call, ...]
    apis: tuple[API, ...]
    settings: conf.Settings
    places: dict[str, str]
    """By the label of each operation, the file and line of its function."""


def compile_project() -> Compiled:
    """Finds the project's APIs, reads its settings, and compiles both; paths that no API claims go to Django.

    Raises ImproperlyConfigured for settings, DeclarationError for declarations that cannot be served.
    """
    # Discovery knows the API class, whose operations are made of the structs above.
    from ultrafox import discovery

    settings = conf.load()
    return compile_apis(discovery.find(settings.api), settings, layered=True)


def compile_apis(
    apis: Iterable[API | Mounted],
    settings: conf.Settings,
    *,
    fallback: bool = True,
    layered: bool = False,
    overrides: Mapping[Callable[..., Any], Callable[..., Any]] | None = None,
) -> Compiled:
    """Compiles these APIs, which take no further operations after that.

    `layered` says that the classes of settings.MIDDLEWARE that Django does not run at this door run around operations.
    """
    from ultrafox.chains import Chains
    from ultrafox.compile import Surroundings, compiled
    from ultrafox.discovery import Mounted
    from ultrafox.middleware import settings_layers
    from ultrafox.openapi import check

    mounted = tuple(one if isinstance(one, Mounted) else Mounted(one, "", False) for one in apis)
    around = settings_layers(django_settings.MIDDLEWARE, settings.middleware.skip) if layered else ()
    chains = Chains()
    operations: list[OperationPlan] = []
    calls: list[Call] = []
    places: dict[str, str] = {}
    for place, mount in enumerate(mounted):
        surroundings = Surroundings(
            api=mount.api, place=place, debug=settings.debug, layers=around, chains=chains, overrides=overrides or {}
        )
        for prefix, operation in mount.api.freeze(mount.prefix):
            plan, call = compiled(operation, prefix, surroundings)
            if operation.is_mount:
                plan = msgspec.structs.replace(plan, body_limit=settings.limits.upload)
            operations.append(plan)
            calls.append(call)
            places[operation.label] = place_of(operation.function)
        check(mount.api)
    limits = settings.limits
    whole = Plan(
        version=VERSION,
        debug=settings.debug,
        allowed_hosts=settings.allowed_hosts,
        forwarded_host=settings.forwarded_host,
        slashes=settings.slashes,
        in_flight=limits.in_flight,
        body_limit=limits.body,
        upload_limit=limits.upload,
        field_limit=limits.field,
        parts=limits.parts,
        files=limits.files,
        json_depth=limits.json_depth,
        json_keys=limits.json_keys,
        apis=tuple(_api_plan(mount) for mount in mounted),
        fallback=fallback,
        operations=tuple(operations),
    )
    return Compiled(msgspec.json.encode(whole), tuple(calls), tuple(one.api for one in mounted), settings, places)


def _api_plan(mount: Mounted) -> ApiPlan:
    api = mount.api
    # What is mounted in a URLconf shares the paths below with it.
    claims = api.claim is not None and not mount.in_urls
    return ApiPlan(
        prefix=join(mount.prefix, api.prefix).rstrip("/"), claims=claims, errors=api.errors, compress=api.compression
    )
