"""The function that Rust calls for an operation whose arguments are more than values of the request.

At start the arguments of the handler, and of everything it depends on, become a list of steps; each step makes one
value out of those before it. A request runs the steps in order: sync ones that may block, in an async operation,
together on one thread. The second half of dependencies that yield runs after the reply, and at once where something
failed.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.http import HttpResponse

from ultrafox import endings, hop
from ultrafox.annotations import call_of
from ultrafox.binding import BODY, REQUEST, Binding
from ultrafox.context import Context
from ultrafox.exceptions import RequestValidationError
from ultrafox.markers import MISSING
from ultrafox.reply import Accompanied
from ultrafox.sources import Depend, Dependency, Group, Part, Slot, Source, Special, Take

__all__: list[str] = []

Kind = Literal["inline", "def", "async", "generator", "asyncgenerator"]
Values = list[Any]
"""The request, the parameters, the body, and what the steps have made."""


@dataclass(frozen=True, slots=True)
class Step:
    """Makes one value."""

    function: Callable[..., Any]
    kind: Kind
    positional: tuple[int, ...]
    named: tuple[tuple[str, int], ...]
    place: int

    def arguments(self, values: Values) -> tuple[list[Any], dict[str, Any]]:
        return [values[place] for place in self.positional], {name: values[place] for name, place in self.named}


@dataclass(slots=True)
class Steps:
    """The steps of one operation, while they are collected."""

    binding: Binding
    steps: list[Step] = field(default_factory=list[Step])
    known: dict[Any, int] = field(default_factory=dict[Any, int])
    size: int = 0
    response: int | None = None

    def __post_init__(self) -> None:
        self.size = 1 + len(self.binding.params) + (self.binding.body is not None)

    def place_of(self, source: Source) -> int:
        """Where the value of a source will be."""
        match source:
            case Take(place):
                return self._place(place)
            case Depend(dependency):
                return self.depend(dependency)
            case Special("response"):
                self.response = self._once("response", _new_response, ())
                return self.response
            case Special():
                return self._once("ctx", Context, (0,))
            case Part(name):
                return self._once(("part", name), _Part(name), (self._place(BODY),))
            case Group():
                places = tuple(self._place(place) for _, place in source.fields)
                return self._add(_Grouped(source, self.binding), "inline", (0, *places), ())

    def depend(self, dependency: Dependency) -> int:
        """Where the value of a dependency will be."""
        if dependency.cached and dependency in self.known:
            return self.known[dependency]
        positional, named = self.arguments(dependency.slots)
        kind: Kind = "inline" if isinstance(dependency.function, type) else dependency.kind
        place = self._add(dependency.function, kind, positional, named)
        self.known[dependency] = place
        return place

    def arguments(self, slots: Iterable[Slot]) -> tuple[tuple[int, ...], tuple[tuple[str, int], ...]]:
        """The places of a function's arguments: those by position, and those by name."""
        positional: list[int] = []
        named: list[tuple[str, int]] = []
        for slot in slots:
            place = self.place_of(slot.source)
            if slot.keyword_only:
                named.append((slot.name, place))
            else:
                positional.append(place)
        return tuple(positional), tuple(named)

    def _place(self, place: int) -> int:
        if place == REQUEST:
            return 0
        return 1 + len(self.binding.params) if place == BODY else 1 + place

    def _once(self, key: Any, function: Callable[..., Any], positional: tuple[int, ...]) -> int:
        if key not in self.known:
            self.known[key] = self._add(function, "inline", positional, ())
        return self.known[key]

    def _add(
        self, function: Callable[..., Any], kind: Kind, positional: tuple[int, ...], named: tuple[tuple[str, int], ...]
    ) -> int:
        place = self.size
        self.size += 1
        self.steps.append(Step(function, kind, positional, named, place))
        return place


def _new_response() -> HttpResponse:
    response = HttpResponse()
    del response["Content-Type"]
    return response


@dataclass(frozen=True, slots=True)
class _Part:
    name: str

    def __call__(self, body: Any) -> Any:
        return getattr(body, self.name)


