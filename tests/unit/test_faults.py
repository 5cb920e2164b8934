from __future__ import annotations

import dataclasses
import json
import uuid
from typing import Annotated, Any, Literal

import msgspec
import pydantic
import pytest

from ultrafox.faults import MISFITS, MOST, TOO_MANY, Misfit, faults_of, told


class Size(msgspec.Struct, forbid_unknown_fields=True):
    width: Annotated[int, msgspec.Meta(ge=1, le=9, multiple_of=1)]
    above: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.5
    name: Annotated[str, msgspec.Meta(min_length=2, max_length=3, pattern="^a")] = "aa"
    key: uuid.UUID | None = None
    kind: Literal["a", "b"] = "a"
    even: Annotated[int, msgspec.Meta(multiple_of=2)] = 0


@dataclasses.dataclass
class Holder:
    sizes: dict[str, list[Size]]
    maybe: Size | None = None


def refused(kind: Any, body: bytes) -> BaseException:
    try:
        msgspec.json.decode(body, type=kind)
    except MISFITS as error:
        return error
    raise AssertionError("it was taken")


@pytest.mark.parametrize(
    ("body", "loc", "code"),
    [
        ({}, ["width"], "missing"),
        ({"width": 1, "more": 1}, ["more"], "unknown"),
        ({"width": "1"}, ["width"], "int_expected"),
        ({"width": 0}, ["width"], "greater_than_equal"),
        ({"width": 10}, ["width"], "less_than_equal"),
        ({"width": 1, "above": 0}, ["above"], "greater_than"),
        ({"width": 1, "above": 1.0}, ["above"], "less_than"),
        ({"width": 1, "name": "a"}, ["name"], "too_short"),
        ({"width": 1, "name": "aaaa"}, ["name"], "too_long"),
        ({"width": 1, "name": "bb"}, ["name"], "pattern_mismatch"),
        ({"width": 1, "key": "x"}, ["key"], "uuid_expected"),
        ({"width": 1, "kind": "secret"}, ["kind"], "choice_expected"),
        ({"width": 1, "even": 3}, ["even"], "multiple_of"),
        ([], [], "object_expected"),
    ],
)
def test_msgspec(body, loc, code):
    ((place, given, message),) = faults_of(refused(Size, json.dumps(body).encode())) or ()
    assert (place, given) == (["body", *loc], code)
    assert message.endswith(".") and "$" not in message and "secret" not in message


@pytest.mark.parametrize(
    ("body", "loc"),
    [
        (b'{"sizes":{"x":[{"width":1},{"width":""}]}}', ["sizes", "*", 1, "width"]),
        (b'{"sizes":{},"maybe":{"width":1,"above":[]}}', ["maybe", "above"]),
        (b'{"sizes":{},"maybe":{}}', ["maybe", "width"]),
    ],
)
def test_places(body, loc):
    assert (faults_of(refused(Holder, body), ["query"]) or ())[0][0] == ["query", *loc]


def test_validators_inside():
    class Picky(msgspec.Struct):
        def __post_init__(self) -> None:
            raise Misfit([(["a"], "invalid", "One."), ([], "invalid", "Two.")])

    class Plain(msgspec.Struct):
        def __post_init__(self) -> None:
            raise ValueError("Give more")

    assert faults_of(refused(list[Picky], b"[{}]")) == [
        (["body", 0, "a"], "invalid", "One."),
        (["body", 0], "invalid", "Two."),
    ]
    assert faults_of(refused(Plain, b"{}")) == [(["body"], "invalid", "Give more.")]


class Model(pydantic.BaseModel, extra="forbid"):
    number: int = pydantic.Field(0, ge=0, le=9)
    text: str = pydantic.Field("aa", min_length=2, max_length=3, pattern="^a")
    kind: Literal["a", "b"] = "a"
    key: uuid.UUID | None = None
    deep: list[Model] = []
    must: int


@pytest.mark.parametrize(
    ("body", "loc", "code"),
    [
        ({}, ["must"], "missing"),
        ({"more": 1}, ["more"], "unknown"),
        ({"number": "secret"}, ["number"], "int_expected"),
        ({"number": -1}, ["number"], "greater_than_equal"),
        ({"number": 10}, ["number"], "less_than_equal"),
        ({"text": "a"}, ["text"], "too_short"),
        ({"text": "aaaa"}, ["text"], "too_long"),
        ({"text": "bbb"}, ["text"], "pattern_mismatch"),
        ({"text": 1}, ["text"], "str_expected"),
        ({"kind": "secret"}, ["kind"], "choice_expected"),
        ({"key": "secret"}, ["key"], "uuid_expected"),
        ({"deep": [{"must": 1}, {"must": "secret"}]}, ["deep", 1, "must"], "int_expected"),
    ],
)
def test_pydantic(body, loc, code):
    if body:
        body["must"] = 1
    with pytest.raises(pydantic.ValidationError) as error:
        Model.model_validate(body)
    ((place, given, message),) = faults_of(error.value) or ()
    assert (place, given) == (["body", *loc], code)
    assert message.endswith(".") and "secret" not in message


def test_no_more_than_can_be_read():
    assert len(faults_of(Misfit([([n], "invalid", "No.") for n in range(500)])) or ()) == MOST


def test_no_more_than_pydantic_can_list_at_little_cost():
    numbers = pydantic.TypeAdapter(list[int])
    with pytest.raises(pydantic.ValidationError) as few:
        numbers.validate_python(["x"] * TOO_MANY)
    assert len(faults_of(few.value) or ()) == MOST
    with pytest.raises(pydantic.ValidationError) as many:
        numbers.validate_python(["x"] * (TOO_MANY + 1))
    told = "Expected a value that fits its schema, given one with 10,001 faults."
    assert faults_of(many.value) == [(["body"], "invalid", told)]


def test_other_errors():
    assert faults_of(ValueError("x")) is None
    assert told(ValueError("Not so"), ["query", "a"]) == [(["query", "a"], "invalid", "Not so.")]
    assert told(ValueError(), ["query"]) == [(["query"], "invalid", "Invalid value.")]
