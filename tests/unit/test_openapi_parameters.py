"""Parameters and forms of the OpenAPI document."""

from __future__ import annotations

import datetime
import enum
from typing import Annotated, Any, Literal

import msgspec
import pydantic
import pytest

from declared import Parameter, body, drawn, sketch
from ultrafox import Query


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


def parameter(one: Parameter, path: str = "/") -> dict[str, Any]:
    """The parameter object."""
    found: dict[str, Any] = drawn(sketch("GET", path, one))["paths"][path]["get"]["parameters"][0]
    return found


def schema(**plan: Any) -> dict[str, Any]:
    found: dict[str, Any] = parameter(Parameter("it", plan=plan))["schema"]
    return found


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("str", {"type": "string"}),
        ("int", {"type": "integer"}),
        ("float", {"type": "number"}),
        ("bool", {"type": "boolean"}),
        ("uuid", {"type": "string", "format": "uuid"}),
        ("date", {"type": "string", "format": "date"}),
        ("datetime", {"type": "string", "format": "date-time"}),
        ("time", {"type": "string", "format": "time"}),
        ("duration", {"type": "string", "format": "duration"}),
        ("decimal", {"type": "number", "format": "decimal"}),
    ],
)
def test_kinds(kind, wanted):
    assert schema(kinds=(kind,)) == wanted


class TestConstraints:
    def test_of_numbers(self):
        plan = {"kinds": ("int",), "gt": 1, "ge": 2, "lt": 9, "le": 8, "multiple_of": 2, "min_length": 3}
        keys = {"exclusiveMinimum": 1, "minimum": 2, "exclusiveMaximum": 9, "maximum": 8, "multipleOf": 2}
        assert schema(**plan) == {"type": "integer", **keys}

    def test_of_texts(self):
        plan = {"kinds": ("str",), "min_length": 0, "max_length": 5, "pattern": "^a", "ge": 1}
        assert schema(**plan) == {"type": "string", "minLength": 0, "maxLength": 5, "pattern": "^a"}

    def test_of_several_kinds_each_its_own(self):
        wanted = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "maxLength": 3}]}
        assert schema(kinds=("int", "str"), ge=1, max_length=3) == wanted

    def test_of_lists_and_of_their_items(self):
        found = schema(kinds=("str",), many=True, max_length=3, min_items=1, max_items=4)
        assert found == {"type": "array", "items": {"type": "string", "maxLength": 3}, "minItems": 1, "maxItems": 4}

    @pytest.mark.parametrize(
        ("converter", "kind", "wanted"),
        [
            ("int", "int", {"type": "integer", "minimum": 0}),
            ("slug", "str", {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}),
            ("path", "str", {"type": "string"}),
        ],
    )
    def test_of_converters(self, converter, kind, wanted):
        one = Parameter("id", "path", required=True, plan={"kinds": (kind,), "converter": converter})
        assert parameter(one, "/{id}")["schema"] == wanted


class TestChoices:
    def test_an_enum_is_a_component(self):
        plan = {"kinds": ("choice",), "choices": ("red", "blue")}
        one = Parameter("color", annotation=Color, default=Color.RED, choices=tuple(Color), plan=plan)
        found = drawn(sketch("GET", "/", one))
        reference = found["paths"]["/"]["get"]["parameters"][0]["schema"]
        assert reference == {"$ref": "#/components/schemas/Color", "default": "red"}
        assert sorted(found["components"]["schemas"]["Color"]["enum"]) == ["blue", "red"]

    def test_literals_are_values_with_their_type(self):
        one = Parameter(
            "n", annotation=Literal[1, 2], choices=(1, 2), plan={"kinds": ("choice",), "choices": ("1", "2")}
        )
        assert parameter(one)["schema"] == {"type": "integer", "enum": [1, 2]}

    def test_of_several_types(self):
        one = Parameter("n", choices=(1, "a"), plan={"kinds": ("choice",), "choices": ("1", "a")})
        assert parameter(one)["schema"] == {"enum": [1, "a"]}


