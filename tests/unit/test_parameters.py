"""Parameters that are grouped in a schema, their names, and their defaults."""

from __future__ import annotations

import dataclasses
from typing import Annotated, NotRequired, TypedDict

import attrs
import msgspec
import pydantic
import pytest

from binds import annotated, bound, refusal
from ultrafox.binding import Group, Take
from ultrafox.exceptions import RequestValidationError
from ultrafox.markers import MISSING
from ultrafox.params import Cookie, File, Form, Header, Path, Query
from ultrafox.schema import Serializer, field_validator, model_validator
from ultrafox.uploads import UploadFile

Page = Annotated[int, msgspec.Meta(ge=1)]


class Filters(msgspec.Struct):
    q: str
    page: Page = 1
    tags: list[str] = []


@dataclasses.dataclass
class FiltersData:
    q: str
    page: Page = 1
    tags: list[str] = dataclasses.field(default_factory=list)


class FiltersDict(TypedDict):
    q: str
    page: NotRequired[Page]
    tags: NotRequired[list[str]]


class FiltersModel(pydantic.BaseModel):
    q: str
    page: int = pydantic.Field(1, ge=1)
    tags: list[str] = []


def group_of(annotation, template="/", method="GET", default=...):
    binding = bound(annotated(annotation, default), template, method)
    source = binding.slots[0].source
    assert isinstance(source, Group) and not binding.direct
    return binding, source


@pytest.mark.parametrize("schema", [Filters, FiltersData, FiltersDict, FiltersModel])
@pytest.mark.parametrize("marked", [lambda schema: Query[schema], lambda schema: Annotated[schema, Query()]])
def test_groups(schema, marked):
    binding, group = group_of(marked(schema))
    _, page, tags = binding.params
    assert [(one.name, one.source, one.required) for one in binding.params] == [
        ("q", "query", True),
        ("page", "query", False),
        ("tags", "query", False),
    ]
    assert (page.kinds, page.ge, tags.many) == (("int",), 1, True)
    assert group.fields == (("q", 0), ("page", 1), ("tags", 2))
    assert binding.defaults == (MISSING, MISSING, MISSING)
    made = group.build({"q": "x", "tags": ["a"]})
    if schema is FiltersDict:
        assert made == {"q": "x", "tags": ["a"]}
    else:
        assert isinstance(made, schema) and (made.q, made.page, made.tags) == ("x", 1, ["a"])
        assert group.build({"q": "x"}).tags is not group.build({"q": "x"}).tags


def test_groups_whose_mark_is_the_default():
    binding, group = group_of(FiltersModel, default=Query(...))
    assert [one.name for one in binding.params] == ["q", "page", "tags"]
    assert group.build({"q": "x"}) == FiltersModel(q="x")


def test_attrs():
    @attrs.define
    class Where:
        shop: int
        near: list[str] = attrs.Factory(list)
        far: int = 7

    Where.__annotations__ = {"shop": int, "near": list[str], "far": int}
    binding, group = group_of(Query[Where])
    assert [(one.name, one.kinds, one.required) for one in binding.params] == [
        ("shop", ("int",), True),
        ("near", ("str",), False),
        ("far", ("int",), False),
    ]
    assert [one.default for one in binding.described] == [MISSING, MISSING, 7]
    assert group.build({"shop": 1}) == Where(1, [], 7)


def test_described():
    binding, _ = group_of(Query[Filters])
    described = binding.described[1]
    assert (described.name, described.source, described.annotation) == ("page", "query", Page)
    assert (described.required, described.default, described.group) == (False, 1, "a")
    assert binding.described[0].default is MISSING


def test_names_on_the_wire():
    class Renamed(msgspec.Struct, rename="camel"):
        from_id: int
        until: Annotated[int, Query(alias="to")] = 0

    class Model(pydantic.BaseModel):
        from_id: int = pydantic.Field(alias="fromId")

    binding, group = group_of(Query[Renamed])
    assert [one.name for one in binding.params] == ["fromId", "to"]
    assert group.build({"from_id": 3, "until": 4}) == Renamed(3, 4)
    binding, group = group_of(Query[Model])
    assert binding.params[0].name == "fromId"
    assert group.build({"from_id": 3}).from_id == 3


def test_headers():
    class Heads(msgspec.Struct):
        x_token: str
        plain_name: str = msgspec.field(name="Other_Name", default="")

    assert [one.name for one in group_of(Header[Heads])[0].params] == ["x-token", "other_name"]
    kept = Annotated[Heads, Header(convert_underscores=False)]
    assert [one.name for one in group_of(kept)[0].params] == ["x_token", "other_name"]
    assert [one.name for one in group_of(Header[Heads])[0].described] == ["x-token", "Other_Name"]