class _Grouped:
    """Makes the value of grouped parameters."""

    __slots__ = ("_build", "_names", "_sent")

    def __init__(self, group: Group, binding: Binding) -> None:
        self._build = group.build
        self._names = tuple(name for name, _ in group.fields)
        params = [binding.params[place] for _, place in group.fields]
        # Only a query's other names can be seen; a form's are refused where it is read.
        closed = group.closed and all(param.source == "query" for param in params)
        self._sent = frozenset(param.name for param in binding.params if param.source == "query") if closed else None

    def __call__(self, request: Any, *values: Any) -> Any:
        if self._sent is not None:
            self._check(request)
        return self._build(
            {name: value for name, value in zip(self._names, values, strict=True) if value is not MISSING}
        )

    def _check(self, request: Any) -> None:
        unknown = [name for name in request.GET if name not in (self._sent or ())]
        if unknown:
            raise RequestValidationError(
                [(["query", name], "unknown", "Expected no parameter of this name.") for name in unknown]
            )


@dataclass(frozen=True, slots=True)
class Runner:
    """Steps and the handler behind them."""

    steps: tuple[Step, ...]
    handler: Step
    response: int | None
    size: int
    is_async: bool
    batches: tuple[tuple[Step, ...], ...]
    """Neighbours that run on the same ground."""

    @classmethod
    def of(cls, function: Callable[..., Any], binding: Binding) -> Runner:
        """The runner of a handler."""
        steps = Steps(binding)
        for dependency in binding.dependencies:
            steps.depend(dependency)
        positional, named = steps.arguments(binding.slots)
        kind: Kind = "async" if is_async(function) else "def"
        handler = Step(function, kind, positional, named, steps.size)
        every = (*steps.steps, handler)
        asynchronous = any(step.kind in ("async", "asyncgenerator") for step in every)
        return cls(tuple(steps.steps), handler, steps.response, steps.size + 1, asynchronous, _batches(every))

    @property
    def function(self) -> Callable[..., Any]:
        """What is called with the request, the parameters and the body."""
        return self.arun if self.is_async else self.run

    def run(self, request: Any, *values: Any) -> Any:
        """Runs everything on the calling thread."""
        every = self._values(request, values)
        open_: list[Any] = []
        try:
            for step in (*self.steps, self.handler):
                _run(step, every, open_)
        except BaseException as error:
            raised = endings.unwind(open_, error)
            if raised is error:
                raise
            # It knows its own cause.
            raise raised  # noqa: B904
        return self._left(every, open_)

    async def arun(self, request: Any, *values: Any) -> Any:
        """Runs everything as one task; what may block, on a thread."""
        every = self._values(request, values)
        open_: list[Any] = []
        try:
            for batch in self.batches:
                if _blocks(batch[0]):
                    await hop.run(_run_all, batch, every, open_)
                else:
                    for step in batch:
                        await _arun(step, every, open_)
        except BaseException as error:
            raised = await endings.aunwind(open_, error)
            if raised is error:
                raise
            # It knows its own cause.
            raise raised  # noqa: B904
        return self._left(every, open_)

    def _values(self, request: Any, values: Sequence[Any]) -> Values:
        every = [request, *values]
        every.extend([None] * (self.size - len(every)))
        return every

    def _left(self, every: Values, open_: list[Any]) -> Any:
        value = every[self.handler.place]
        if open_:
            endings.finish_later(value, open_)
        return value if self.response is None else Accompanied(value, every[self.response])


def _blocks(step: Step) -> bool:
    return step.kind in ("def", "generator")


def _batches(steps: Iterable[Step]) -> tuple[tuple[Step, ...], ...]:
    return tuple(tuple(batch) for _, batch in itertools.groupby(steps, _blocks))


def is_async(function: Callable[..., Any]) -> bool:
    """Whether calling a function gives a coroutine."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call_of(function))


def _run_all(steps: Iterable[Step], values: Values, open_: list[Any]) -> None:
    for step in steps:
        _run(step, values, open_)


def _run(step: Step, values: Values, open_: list[Any]) -> None:
    positional, named = step.arguments(values)
    value = step.function(*positional, **named)
    if step.kind == "generator":
        generator = value
        value = _first(generator, step)
        open_.append(generator)
    values[step.place] = value


async def _arun(step: Step, values: Values, open_: list[Any]) -> None:
    positional, named = step.arguments(values)
    value = step.function(*positional, **named)
    if step.kind == "async":
        value = await value
    elif step.kind == "asyncgenerator":
        generator = value
        try:
            value = await anext(generator)
        except StopAsyncIteration:
            raise _yields_nothing(step) from None
        open_.append(generator)
    values[step.place] = value


def _first(generator: Any, step: Step) -> Any:
    try:
        return next(generator)
    except StopIteration:
        raise _yields_nothing(step) from None


def _yields_nothing(step: Step) -> RuntimeError:
    return RuntimeError(f"Expected the dependency {step.function!r} to yield once, given one that ended before.")
