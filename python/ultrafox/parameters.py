"""Parameters: what the engine is told of each, alone or as a field of a group."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from ultrafox import constraints as limits
from ultrafox import scalars
from ultrafox.annotations import is_model, name_of, peel
from ultrafox.exceptions import DeclarationError, RequestValidationError
from ultrafox.faults import MISFITS, told
from ultrafox.markers import MISSING, Constraints, Mark, Marker, ParamSource
from ultrafox.nearest import did_you_mean
from ultrafox.path import Template
from ultrafox.plan import Kind, ParamPlan
from ultrafox.scalars import Scalar
from ultrafox.schema.fields import Field, fields_of, is_closed, maker_of
from ultrafox.signature import Argument
from ultrafox.sources import Described, Group, Take

__all__: list[str] = []

_KIND_OF_CONVERTER: dict[str | None, Kind] = {"int": "int", "uuid": "uuid"}


@dataclass(slots=True)
class Inputs:
    """All parameters of an operation, each once."""

    template: Template
    params: list[ParamPlan] = field(default_factory=list[ParamPlan])
    defaults: list[Any] = field(default_factory=list[Any])
    makes: list[Callable[[Any], Any] | None] = field(default_factory=list[Callable[[Any], Any] | None])
    choices: list[tuple[Any, ...] | None] = field(default_factory=list[tuple[Any, ...] | None])
    described: list[Described] = field(default_factory=list[Described])
    _annotations: list[Any] = field(default_factory=list[Any])

    def add(self, plan: ParamPlan, scalar: Scalar, default: Any, described: Described) -> int:
        """The place of a parameter; one that a dependency takes as well in the same way has one place.

        `default` is MISSING where the value is built of several, and the builder must see which are not there.
        """
        for place, known in enumerate(self.params):
            same = known == plan and self._annotations[place] == described.annotation
            if same and type(self.defaults[place]) is type(default) and self.defaults[place] == default:
                return place
        if not any((one.name, one.source) == (described.name, described.source) for one in self.described):
            self.described.append(described)
        self.params.append(plan)
        self._annotations.append(described.annotation)
        self.defaults.append(default)
        self.makes.append(scalar.make and functools.partial(_made, scalar.make, (plan.source, plan.name)))
        self.choices.append(scalar.values or None)
        return len(self.params) - 1


@dataclass(frozen=True, slots=True)
class _One:
    """A parameter on its way into the plan."""

    place: str
    name: str
    """Of the argument or of the field."""
    alias: str | None
    mark: Mark | None
    source: ParamSource | None
    """None where the path decides."""
    annotation: Any
    scalar: Scalar | None
    required: bool
    default: Any
    group: str | None
    built: bool
    """Whether its value, or that it is not there, is only a part of the argument's."""


def is_form(argument: Argument) -> bool:
    """Whether an argument is of a form."""
    return argument.is_file or (argument.mark is not None and argument.mark.source in ("form", "file"))


def single(argument: Argument, inputs: Inputs) -> Take | Group:
    """An argument that is one parameter."""
    mark = argument.mark
    one = _One(
        place=argument.place,
        name=argument.name,
        alias=mark.alias if mark else None,
        mark=mark,
        source=_source(mark),
        annotation=argument.annotation,
        scalar=argument.scalar,
        required=argument.default is MISSING and argument.factory is None,
        default=argument.default,
        group=None,
        built=argument.factory is not None,
    )
    place = _add(one, inputs)
    if argument.factory is None:
        return Take(place)
    build = functools.partial(_given_or_made, argument.name, argument.factory)
    return Group(argument.annotation, ((argument.name, place),), build)


def group(argument: Argument, inputs: Inputs) -> Group:
    """An argument that is a schema, each of whose fields is a parameter."""
    source = _source(argument.mark)
    if argument.factory is not None:
        raise DeclarationError(f"{argument.place}: expected no default_factory for a group. Give its fields defaults.")
    try:
        fields = fields_of(argument.core)
        make = maker_of(argument.core)
    except (TypeError, NameError) as error:
        given = name_of(argument.core)
        raise DeclarationError(
            f"{argument.place}: expected a schema whose annotations can be evaluated, given {given}: {error}."
        ) from error
    optional = argument.default is not MISSING
    places: list[tuple[str, int]] = []
    wires: dict[str, str] = {}
    for one in fields:
        member = _member(argument, one, source, optional)
        places.append((one.name, _add(member, inputs)))
        wires[one.name] = inputs.params[places[-1][1]].name
    needed = tuple((one.name, wires[one.name]) for one in fields if one.required) if optional else ()
    build = functools.partial(_built, make, str(source), needed, argument.default)
    return Group(argument.core, tuple(places), build, is_closed(argument.core))