def test_forms_with_files():
    class Login(msgspec.Struct):
        name: str
        photo: UploadFile | None = None

    binding, group = group_of(Form[Login], method="POST")
    assert [(one.source, one.kinds) for one in binding.params] == [("form", ("str",)), ("file", ("file",))]
    assert binding.body is not None
    assert (binding.body.kind, binding.body.required, binding.body.consumes) == ("form", True, ())
    assert group.build({"name": "a"}).photo is None


def test_paths_and_cookies():
    class Where(msgspec.Struct):
        shop: int
        item: int

    assert [one.source for one in group_of(Path[Where], "/{shop}/{item}")[0].params] == ["path", "path"]
    assert [one.source for one in group_of(Cookie[Where])[0].params] == ["cookie", "cookie"]
    assert "expected `{item}` in the path" in refusal(annotated(Path[Where]), "/{shop}")


def test_a_group_that_need_not_be_there():
    _, group = group_of(Annotated[Filters | None, Query()], default=None)
    assert group.build({}) is None
    assert group.build({"q": "x"}) == Filters("x")
    with pytest.raises(RequestValidationError) as refused:
        group.build({"page": 2})
    assert refused.value.faults == [(["query", "q"], "missing", "Expected a value.")]


def test_validators_of_groups():
    class Model(pydantic.BaseModel):
        low: int
        high: int = pydantic.Field(9, alias="High")

        @pydantic.field_validator("low")
        @classmethod
        def even(cls, value: int) -> int:
            if value % 2:
                raise ValueError("Expected an even number")
            return value

    class Ours(Serializer, rename="pascal"):
        low: int
        high: int = 9

        @field_validator("low")
        def even(cls, value):
            if value % 2:
                raise ValueError("Expected an even number")
            return value

        @model_validator
        def order(self):
            if self.low > self.high:
                raise ValueError("Expected low <= high")

    for schema, wire in ((Model, "low"), (Ours, "Low")):
        _, group = group_of(Query[schema])
        with pytest.raises(RequestValidationError) as refused:
            group.build({"low": 3})
        assert refused.value.faults == [(["query", wire], "invalid", "Expected an even number.")]
    with pytest.raises(RequestValidationError) as refused:
        group_of(Query[Ours])[1].build({"low": 4, "high": 2})
    assert refused.value.faults == [(["query"], "invalid", "Expected low <= high.")]


def test_groups_that_know_all_names():
    class Closed(msgspec.Struct, forbid_unknown_fields=True):
        a: int = 0

    class Model(pydantic.BaseModel, extra="forbid"):
        a: int = 0

    assert group_of(Query[Closed])[1].closed and group_of(Query[Model])[1].closed
    assert not group_of(Query[Filters])[1].closed


def test_defaults_that_can_be_changed_are_made_anew():
    def handler(tags: list[str] = Query(["a"]), when: Annotated[int, Query(default_factory=lambda: 7)] = ...): ...

    handler.__defaults__ = handler.__defaults__[:1]
    handler.__defaults__ = (Query(["a"]), Query(default_factory=lambda: 7))
    handler.__annotations__["when"] = "int"
    binding = bound(handler)
    tags, when = (slot.source for slot in binding.slots)
    assert isinstance(tags, Group) and isinstance(when, Group)
    assert tags.build({}) == ["a"] and tags.build({}) is not tags.build({})
    assert tags.build({"tags": ["b"]}) == ["b"]
    assert when.build({}) == 7
    assert not any(one.required for one in binding.params)


def test_headers_without_conversion():
    def handler(x_a: Annotated[str, Header(convert_underscores=False)], x_b: Annotated[str, Header()]): ...

    assert [one.name for one in bound(handler).params] == ["x_a", "x-b"]


def test_parameters_alone_are_taken_as_they_are():
    def handler(a: int = 3, b: Annotated[list[int], Query()] = ()): ...

    binding = bound(handler)
    assert binding.direct and [slot.source for slot in binding.slots] == [Take(0), Take(1)]
    assert binding.defaults == (3, ())


class TestRefused:
    def test_schemas_inside(self):
        class Deep(msgspec.Struct):
            inner: Filters

        said = refusal(annotated(Query[Deep]))
        assert "field `inner` of Deep: expected str, int" in said and "scalar type" in said

    def test_fields_from_elsewhere(self):
        class Mixed(msgspec.Struct):
            a: Annotated[int, Header()]

        assert "expected a field from the query, given one from the header" in refusal(annotated(Query[Mixed]))

    @pytest.mark.parametrize("annotation", [Annotated[int, Form()], UploadFile, Annotated[bytes, File()]])
    def test_forms_of_requests_that_have_none(self, annotation):
        assert "a GET request has no form, given `a`" in refusal(annotated(annotation))

    def test_a_form_and_a_document(self):
        def handler(item: Filters, name: Annotated[str, Form()]): ...

        assert "given both: `name` is of a form" in refusal(handler, "/", "POST")
