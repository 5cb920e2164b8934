"""Where Rust and the user's code meet: how an operation is called."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ultrafox.answers import Answer
from ultrafox.refusals import Refusal
from ultrafox.schema.shape import Shape

if TYPE_CHECKING:
    from ultrafox.operation import Mode
    from ultrafox.request import Request

__all__ = ["Answer", "Call", "Refusal"]


@dataclasses.dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Call:
    """How Rust calls one operation. It reads the fields, and never anything else of the package, while it serves."""

    function: Callable[..., Any]
    """The user's function, or the runner around it: positional arguments, then those after `*` by name."""
    mode: Mode
    arguments: tuple[int, ...]
    """For each argument: -1 the request, -2 the body, else the place of its parameter in the plan."""
    keywords: tuple[str, ...]
    """The names of the last arguments: those after `*`."""
    defaults: tuple[object, ...]
    """For each parameter of the plan: its value when the request does not have it."""
    makes: tuple[Callable[[Any], Any] | None, ...]
    """For each parameter: what turns Rust's value into the argument's. What it raises goes to `explain`."""
    choices: tuple[tuple[Any, ...] | None, ...]
    """For each parameter of kind `choice`: the values by place."""
    body_default: object
    decoders: tuple[Callable[[bytes], Any], ...]
    """One for each media type that the body may have. What it raises goes to `explain`."""
    exact: Callable[[bytes], Any] | None
    """What decodes JSON with whole numbers beyond 64 bits, where the first decoder would round them."""
    status: int
    shape: Shape | None
    """What the reply is compared with; None where there is no schema."""
    finish: Callable[[object, int, Request[Any] | None], Answer]
    """Any value, in the media type at that place of the plan's, to an answer. What it raises goes to `explain`."""
    blocks: Callable[[object], bool]
    """Whether `finish` may wait for the database, and so must not run on the loop's thread."""
    explain: Callable[[BaseException, Request[Any] | None, bool], Refusal | Answer]
    """An error to what the client is told; the last argument says whether a decoder of the body raised it."""
    keeps_request: bool
    """Whether the request is made for `finish` and `explain` although no argument takes it."""
