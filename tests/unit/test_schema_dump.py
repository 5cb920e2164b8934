from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import pytest

from ultrafox.schema import Dump, adapter_for


class Inner(msgspec.Struct, rename="camel"):
    some_value: int = 1
    other: int | None = None


class Outer(msgspec.Struct, rename="camel"):
    the_inner: Inner
    all_of: list[Inner] = []
    by_key: dict[str, Inner] = {}
    maybe: int | msgspec.UnsetType = msgspec.UNSET


@dataclasses.dataclass
class Data:
    a: int
    b: int | None = None
    c: list[int] = dataclasses.field(default_factory=list)


class Omits(msgspec.Struct, omit_defaults=True, tag="omits"):
    a: int = 1
    b: int = 2


class Place(msgspec.Struct, array_like=True):
    a: int
    b: int | None = None


def dump(schema: Any, value: Any, **options: bool) -> Any:
    return adapter_for(schema).dump(value, Dump(**options))


GIVEN = {"theInner": {"someValue": 1, "other": None}, "allOf": [{}], "byKey": {"k": {"other": 3}}}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            {},
            {
                "theInner": {"someValue": 1, "other": None},
                "allOf": [{"someValue": 1, "other": None}],
                "byKey": {"k": {"someValue": 1, "other": 3}},
            },
        ),
        (
            {"by_alias": False, "exclude_none": True},
            {
                "the_inner": {"some_value": 1},
                "all_of": [{"some_value": 1}],
                "by_key": {"k": {"some_value": 1, "other": 3}},
            },
        ),
        ({"exclude_defaults": True}, {"theInner": {}, "allOf": [{}], "byKey": {"k": {"other": 3}}}),
        (
            {"exclude_unset": True},
            {"theInner": {"someValue": 1, "other": None}, "allOf": [{}], "byKey": {"k": {"other": 3}}},
        ),
    ],
)
def test_structs(options, expected):
    assert dump(Outer, GIVEN, **options) == expected


def test_instances_have_all_their_fields_set():
    assert dump(Inner, Inner(), exclude_unset=True) == {"someValue": 1, "other": None}


def test_dataclasses():
    assert dump(Data, {"a": 1}) == {"a": 1, "b": None, "c": []}
    assert dump(list[Data], [{"a": 1}], exclude_defaults=True) == [{"a": 1}]
    assert dump(Data, {"a": 1, "b": None}, exclude_unset=True) == {"a": 1, "b": None}


def test_what_the_class_says_itself():
    assert dump(Omits, Omits(b=3)) == {"type": "omits", "b": 3}
    assert dump(Place, Place(1), exclude_none=True) == [1, None]


def test_what_the_schema_does_not_name_does_not_leave():
    class More(Inner):
        secret: str = "s"

    assert dump(Inner, More()) == {"someValue": 1, "other": None}
