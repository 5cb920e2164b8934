"""Operations as the OpenAPI document sees them, made by hand: what is tested is the drawing, not the reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from ultrafox.markers import MISSING
from ultrafox.openapi.config import OpenAPIConfig, configure
from ultrafox.plan import BodyPlan, ParamPlan
from ultrafox.signature import UNANNOTATED


@dataclass
class Described:
    name: str
    source: Any = "query"
    annotation: Any = str
    required: bool = False
    default: Any = MISSING
    mark: Any = None
    group: str | None = None
    plan: dict[str, Any] = field(default_factory=dict)
    choices: tuple[Any, ...] | None = None

    def param(self) -> ParamPlan:
        name = self.name.lower() if self.source == "header" else self.name
        return ParamPlan(
            **{"name": name, "source": self.source, "kinds": ("str",), "required": self.required, **self.plan}
        )


@dataclass
class BodyDescribed:
    annotation: Any = MISSING
    kind: Any = "document"
    required: bool = True
    consumes: tuple[str, ...] = ("application/json",)
    mark: Any = None


@dataclass
class Operation:
    method: str = "GET"
    path: str = "/"
    name: str = "handler"
    function: Callable[..., Any] = lambda: None
    described: tuple[Described, ...] = ()
    body: BodyDescribed | None = None
    responses: tuple[tuple[int | str, Any], ...] = ((200, UNANNOTATED),)
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def signature(self) -> Any:
        return SimpleNamespace(place=f"shop/api.py:1: handler `{self.name}`")

    @property
    def policy(self) -> Any:
        nothing = dict.fromkeys(("summary", "description", "operation_id", "deprecated", "openapi_extra", "by_alias"))
        rest = {"tags": (), "include_in_schema": True, "errors": "problem", "produces": ()}
        return SimpleNamespace(**{**nothing, **rest, **self.said})

    def bound(self, prefix: str) -> Any:
        body = self.body
        plan = body and BodyPlan(required=body.required, kind=body.kind, consumes=body.consumes)
        return SimpleNamespace(
            params=tuple(one.param() for one in self.described),
            choices=tuple(one.choices for one in self.described),
            body=plan,
            described=self.described,
            body_described=body,
        )


class Api:
    def __init__(self, *operations: Operation, prefix: str = "", **openapi: Any) -> None:
        self.operations = operations
        self.prefix = prefix
        given = {"title": "Shop", "version": "1.0", "description": ""}
        self.openapi: OpenAPIConfig = configure(**{**given, **openapi})

    def freeze(self, prefix: str = "") -> Iterator[tuple[str, Any]]:
        for operation in self.operations:
            yield self.prefix, operation

    def __repr__(self) -> str:
        return "<API />"
