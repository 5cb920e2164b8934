"""What `Path`, `Query`, `Header`, `Cookie` and `Body` are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from ultrafox.exceptions import DeclarationError

__all__: list[str] = []

ScalarSource = Literal["path", "query", "header", "cookie"]
Source = ScalarSource | Literal["body"]


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """What a value must satisfy; None where nothing is asked."""

    gt: float | None = None
    ge: float | None = None
    lt: float | None = None
    le: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What a marker says about an argument."""

    source: Source
    alias: str | None
    default: Any
    constraints: Constraints


class Marker:
    """Makes the marks of one source: `Query`, or `Query(le=100)`, in `Annotated` or as the default of the argument.

    What stands in the first place is the default, and `...` there means required. A text there is the name on the wire
    for Header and Cookie; for the others it is refused, because peers take it for the default.
    """

    __slots__ = ("name", "source")

    def __init__(self, name: str, source: Source) -> None:
        self.name = name
        self.source: Source = source

    def __repr__(self) -> str:
        return self.name

    def _cure(self, text: str) -> str:
        if self.source == "path":
            return f"expected alias=, given {text!r}. Say Path(alias={text!r}); a path has no default."
        if self.source == "body":
            return f"expected default=, given {text!r}. Say Body(default={text!r}); a body has no name."
        says = f"{self.name}(alias={text!r}) or {self.name}(default={text!r})"
        return f"expected alias= or default=, given {text!r}. Say {says}."

    def __call__(
        self,
        alias_or_default: Any = MISSING,
        /,
        *,
        default: Any = MISSING,
        alias: str | None = None,
        gt: float | None = None,
        ge: float | None = None,
        lt: float | None = None,
        le: float | None = None,
        min_length: int | None = None,
        max_length: int | None = None,
        pattern: str | None = None,
    ) -> Any:
        if isinstance(alias_or_default, str):
            if self.source not in ("header", "cookie"):
                raise DeclarationError(f"{self.name}: {self._cure(alias_or_default)}")
            if alias is not None:
                raise DeclarationError(
                    f"{self.name}: expected the name on the wire once, given {alias_or_default!r} and alias={alias!r}."
                )
            alias = alias_or_default
        elif alias_or_default is not MISSING:
            if default is not MISSING:
                raise DeclarationError(
                    f"{self.name}: expected the default once, given {alias_or_default!r} and default={default!r}."
                )
            default = alias_or_default
        constraints = Constraints(
            gt=gt, ge=ge, lt=lt, le=le, min_length=min_length, max_length=max_length, pattern=pattern
        )
        return Mark(self.source, alias, MISSING if default is ... else default, constraints)
