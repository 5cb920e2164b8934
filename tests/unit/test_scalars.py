from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from collections.abc import Sequence
from typing import Annotated, Any, Literal, NewType, Optional

import annotated_types
import pydantic
import pytest
from django.db import models
from msgspec import Meta

from binds import annotated, bound, param, refusal
from ultrafox.exceptions import RequestValidationError
from ultrafox.params import Cookie, File, Form, Header, Path, Query
from ultrafox.uploads import UploadFile, make

UserId = NewType("UserId", int)


class Color(enum.Enum):
    RED = "red"
    BLUE = 7


class Size(models.TextChoices):
    SMALL = "s", "Small"
    LARGE = "l", "Large"


class Rank(models.IntegerChoices):
    LOW = 1
    HIGH = 2


class Shade(pydantic.BaseModel):
    name: str


@pytest.mark.parametrize(
    ("annotation", "kinds"),
    [
        (str, ("str",)),
        (bool, ("bool",)),
        (uuid.UUID, ("uuid",)),
        (datetime.date, ("date",)),
        (datetime.datetime, ("datetime",)),
        (datetime.time, ("time",)),
        (datetime.timedelta, ("duration",)),
        (decimal.Decimal, ("decimal",)),
        (Any, ("str",)),
        (UserId, ("int",)),
        (UserId | None, ("int",)),
        (Optional[datetime.date], ("date",)),  # noqa: UP045
        (int | str, ("int", "str")),
        (datetime.datetime | datetime.date | None, ("datetime", "date")),
        (Literal["all"] | int, ("choice", "int")),
    ],
)
def test_kinds(annotation, kinds):
    plan, _ = param(annotation)
    assert (plan.kinds, plan.many) == (kinds, False)


@pytest.mark.parametrize(
    ("annotation", "texts", "values"),
    [
        (Color, ("red", "7"), (Color.RED, Color.BLUE)),
        (Size, ("s", "l"), (Size.SMALL, Size.LARGE)),
        (Rank, ("1", "2"), (Rank.LOW, Rank.HIGH)),
        (Literal["a", 1, True], ("a", "1", "true"), ("a", 1, True)),
        (Literal["a"] | Rank, ("a", "1", "2"), ("a", Rank.LOW, Rank.HIGH)),
    ],
)
def test_choices(annotation, texts, values):
    binding = bound(annotated(annotation))
    assert binding.params[0].kinds == ("choice",)
    assert binding.params[0].choices == texts
    assert binding.choices == (values,)
    assert [type(value) for value in binding.choices[0] or ()] == [type(value) for value in values]


def test_a_literal_with_none_need_not_be_given():
    (plan,) = bound(annotated(Literal["a", None], None)).params
    assert (plan.choices, plan.required) == (("a",), False)


@pytest.mark.parametrize(
    ("annotation", "made"),
    [
        (list[int], [1, 2, 1]),
        (Sequence[int], [1, 2, 1]),
        (set[int], {1, 2}),
        (frozenset[int], frozenset({1, 2})),
        (tuple[int, ...], (1, 2, 1)),
    ],
)
@pytest.mark.parametrize("mark", [Query(), Header(), Form()])
def test_lists(annotation, made, mark):
    plan, make = param(Annotated[annotation, mark])
    assert (plan.kinds, plan.many, plan.required) == (("int",), True, True)
    assert make([1, 2, 1]) == made and type(make([1, 2, 1])) is type(made)


def test_a_list_of_unsaid_type_is_one_of_texts():
    assert param(Annotated[list, Query()])[0].kinds == ("str",)


def test_lengths_of_a_list_are_numbers_of_values():
    item = Annotated[str, Meta(min_length=3)]
    plan, _ = param(Annotated[list[item], Meta(max_length=4), Query(min_length=1)])
    assert (plan.min_items, plan.max_items, plan.min_length, plan.max_length) == (1, 4, 3, None)


@pytest.mark.parametrize(
    ("annotation", "said"),
    [
        (Annotated[int, Query(ge=1, le=2)], {"ge": 1, "le": 2}),
        (Annotated[int, Meta(gt=1), Query(lt=5)], {"gt": 1, "lt": 5}),
        (Annotated[int, annotated_types.Gt(1), annotated_types.Interval(le=9)], {"gt": 1, "le": 9}),
        (Annotated[int, annotated_types.MultipleOf(3)], {"multiple_of": 3}),
        (Annotated[str, annotated_types.Len(1, 4)], {"min_length": 1, "max_length": 4}),
        (Annotated[int, pydantic.Field(ge=1, multiple_of=2)], {"ge": 1, "multiple_of": 2}),
        (Annotated[str, pydantic.Field(pattern="^a")], {"pattern": "^a"}),
        (Annotated[str, pydantic.StringConstraints(max_length=3)], {"max_length": 3}),
        (pydantic.conint(gt=3), {"gt": 3}),
        (Annotated[decimal.Decimal, Query(ge=decimal.Decimal("1.5"), le=decimal.Decimal(2))], {"ge": 1.5, "le": 2}),
        (Annotated[int | str, Meta(ge=1)], {"ge": 1}),
        (Annotated[int, Meta(ge=1)] | Literal["all"], {"ge": 1}),
    ],
)
def test_constraints(annotation, said):
    plan, _ = param(annotation)
    names = ("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern")
    assert {name: getattr(plan, name) for name in names if getattr(plan, name) is not None} == said