class TestObjects:
    @pytest.mark.parametrize(
        ("source", "style"),
        [("query", {"style": "form", "explode": True}), ("header", {"style": "simple", "explode": False})],
    )
    def test_lists_say_how_they_are_written(self, source, style):
        found = parameter(Parameter("X-Tag", source, plan={"many": True}))
        assert {name: found[name] for name in ("style", "explode")} == style

    def test_a_header_is_found_by_its_name_in_small_letters(self):
        found = parameter(Parameter("X-Api-Key", "header", required=True))
        assert (found["name"], found["in"], found["required"]) == ("X-Api-Key", "header", True)

    @pytest.mark.parametrize("name", ["Accept", "Content-Type", "authorization"])
    def test_headers_that_are_described_elsewhere_are_left_out(self, name):
        assert "parameters" not in drawn(sketch("GET", "/", Parameter(name, "header")))["paths"]["/"]["get"]

    def test_a_hidden_one_is_left_out_unless_it_is_required(self):
        mark = Query(include_in_schema=False)
        assert "parameters" not in drawn(sketch("GET", "/", Parameter("x", mark=mark)))["paths"]["/"]["get"]
        assert parameter(Parameter("x", mark=mark, required=True))["name"] == "x"

    def test_defaults_as_json(self):
        day = datetime.date(2026, 1, 2)
        assert parameter(Parameter("day", default=day, plan={"kinds": ("date",)}))["schema"]["default"] == "2026-01-02"
        assert "default" not in parameter(Parameter("day", default=None))["schema"]

    def test_what_a_mark_says(self):
        mark = Query(title="T", description="D", examples=["a", "b"], deprecated=True)
        found = parameter(Parameter("x", mark=mark))
        assert found["description"] == "D" and found["deprecated"] is True
        assert found["schema"] == {"type": "string", "title": "T", "examples": ["a", "b"]}

    def test_what_annotations_say(self):
        meta = msgspec.Meta(description="M", examples=["m"], extra_json_schema={"x-unit": "kg"})
        found = parameter(Parameter("x", annotation=Annotated[str, meta] | None))
        assert found["description"] == "M"
        assert found["schema"] == {"type": "string", "examples": ["m"], "x-unit": "kg"}

    def test_the_mark_is_heard_first(self):
        annotation = Annotated[str, pydantic.Field(description="field", title="field")]
        found = parameter(Parameter("x", annotation=annotation, mark=Query(description="mark")))
        assert found["description"] == "mark" and found["schema"]["title"] == "field"

    def test_a_text_that_only_pydantic_knows(self):
        found = parameter(Parameter("url", annotation=pydantic.AnyUrl, plan={"max_length": 90}))
        assert found["schema"]["format"] == "uri" and found["schema"]["maxLength"] == 90


class TestForms:
    def form(self, *fields: Parameter, **said: Any) -> dict[str, Any]:
        one = sketch("POST", "/", *fields, body=body(kind="form", consumes=(), **said))
        found: dict[str, Any] = drawn(one)["paths"]["/"]["post"]
        assert "parameters" not in found
        return found["requestBody"]

    def test_of_texts_has_either_encoding(self):
        found = self.form(Parameter("name", "form", required=True), Parameter("age", "form", plan={"kinds": ("int",)}))
        assert list(found["content"]) == ["application/x-www-form-urlencoded", "multipart/form-data"]
        for media in found["content"].values():
            properties = {"name": {"type": "string"}, "age": {"type": "integer"}}
            assert media["schema"] == {"type": "object", "properties": properties, "required": ["name"]}

    def test_with_files_is_multipart(self):
        file = Parameter("doc", "file", required=True, plan={"kinds": ("file",), "max_length": 9})
        many = Parameter("more", "file", plan={"kinds": ("file",), "many": True})
        found = self.form(file, many)
        assert list(found["content"]) == ["multipart/form-data"]
        media = found["content"]["multipart/form-data"]
        assert set(media["encoding"]) == {"doc", "more"}
        binary = {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}
        assert media["schema"]["properties"]["doc"] == {**binary, "maxLength": 9}
        assert media["schema"]["properties"]["more"] == {"type": "array", "items": binary}

    def test_a_description_is_in_the_schema(self):
        field = Parameter("name", "form", mark=Query(description="D", deprecated=True))
        found = self.form(field)["content"]["multipart/form-data"]["schema"]["properties"]["name"]
        assert found == {"type": "string", "description": "D", "deprecated": True}
