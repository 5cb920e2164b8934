"""The plan has one form in two languages."""

from __future__ import annotations

import json
import types
import typing
from typing import Any

import msgspec
import pytest

from ultrafox import _core
from ultrafox import plan as mirror


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(_core.plan_example())
    return answer


def struct_in(kind: Any) -> type[msgspec.Struct] | None:
    """The Struct that a field holds, bare, optional or in a list."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind
    if typing.get_origin(kind) in (list, tuple, typing.Union, types.UnionType, typing.Annotated):
        return next(filter(None, map(struct_in, typing.get_args(kind))), None)
    return None


def levels(kind: type[msgspec.Struct], value: Any) -> list[tuple[type[msgspec.Struct], dict[str, Any]]]:
    """Each Struct of the mirror with the JSON object that Rust wrote for it."""
    found = [(kind, value)]
    hints = typing.get_type_hints(kind)
    for field in msgspec.structs.fields(kind):
        inner, given = struct_in(hints[field.name]), value[field.encode_name]
        if inner is not None and given is not None:
            for one in given if isinstance(given, list) else [given]:
                found += levels(inner, one)
    return found


def test_the_example_of_rust_fills_every_field(example):
    """A field that is null or empty everywhere would prove nothing."""

    def filled(kind, name):
        return any(given[name] not in (None, [], "") for one, given in levels(mirror.Plan, example) if one is kind)

    for kind, given in levels(mirror.Plan, example):
        for name in given:
            assert filled(kind, name), f"{kind.__name__}.{name}"


def test_every_field_exists_on_both_sides_in_one_order(example):
    kinds = levels(mirror.Plan, example)
    assert {kind.__name__ for kind, _ in kinds} >= {"Plan", "OperationPlan", "ParamPlan", "BodyPlan"}
    for kind, given in kinds:
        assert [field.encode_name for field in msgspec.structs.fields(kind)] == list(given), kind.__name__


def test_a_round_trip_changes_nothing(example):
    decoded = msgspec.json.decode(_core.plan_example(), type=mirror.Plan)
    encoded = msgspec.json.encode(decoded)
    assert json.loads(encoded) == example
    assert json.loads(_core.plan_check(encoded)) == example


def test_what_is_checked_is_served_again():
    once = _core.plan_check(_core.plan_example())
    assert _core.plan_check(once) == once


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every JSON object."""
    found = [path] if isinstance(value, dict) else []
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        found += places(one, (*path, key))
    return found


def with_stranger(example: dict[str, Any], path: tuple[Any, ...]) -> bytes:
    copy = json.loads(json.dumps(example))
    place = copy
    for step in path:
        place = place[step]
    place["stranger"] = 1
    return json.dumps(copy).encode()


def test_an_unknown_field_is_refused_on_both_sides_at_every_level(example):
    assert len(places(example)) >= 4
    for path in places(example):
        strange = with_stranger(example, path)
        with pytest.raises(ValueError, match="stranger"):
            _core.plan_check(strange)
        with pytest.raises(msgspec.ValidationError, match="stranger"):
            msgspec.json.decode(strange, type=mirror.Plan)


def test_a_missing_field_is_refused_on_both_sides(example):
    for name in example:
        less = {key: value for key, value in example.items() if key != name}
        with pytest.raises(ValueError, match=name):
            _core.plan_check(json.dumps(less).encode())
        with pytest.raises(msgspec.ValidationError, match=name):
            msgspec.json.decode(json.dumps(less).encode(), type=mirror.Plan)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"version": 999}, "999"),
        ({"slashes": "maybe"}, "maybe"),
        ({"in_flight": -1}, "in_flight|-1"),
        ({"operations": None}, "null|sequence"),
    ],
)
def test_rust_says_what_is_wrong(example, change, word):
    with pytest.raises(ValueError, match=word):
        _core.plan_check(json.dumps({**example, **change}).encode())


def test_a_plan_that_cannot_be_compiled_is_refused(example):
    twice = {**example, "operations": example["operations"] * 2}
    with pytest.raises(ValueError, match=example["operations"][0]["path"].split("{")[0]):
        _core.plan_check(json.dumps(twice).encode())
