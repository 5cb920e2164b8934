"""Binding a handler, for the tests of single modules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ultrafox import path
from ultrafox.binding import Binding, bind
from ultrafox.exceptions import DeclarationError
from ultrafox.plan import ParamPlan
from ultrafox.signature import read


def bound(
    handler: Any, template: str = "/", method: str = "GET", names: Mapping[str, Any] | None = None, **options: Any
) -> Binding:
    """The binding of a handler; `names` are visible where it is declared."""
    return bind(read(handler, names or {}, returns=False), path.parse(template), method, **options)


def annotated(annotation: Any, default: Any = ...) -> Any:
    """A handler with one argument `a`."""

    def handler(a): ...

    handler.__annotations__ = {"a": annotation}
    if default is not ...:
        handler.__defaults__ = (default,)
    return handler


def param(annotation: Any, default: Any = ...) -> tuple[ParamPlan, Any]:
    """The plan of one parameter, and what makes its value."""
    binding = bound(annotated(annotation, default), method="POST")
    (plan,) = binding.params
    return plan, binding.makes[0] or (lambda value: value)


def refusal(*arguments: Any, **options: Any) -> str:
    """What is said of a handler that cannot be served."""
    with pytest.raises(DeclarationError) as refused:
        bound(*arguments, **options)
    return str(refused.value)
