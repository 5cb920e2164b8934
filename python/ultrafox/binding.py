"""A handler's signature on a path: which argument comes from where, with all that its dependencies take."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ultrafox import parameters
from ultrafox.annotations import call_of, name_of
from ultrafox.bodies import Document, Parser, compile_body
from ultrafox.exceptions import DeclarationError
from ultrafox.markers import MISSING, Needs
from ultrafox.nearest import did_you_mean
from ultrafox.parameters import Inputs
from ultrafox.path import Template
from ultrafox.plan import BodyPlan, ParamPlan
from ultrafox.signature import Argument, Needed, Signature, need, read
from ultrafox.sources import (
    BODY,
    REQUEST,
    BodyDescribed,
    Depend,
    Dependency,
    Described,
    Group,
    Part,
    Slot,
    Source,
    Special,
    Take,
    Way,
)

__all__ = [
    "BODY",
    "REQUEST",
    "Binding",
    "BodyDescribed",
    "Depend",
    "Dependency",
    "Described",
    "Group",
    "Part",
    "Slot",
    "Source",
    "Special",
    "Take",
    "bind",
]

# What these methods carry means nothing by HTTP (RFC 9110, 9.3): an unmarked schema is meant for something else.
BODILESS = ("GET", "HEAD", "OPTIONS", "TRACE")

Overrides = Mapping[Callable[..., Any], Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class Binding:
    """A signature on a path."""

    params: tuple[ParamPlan, ...]
    """All parameters: those of the handler, and those of its dependencies."""
    defaults: tuple[Any, ...]
    """For each parameter, what it is when the request does not have it; MISSING where a Group looks whether it does."""
    makes: tuple[Callable[[Any], Any] | None, ...]
    """For each parameter, what turns the given value into the argument's; not called for defaults."""
    choices: tuple[tuple[Any, ...] | None, ...]
    """For each parameter with kind `choice`, the values by place."""
    body: BodyPlan | None
    decoders: tuple[Callable[[bytes], Any], ...]
    """One for each media type that the body may have."""
    exact: Callable[[bytes], Any] | None
    """JSON with whole numbers beyond 64 bits; None where `decoders` are exact themselves."""
    body_default: Any
    slots: tuple[Slot, ...]
    """One for each argument of the function, in order."""
    dependencies: tuple[Dependency, ...]
    """What runs before the function although no argument names it."""
    described: tuple[Described, ...]
    body_described: BodyDescribed | None

    @property
    def direct(self) -> bool:
        """Whether Rust can call the function with the values as they are."""
        return not self.dependencies and all(isinstance(slot.source, Take) for slot in self.slots)

    @property
    def places(self) -> tuple[int, ...]:
        """For each argument REQUEST, BODY or the place of its parameter, where the binding is direct."""
        return tuple(slot.source.place for slot in self.slots if isinstance(slot.source, Take))


def bind(
    signature: Signature,
    template: Template,
    method: str,
    *,
    overrides: Overrides | None = None,
    parsers: Sequence[Parser] = (),
    dependencies: Sequence[Needed | Needs | Callable[..., Any]] = (),
) -> Binding:
    """Decides where each argument comes from. Raises DeclarationError for what contradicts the path or the method.

    `overrides` replace dependencies by others, whose own arguments count; `dependencies` are called before the
    function, their values unused; `parsers` say which media types the body may have instead of JSON and msgpack.
    """
    needed = [one if isinstance(one, Needed) else need(one, {}) for one in dependencies]
    tree = _Tree(overrides or {})
    asked = [*tree.arguments(signature, ())]
    for one in needed:
        asked += tree.arguments(*tree.resolve(one, ()))
    document = _document(asked, template, method, parsers)
    binder = _Binder(tree, template, document)
    before = tuple(binder.dependency(one, ()) for one in needed)
    slots = binder.slots(signature, ())
    inputs = binder.inputs
    _check_path_is_taken(template, inputs.params, signature, asked)
    form = _form(inputs, asked, method)
    if document and form:
        _refuse_both(asked)
    return Binding(
        params=tuple(inputs.params),
        defaults=tuple(inputs.defaults),
        makes=tuple(inputs.makes),
        choices=tuple(inputs.choices),
        body=document.plan if document else form,
        decoders=document.decoders if document else (),
        # msgspec and pydantic read whole numbers of any length as they are.
        exact=None,
        body_default=document.default if document else None,
        slots=slots,
        dependencies=before,
        described=tuple(inputs.described),
        body_described=document.described if document else _described(form),
    )


class _Tree:
    """The handler, its dependencies, theirs, and so on, with what replaces them."""

    def __init__(self, overrides: Overrides) -> None:
        self._overrides = overrides

    def resolve(self, needed: Needed, within: tuple[Any, ...]) -> tuple[Signature, tuple[Any, ...]]:
        """What is called for a dependency, and what is replaced around it: a replacement may need the original."""
        function = needed.signature.function
        for replaced, other in self._overrides.items():
            if replaced == function and replaced not in within:
                return read(other, {}, returns=False, what="dependency"), (*within, replaced)
        return needed.signature, within

    def arguments(self, signature: Signature, within: tuple[Any, ...]) -> Iterator[Argument]:
        """All arguments that come from somewhere else than a dependency."""
        for argument in signature.arguments:
            if argument.needs is None:
                yield argument
            else:
                yield from self.arguments(*self.resolve(argument.needs, within))