def _member(argument: Argument, one: Field, source: ParamSource | None, optional: bool) -> _One:
    place = f"{argument.place}: field `{one.name}` of {name_of(argument.core)}"
    own = [item() if isinstance(item, Marker) else item for item in peel(one.annotation).metadata]
    mark = next((item for item in own if isinstance(item, Mark)), None)
    if mark is not None and mark.source != source:
        raise DeclarationError(f"{place}: expected a field from the {source}, given one from the {mark.source}.")
    scalar = scalars.read(one.annotation, mark, place, file=source == "file")
    if is_model(argument.core):
        # The model checks and makes its fields itself.
        scalar = replace(scalar, make=None)
    alias = mark.alias if mark else None
    return _One(
        place=place,
        name=one.name,
        alias=alias or (one.wire if one.wire != one.name else None),
        mark=mark or _conversion_of(argument.mark),
        source=source,
        annotation=one.annotation,
        scalar=scalar,
        required=one.required and not optional,
        default=one.default,
        group=argument.name,
        built=True,
    )


def _conversion_of(mark: Mark | None) -> Mark | None:
    """What the mark of a group says about the names of its fields."""
    if mark is None or mark.convert_underscores:
        return None
    return replace(mark, default=MISSING, constraints=Constraints(), alias=None)


def _source(mark: Mark | None) -> ParamSource | None:
    return None if mark is None or mark.source == "body" else mark.source


def _add(one: _One, inputs: Inputs) -> int:
    template = inputs.template
    scalar = one.scalar or Scalar(("str",))
    name = one.alias or one.name
    source = one.source or ("path" if name in template.converters else "query")
    converter = None
    if scalar.kinds == ("file",):
        source = _of_file(one)
    if source == "path":
        _check_in_path(one, name, scalar, template)
        converter = template.converters[name]
        if one.scalar is None:
            scalar = replace(scalar, kinds=(_KIND_OF_CONVERTER.get(converter, "str"),))
    shown = name
    if source == "header":
        convert = one.alias is None and (one.mark is None or one.mark.convert_underscores)
        shown = name.replace("_", "-") if convert else name
        name = shown.lower()
    plan = ParamPlan(
        name=name,
        source=source,
        kinds=scalar.kinds,
        choices=scalar.texts,
        many=scalar.many,
        required=source == "path" or one.required,
        converter=converter,
        min_items=scalar.min_items,
        max_items=scalar.max_items,
        **{key: getattr(scalar.constraints, key) for key in limits.NAMES},
    )
    described = Described(shown, source, one.annotation, plan.required, one.default, one.mark, one.group)
    default = MISSING if one.built else None if one.default is MISSING else one.default
    return inputs.add(plan, scalar, default, described)


def _of_file(one: _One) -> ParamSource:
    if one.source not in (None, "form", "file"):
        raise DeclarationError(f"{one.place}: a file is part of a form, given {one.source}. Mark it File().")
    return "file"


def _check_in_path(one: _One, name: str, scalar: Scalar, template: Template) -> None:
    if name not in template.converters:
        raise DeclarationError(
            f"{one.place}: expected `{{{name}}}` in the path, given {template.canonical}."
            f"{did_you_mean(name, template.converters)}"
        )
    if one.mark and one.group is None and (one.mark.default is not MISSING or one.mark.default_factory is not None):
        raise DeclarationError(
            f"{one.place}: a parameter of the path is always there, given the default {one.mark.default!r}."
        )
    if scalar.many:
        raise DeclarationError(
            f"{one.place}: a parameter of the path is one value, given {name_of(one.annotation)}. Take a str, split it."
        )


def _made(make: Callable[[Any], Any], loc: tuple[str, str], value: Any) -> Any:
    try:
        return make(value)
    except MISFITS as error:
        raise RequestValidationError(told(error, loc)) from error


def _given_or_made(name: str, factory: Callable[[], Any], given: dict[str, Any]) -> Any:
    return given[name] if name in given else factory()


def _built(
    make: Callable[[dict[str, Any]], Any],
    source: str,
    needed: tuple[tuple[str, str], ...],
    default: Any,
    given: dict[str, Any],
) -> Any:
    """The value of a group; its default where the request has none of its fields."""
    if default is not MISSING and not given:
        return default
    missing = [wire for name, wire in needed if name not in given]
    if missing:
        raise RequestValidationError([([source, wire], "missing", "Expected a value.") for wire in missing])
    try:
        return make(given)
    except MISFITS as error:
        raise RequestValidationError(told(error, [source])) from error
