"""Dependencies: what is called for them, with what, and how often."""

from __future__ import annotations

import functools
from typing import Annotated, Any

import msgspec
import pytest

from binds import bound, refusal
from ultrafox.binding import BODY, REQUEST, Binding, Depend, Dependency, Part, Take
from ultrafox.params import Body, Depends, Header, Query
from ultrafox.signature import need


class Item(msgspec.Struct):
    name: str


def page(offset: int = 0, limit: Annotated[int, Query(le=100)] = 10):
    return offset, limit


async def user(request, x_token: Annotated[str, Header()]): ...


def session():
    yield 1


async def connection():
    yield 1


class Paging:
    def __init__(self, offset: int = 0, size: int = 10): ...


class Checker:
    async def __call__(self, x_key: Annotated[str, Header()]): ...


def dependency_of(binding: Binding, place: int = 0) -> Dependency:
    source = binding.slots[place].source
    assert isinstance(source, Depend)
    return source.dependency


def test_its_arguments_are_parameters_of_the_operation():
    def handler(id: int, page=Depends(page), *, who: Annotated[Any, Depends(user)]): ...

    binding = bound(handler, "/{id}")
    assert not binding.direct
    assert [one.name for one in binding.params] == ["id", "offset", "limit", "x-token"]
    assert [slot.source for slot in dependency_of(binding, 1).slots] == [Take(1), Take(2)]
    assert [slot.source for slot in dependency_of(binding, 2).slots] == [Take(REQUEST), Take(3)]
    assert binding.slots[2].keyword_only


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (page, "def"),
        (user, "async"),
        (session, "generator"),
        (connection, "asyncgenerator"),
        (Paging, "def"),
        (Checker(), "async"),
        (functools.partial(user, None), "async"),
        (Checker().__call__, "async"),
    ],
)
def test_kinds(function, kind):
    def handler(a=Depends(function)): ...

    dependency = dependency_of(bound(handler, names={"Depends": Depends, "function": function}))
    assert (dependency.kind, dependency.function) == (kind, function)


def test_classes():
    def handler(a: Paging = Depends(), b: Annotated[Paging, Depends()] = ...): ...

    handler.__defaults__ = (Depends(),)
    handler.__annotations__ = {"a": "int", "b": Paging}

    def simple(b: Annotated[Paging, Depends()]): ...

    binding = bound(simple)
    assert dependency_of(binding).function is Paging
    assert [(one.name, one.kinds) for one in binding.params] == [("offset", ("int",)), ("size", ("int",))]


def test_structs_as_classes():
    def handler(item: Annotated[Item, Depends()]): ...

    assert [one.name for one in bound(handler).params] == ["name"]


def test_once_per_request():
    def inner(a=Depends(page)): ...

    def handler(a=Depends(page), b=Depends(inner), c=Depends(page, use_cache=False)): ...

    binding = bound(handler)
    first, second, third = (dependency_of(binding, place) for place in range(3))
    (slot,) = second.slots
    assert slot.source == Depend(first)
    assert third is not first and (first.cached, third.cached) == (True, False)
    assert [one.name for one in binding.params] == ["offset", "limit"]


def test_one_name_that_is_read_in_two_ways():
    def other(offset: str = "x"): ...

    def handler(offset: int = 0, a=Depends(page), b=Depends(other)): ...

    binding = bound(handler)
    assert [(one.name, one.kinds) for one in binding.params] == [
        ("offset", ("int",)),
        ("limit", ("int",)),
        ("offset", ("str",)),
    ]
    assert [one.name for one in binding.described] == ["offset", "limit"]


def test_names_of_the_path():
    def owner(id: int): ...

    def handler(owner=Depends(owner)): ...

    (plan,) = bound(handler, "/{id}").params
    assert (plan.name, plan.source) == ("id", "path")


def test_bodies_of_dependencies():
    def data(item: Item): ...

    def same(item: Item, data=Depends(data)): ...

    def more(note: Annotated[str, Body()], data=Depends(data)): ...

    names = {"Item": Item}
    binding = bound(same, "/", "POST", names=names)
    assert binding.slots[0].source == Take(BODY)
    assert dependency_of(binding, 1).slots[0].source == Take(BODY)
    binding = bound(more, "/", "POST", names=names)
    assert binding.slots[0].source == Part("note")
    assert dependency_of(binding, 1).slots[0].source == Part("item")


class TestOverrides:
    def test_the_other_counts(self):
        def fake(name: str): ...

        def handler(a=Depends(page)): ...

        binding = bound(handler, overrides={page: fake})
        assert dependency_of(binding).function is fake
        assert [one.name for one in binding.params] == ["name"]

    def test_inside(self):
        def inner(a=Depends(page)): ...

        def handler(a=Depends(inner)): ...

        (slot,) = dependency_of(bound(handler, overrides={page: lambda: 3})).slots
        assert isinstance(slot.source, Depend) and slot.source.dependency.slots == ()

    def test_one_that_needs_the_original(self):
        def fake(real=Depends(page)): ...

        def handler(a=Depends(page)): ...

        dependency = dependency_of(bound(handler, overrides={page: fake}))
        (slot,) = dependency.slots
        assert dependency.function is fake
        assert isinstance(slot.source, Depend) and slot.source.dependency.function is page


def test_those_that_run_before():
    def handler(a: int): ...

    binding = bound(handler, dependencies=[need(Depends(user), {}), Depends(page)])
    assert [one.function for one in binding.dependencies] == [user, page]
    assert {one.name for one in binding.params} == {"a", "x-token", "offset", "limit"}
    assert not binding.direct


class TestRefused:
    def test_circles(self):
        def first(a: Any): ...

        def second(a=Depends(first)): ...

        first.__annotations__ = {"a": Annotated[Any, Depends(second)]}

        def handler(a=Depends(first)): ...

        said = refusal(handler)
        assert "given a circle:" in said and "first → " in said and __file__ in said

    def test_nothing_to_call(self):
        def handler(a=Depends()): ...

        assert "given Depends() alone" in refusal(handler)

    def test_two_marks(self):
        def handler(a: Annotated[int, Query()] = Depends(page)): ...

        assert "given 2 of them" in refusal(handler)

    def test_a_default_beside_it(self):
        def handler(a: Annotated[int, Depends(page)] = 3): ...

        assert "expected no default beside Depends, given 3" in refusal(handler)

    def test_where_its_arguments_are_wrong(self):
        def broken(a: complex): ...

        def handler(a=Depends(broken)): ...

        said = refusal(handler)
        assert "dependency `" in said and "broken`: argument `a`: expected str" in said

    def test_what_is_no_dependency(self):
        def handler(): ...

        assert "Expected a dependency" in refusal(handler, dependencies=[3])
