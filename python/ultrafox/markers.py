"""What `Path`, `Query`, `Header`, `Cookie`, `Form`, `File`, `Body` and `Depends` are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from ultrafox.exceptions import DeclarationError

__all__: list[str] = []

ParamSource = Literal["path", "query", "header", "cookie", "form", "file"]
Source = ParamSource | Literal["body"]


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
    multiple_of: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the OpenAPI document says of an argument."""

    title: str | None = None
    description: str | None = None
    examples: tuple[Any, ...] = ()
    deprecated: bool = False
    include_in_schema: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """What a marker says about an argument."""

    source: Source
    alias: str | None
    default: Any
    constraints: Constraints
    default_factory: Callable[[], Any] | None = None
    about: About = About()
    convert_underscores: bool = True
    """Of a header: whether `x_token` means `x-token`."""
    embed: bool = False
    """Of a body: whether it is a member of the JSON object even where it is the only one."""
    media_type: str | None = None
    """Of a body: the one media type that it may have."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What `Depends` says about an argument."""

    function: Callable[..., Any] | None
    """None for the class that the argument is annotated with."""
    use_cache: bool = True


class Marker:
    """Makes the marks of one source: `Query`, `Query(le=100)`, in `Annotated` or as the default; `Query[Filters]`.

    What stands in the first place is the default, and `...` there means required. A text there is the name on the wire
    for Header and Cookie; for the others it is refused, because peers take it for the default.
    """

    __slots__ = ("name", "source")

    def __init__(self, name: str, source: Source) -> None:
        self.name = name
        self.source: Source = source

    def __repr__(self) -> str:
        return self.name

    def __getitem__(self, annotation: Any) -> Any:
        """`Query[Filters]` is `Annotated[Filters, Query()]`."""
        if isinstance(annotation, tuple):
            raise DeclarationError(
                f"{self.name}: expected one type in brackets, as in {self.name}[int], given {annotation!r}."
                f" Say Annotated[int, {self.name}(…)] for a type with constraints."
            )
        return Annotated[annotation, self()]

    def __call__(
        self,
        alias_or_default: Any = MISSING,
        /,
        *,
        default: Any = MISSING,
        default_factory: Callable[[], Any] | None = None,
        alias: str | None = None,
        title: str | None = None,
        description: str | None = None,
        example: Any = MISSING,
        examples: Sequence[Any] = (),
        deprecated: bool = False,
        include_in_schema: bool = True,
        gt: float | None = None,
        ge: float | None = None,
        lt: float | None = None,
        le: float | None = None,
        multiple_of: float | None = None,
        min_length: int | None = None,
        max_length: int | None = None,
        pattern: str | None = None,
        regex: str | None = None,
        convert_underscores: bool = True,
        embed: bool = False,
        media_type: str | None = None,
    ) -> Any:
        alias, default = self._first(alias_or_default, alias, default)
        default = MISSING if default is ... else default
        self._check(default, default_factory, pattern, regex)
        self._only("header", "convert_underscores", convert_underscores, True)
        self._only("body", "embed", embed, False)
        self._only("body", "media_type", media_type, None)
        constraints = Constraints(
            gt=gt,
            ge=ge,
            lt=lt,
            le=le,
            multiple_of=multiple_of,
            min_length=min_length,
            max_length=max_length,
            pattern=pattern if regex is None else regex,
        )
        about = About(
            title=title,
            description=description,
            examples=(*examples, *(() if example is MISSING else (example,))),
            deprecated=deprecated,
            include_in_schema=include_in_schema,
        )
        return Mark(
            self.source, alias, default, constraints, default_factory, about, convert_underscores, embed, media_type
        )

    def _first(self, first: Any, alias: str | None, default: Any) -> tuple[str | None, Any]:
        """Name and default, one of which may stand in the first place."""
        if isinstance(first, str):
            if self.source not in ("header", "cookie"):
                raise DeclarationError(f"{self.name}: {self._cure(first)}")
            if alias is not None:
                raise DeclarationError(
                    f"{self.name}: expected the name on the wire once, given {first!r} and alias={alias!r}."
                )
            return first, default
        if first is MISSING:
            return alias, default
        if default is not MISSING:
            raise DeclarationError(f"{self.name}: expected the default once, given {first!r} and default={default!r}.")
        return alias, first

    def _check(self, default: Any, factory: Any, pattern: str | None, regex: str | None) -> None:
        if default is not MISSING and factory is not None:
            raise DeclarationError(f"{self.name}: expected default= or default_factory=, given both. Keep one.")
        if factory is not None and not callable(factory):
            raise DeclarationError(f"{self.name}: expected a function for default_factory, given {factory!r}.")
        if pattern is not None and regex is not None:
            raise DeclarationError(f"{self.name}: `pattern` and `regex` are the same, given both. Keep one.")

    def _only(self, source: Source, keyword: str, value: object, neutral: object) -> None:
        if self.source != source and value != neutral:
            raise DeclarationError(
                f"{self.name}: `{keyword}` is for {source.capitalize()}, given {value!r}. Remove it."
            )

    def _cure(self, text: str) -> str:
        if self.source == "path":
            return f"expected alias=, given {text!r}. Say Path(alias={text!r}); a path has no default."
        if self.source == "body":
            return f"expected default=, given {text!r}. Say Body(default={text!r}); a body has no name."
        if self.source == "file":
            return f"expected alias=, given {text!r}. Say File(alias={text!r}); a file has no text as default."
        says = f"{self.name}(alias={text!r}) or {self.name}(default={text!r})"
        return f"expected alias= or default=, given {text!r}. Say {says}."