class TestPydantic:
    def test_types_that_only_it_knows(self):
        plan, make = param(Annotated[pydantic.HttpUrl, Query()])
        assert plan.kinds == ("str",)
        assert str(make("http://a.example/")) == "http://a.example/"
        with pytest.raises(RequestValidationError) as refused:
            make("secret text")
        ((loc, code, message),) = refused.value.faults
        assert (loc, code) == (["query", "a"], "url_expected")
        assert "secret" not in message

    def test_validators(self):
        plan, make = param(Annotated[int, pydantic.AfterValidator(lambda value: value * 2), Header()])
        assert plan.kinds == ("int",) and make(4) == 8

    def test_texts_that_are_stripped_first(self):
        plan, make = param(Annotated[str, pydantic.StringConstraints(strip_whitespace=True, max_length=2)])
        assert plan.max_length is None
        assert make("  ab ") == "ab"
        with pytest.raises(RequestValidationError):
            make("abc")

    def test_lists_name_the_value_that_is_wrong(self):
        _, make = param(Annotated[set[Annotated[str, pydantic.AfterValidator(_picky)]], Query()])
        assert make(["a"]) == {"a"}
        with pytest.raises(RequestValidationError) as refused:
            make(["a", "b"])
        assert refused.value.faults == [(["query", "a", 1], "invalid", "Not b.")]


def _picky(value: str) -> str:
    if value == "b":
        raise ValueError("Not b")
    return value


def test_offsets_that_are_asked_for():
    _, make = param(Annotated[datetime.datetime, Meta(tz=True)])
    moment = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    assert make(moment) is moment
    with pytest.raises(RequestValidationError) as refused:
        make(moment.replace(tzinfo=None))
    assert refused.value.faults == [(["query", "a"], "invalid", "Expected a time with an offset.")]


class TestFiles:
    @pytest.mark.parametrize("annotation", [UploadFile, UploadFile | None, Annotated[UploadFile, File()]])
    def test_one(self, annotation):
        plan, _ = param(annotation)
        assert (plan.source, plan.kinds, plan.many) == ("file", ("file",), False)

    @pytest.mark.parametrize(
        "annotation", [list[UploadFile], Annotated[list[UploadFile], Form()], Annotated[list[UploadFile], File()]]
    )
    def test_many(self, annotation):
        plan, _ = param(annotation)
        assert (plan.source, plan.kinds, plan.many) == ("file", ("file",), True)

    def test_contents(self):
        file = make("a", "a.txt", None, 2, b"hi")
        assert param(Annotated[bytes, File()])[1](file) == b"hi"
        assert param(Annotated[list[bytes], File(max_length=3)])[1]([make("a", "", None, 2, b"yo")]) == [b"yo"]

    def test_sizes(self):
        assert param(Annotated[UploadFile, File(max_length=10)])[0].max_length == 10


class TestRefused:
    @pytest.mark.parametrize(
        ("annotation", "said"),
        [
            (complex, "given complex"),
            (bytes, "given bytes"),
            (Annotated[list[list[int]], Query()], "expected a list of scalars"),
            (Annotated[tuple[int, str], Query()], "expected tuple[T, ...]"),
            (Annotated[list[int], Query(ge=1)], "Say list[Annotated[T, Meta(ge=…)]]"),
            (Annotated[list[int] | int, Query()], "expected a union of plain scalars"),
            (Annotated[dict[str, int], Query()], "expected str, int"),
            (Annotated[str, File()], "expected UploadFile, bytes or a list of these for a file, given str"),
            (Annotated[UploadFile, Query()], "a file is part of a form, given query. Mark it File()."),
            (Literal[1, "1"], "expected choices with one text each"),
            (Annotated[int, Query(ge="1")], "expected int or float for `ge`, given '1'"),
            (Annotated[str, Query(max_length=1.5)], "expected int for `max_length`"),
            (Annotated[int, Query(pattern="a")], "`pattern` is for str, given int"),
            (Annotated[int, range(3)], "in Annotated, given range(0, 3)"),
            (list[Shade] | int, "expected str, int"),
        ],
    )
    def test_types(self, annotation, said):
        assert said in refusal(annotated(annotation), "/", "POST")

    def test_the_nearest_name(self):
        class Decimals: ...

        assert "Did you mean `Decimal`?" in refusal(annotated(Decimals))

    def test_lists_in_the_path(self):
        assert "is one value" in refusal(annotated(Annotated[list[int], Path()]), "/{a}")

    def test_choices_that_have_no_text(self):
        class Odd(enum.Enum):
            A = (1, 2)

        assert "expected choices that are texts or numbers" in refusal(annotated(Odd))


def test_cookies():
    plan, _ = param(Annotated[list[int], Cookie()])
    assert (plan.source, plan.many) == ("cookie", True)