class _Binder:
    """Makes the slots of a tree of signatures, all of which share their inputs."""

    def __init__(self, tree: _Tree, template: Template, document: Document | None) -> None:
        self.inputs = Inputs(template)
        self._tree = tree
        self._parts = document is not None and document.parts
        self._shared: list[tuple[Any, Dependency]] = []

    def slots(self, signature: Signature, within: tuple[Any, ...]) -> tuple[Slot, ...]:
        return tuple(Slot(one.name, one.keyword_only, self._source(one, within)) for one in signature.arguments)

    def dependency(self, needed: Needed, within: tuple[Any, ...]) -> Dependency:
        signature, within = self._tree.resolve(needed, within)
        function = signature.function
        if needed.cached:
            for known, dependency in self._shared:
                if known == function:
                    return dependency
        made = Dependency(function, _way(function), self.slots(signature, within), needed.cached)
        if needed.cached:
            self._shared.append((function, made))
        return made

    def _source(self, argument: Argument, within: tuple[Any, ...]) -> Source:
        if argument.needs is not None:
            return Depend(self.dependency(argument.needs, within))
        match argument.role:
            case "request":
                return Take(REQUEST)
            case "ctx" | "response":
                return Special(argument.role)
            case "body":
                return Part(argument.name) if self._parts else Take(BODY)
            case "group":
                return parameters.group(argument, self.inputs)
            case _:
                return parameters.single(argument, self.inputs)


def _way(function: Any) -> Way:
    for candidate in (function, call_of(function)):
        if inspect.isasyncgenfunction(candidate):
            return "asyncgenerator"
        if inspect.isgeneratorfunction(candidate):
            return "generator"
        if inspect.iscoroutinefunction(candidate):
            return "async"
    return "def"


def _document(asked: Sequence[Argument], template: Template, method: str, parsers: Sequence[Parser]) -> Document | None:
    bodies: dict[str, Argument] = {}
    for argument in asked:
        if argument.role != "body":
            continue
        _check_body(argument, template, method)
        other = bodies.setdefault(argument.name, argument)
        if other.annotation != argument.annotation:
            raise DeclarationError(
                f"{argument.place}: the body `{argument.name}` is {name_of(other.annotation)} already at {other.place},"
                f" given {name_of(argument.annotation)}. Rename one."
            )
    return compile_body([*bodies.values()], parsers) if bodies else None


def _check_body(argument: Argument, template: Template, method: str) -> None:
    given = name_of(argument.core)
    if argument.name in template.converters:
        raise DeclarationError(f"{argument.place}: expected a scalar for a parameter of the path, given {given}.")
    if method in BODILESS and argument.mark is None:
        raise DeclarationError(
            f"{argument.place}: a {method} request has no body, given {given}."
            " Take scalars from the query, Query() for a list or a group of them, or mark it Body()."
        )


def _form(inputs: Inputs, asked: Sequence[Argument], method: str) -> BodyPlan | None:
    """The form that the parameters are in, where some are."""
    fields = [param for param in inputs.params if param.source in ("form", "file")]
    if not fields:
        return None
    if method in BODILESS:
        place = next(one.place for one in asked if parameters.is_form(one))
        raise DeclarationError(
            f"{place}: a {method} request has no form, given `{fields[0].name}`. Take it by Query()."
        )
    return BodyPlan(required=any(field.required for field in fields), kind="form", consumes=())


def _refuse_both(asked: Sequence[Argument]) -> None:
    body = next(one for one in asked if one.role == "body")
    form = next(one for one in asked if parameters.is_form(one))
    raise DeclarationError(
        f"{body.place}: expected a form or another body, given both: `{form.name}` is of a form."
        f" Take `{body.name}` as Form() too, or each of them in an operation of its own."
    )


def _described(form: BodyPlan | None) -> BodyDescribed | None:
    if form is None:
        return None
    return BodyDescribed("form", form.required, MISSING, (), None)


def _check_path_is_taken(
    template: Template, params: Sequence[ParamPlan], signature: Signature, asked: Sequence[Argument]
) -> None:
    taken = {param.name for param in params if param.source == "path"}
    for name in template.converters:
        if name not in taken:
            names = [argument.name for argument in asked]
            if name in names:
                raise DeclarationError(
                    f"{signature.place}: argument `{name}`: expected a value of the path, as {template.canonical} names"
                    " it, given a marker of another place. Take the marker away, or rename one of the two."
                )
            raise DeclarationError(
                f"{signature.place}: expected an argument `{name}`, which the path {template.canonical} names,"
                f" given ({', '.join(names)}).{did_you_mean(name, names)}"
            )
