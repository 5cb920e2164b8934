"""Operations as the OpenAPI document sees them, made by hand: what is tested is the drawing, not the reading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from ultrafox.markers import MISSING, Mark
from ultrafox.openapi.config import OpenAPIConfig
from ultrafox.openapi.document import draw
from ultrafox.openapi.ports import Sketch
from ultrafox.plan import BodyPlan, ParamPlan
from ultrafox.signature import UNANNOTATED
from ultrafox.sources import BodyDescribed, Described


@dataclass
class Parameter:
    """A parameter with what Rust checks it by."""

    name: str
    source: Any = "query"
    annotation: Any = str
    required: bool = False
    default: Any = MISSING
    mark: Mark | None = None
    choices: tuple[Any, ...] | None = None
    plan: dict[str, Any] = field(default_factory=dict)

    @property
    def described(self) -> Described:
        return Described(self.name, self.source, self.annotation, self.required, self.default, self.mark, None)

    @property
    def planned(self) -> ParamPlan:
        name = self.name.lower() if self.source == "header" else self.name
        given = {"name": name, "source": self.source, "kinds": ("str",), "required": self.required, **self.plan}
        return ParamPlan(**given)


def body(annotation: Any = MISSING, **said: Any) -> BodyDescribed:
    usual = {"kind": "document", "required": True, "consumes": ("application/json",), "mark": None}
    return BodyDescribed(annotation=annotation, **{**usual, **said})


def handler() -> None: ...


def sketch(
    method: str = "GET",
    path: str = "/",
    *parameters: Parameter,
    body: BodyDescribed | None = None,
    replies: tuple[tuple[int | str, Any], ...] = ((200, UNANNOTATED),),
    function: Callable[..., Any] = handler,
    **said: Any,
) -> Sketch:
    """One operation."""
    bound = SimpleNamespace(
        params=tuple(one.planned for one in parameters),
        choices=tuple(one.choices for one in parameters),
        body=body and BodyPlan(required=body.required, kind=body.kind, consumes=body.consumes),
        described=tuple(one.described for one in parameters),
        body_described=body,
    )
    usual = {"name": function.__name__, "extra": {}, "place": f"shop/api.py:1: handler `{function.__name__}`"}
    return Sketch(method=method, path=path, bound=bound, function=function, replies=replies, **{**usual, **said})


def drawn(*operations: Sketch, servers_url: str | None = None, **config: Any) -> dict[str, Any]:
    """Their document."""
    return draw(operations, OpenAPIConfig(**config), servers_url=servers_url)
