"""Schemas of the OpenAPI document, and their names."""

from __future__ import annotations

import enum
from typing import Annotated, Any

import msgspec
import pydantic
import pytest
from django.db import models
from openapi_spec_validator import validate

from declared import body, drawn, sketch
from ultrafox.exceptions import DeclarationError
from ultrafox.schema import Serializer, computed_field
from ultrafox.schema.dump import Dump


class Child(msgspec.Struct):
    size: int


class Item(msgspec.Struct):
    name: Annotated[str, msgspec.Meta(min_length=1)]
    # Names that are keywords of JSON Schema elsewhere.
    default: Child | None = None
    enum: list[Child] = []


class Tree(msgspec.Struct):
    children: list[Tree] = []


class User(Serializer, rename="camel"):
    first_name: str
    nick: str | None

    @computed_field
    def initial(self) -> str:
        return self.first_name[0]


class Team(msgspec.Struct):
    users: list[User]


class Level(models.TextChoices):
    LOW = "low", "Low"
    HIGH = "high", "High"


class Model(pydantic.BaseModel):
    some: int = pydantic.Field(1, alias="someAlias", ge=0)

    @pydantic.computed_field
    def total(self) -> int:
        return 1


class Holder(pydantic.BaseModel):
    inner: Model


def schemas(*operations: Any) -> dict[str, Any]:
    """The components that are the user's; the whole must be valid."""
    found = drawn(*operations)
    validate(found)
    ours = {"Fault", "Problem"}
    return {name: one for name, one in found["components"]["schemas"].items() if name not in ours}


def reply(annotation: Any, **said: Any) -> Any:
    return sketch("GET", f"/{said.pop('at', 'r')}", replies=((200, annotation),), **said)


def reply_schema(annotation: Any, **said: Any) -> dict[str, Any]:
    found = drawn(reply(annotation, **said))["paths"]["/r"]["get"]["responses"]["200"]
    schema: dict[str, Any] = found["content"]["application/json"]["schema"]
    return schema


class TestMsgspec:
    def test_one_component_for_both_ways(self):
        found = drawn(sketch("POST", "/", body=body(Item), replies=((200, list[Item]),)))
        operation = found["paths"]["/"]["post"]
        reference = {"$ref": "#/components/schemas/Item"}
        assert operation["requestBody"]["content"]["application/json"]["schema"] == reference
        reply = operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert reply == {"type": "array", "items": reference}
        assert found["components"]["schemas"]["Item"]["properties"]["name"] == {"type": "string", "minLength": 1}

    def test_fields_may_be_named_like_keywords(self):
        other = msgspec.defstruct("Child", [("a", int)], module="elsewhere")
        found = schemas(reply(other), reply(Item, at="s"))
        properties = found["Item"]["properties"]
        child = properties["enum"]["items"]["$ref"].rpartition("/")[2]
        assert properties["default"]["anyOf"][0] == properties["enum"]["items"]
        assert found[child]["properties"] == {"size": {"type": "integer"}}

    def test_classes_that_a_function_makes_have_numbers(self):
        def make(field: str) -> Any:
            return msgspec.defstruct("Made", [(field, int)], module="one")

        found = schemas(reply(make("a")), reply(make("b"), at="s"), reply(Item, at="t"), reply(list[Child], at="u"))
        assert {name: list(one["properties"]) for name, one in found.items() if "Made" in name} == {
            "Made": ["a"],
            "Made2": ["b"],
        }
        assert set(found) == {"Made", "Made2", "Item", "Child"}

    def test_a_type_that_holds_itself(self):
        items = schemas(reply(Tree))["Tree"]["properties"]["children"]["items"]
        assert items == {"$ref": "#/components/schemas/Tree"}

    def test_classes_of_one_name_are_both_there(self):
        def make(field: str) -> Any:
            return msgspec.defstruct("Twin", [(field, int)], module=f"shop.{field}")

        found = schemas(reply(make("left")), reply(make("right"), at="s"))
        twins = {name: list(one["properties"]) for name, one in found.items()}
        assert twins == {"shop.left.Twin": ["left"], "shop.right.Twin": ["right"]}

    def test_choices_of_django(self):
        assert reply_schema(Level) == {"title": "Level", "type": "string", "enum": ["low", "high"]}

    def test_a_schema_named_like_ours_keeps_its_name(self):
        mine = msgspec.defstruct("Problem", [("mine", int)])
        found = drawn(reply(mine))
        validate(found)
        assert list(found["components"]["schemas"]["Problem"]["properties"]) == ["mine"]
        other = found["paths"]["/r"]["get"]["responses"]["500"]["content"]["application/problem+json"]["schema"]
        assert other == {"$ref": "#/components/schemas/UltrafoxProblem"}
        assert "trace_id" in found["components"]["schemas"]["UltrafoxProblem"]["properties"]


class TestReplies:
    def test_computed_fields_are_in_replies_alone(self):
        found = schemas(sketch("POST", "/", body=body(User), replies=((200, User),)))
        assert "initial" not in found["User-Input"]["properties"]
        assert found["User-Output"]["properties"]["initial"] == {"type": "string", "readOnly": True}
        assert "initial" in found["User-Output"]["required"]

    def test_what_holds_such_a_class_differs_too(self):
        found = schemas(sketch("POST", "/", body=body(Team), replies=((200, Team),)))
        items = found["Team-Output"]["properties"]["users"]["items"]
        assert items == {"$ref": "#/components/schemas/User-Output"}
        assert set(found) == {"Team-Input", "Team-Output", "User-Input", "User-Output"}

    def test_a_class_that_is_used_one_way_has_its_plain_name(self):
        assert set(schemas(reply(Team))) == {"Team", "User"}

    def test_names_of_python(self):
        found = schemas(reply(User, dump=Dump(by_alias=False)))
        assert list(found["User"]["properties"]) == ["first_name", "nick", "initial"]
        assert "first_name" in found["User"]["required"]

    def test_what_may_be_left_out_is_not_required(self):
        assert "nick" in schemas(reply(User))["User"]["required"]
        assert schemas(reply(User, dump=Dump(exclude_none=True)))["User"]["required"] == ["firstName", "initial"]


class TestPydantic:
    def test_both_ways_where_they_differ(self):
        found = schemas(sketch("POST", "/", body=body(Model), replies=((200, Holder),)))
        assert set(found) == {"Model-Input", "Model-Output", "Holder"}
        assert list(found["Model-Input"]["properties"]) == ["someAlias"]
        assert list(found["Model-Output"]["properties"]) == ["someAlias", "total"]
        assert found["Holder"]["properties"]["inner"] == {"$ref": "#/components/schemas/Model-Output"}

    def test_names_of_python(self):
        assert "some" in schemas(reply(Model, dump=Dump(by_alias=False)))["Model"]["properties"]

    def test_beside_msgspec(self):
        other = msgspec.defstruct("Model", [("mine", int)])
        found = schemas(reply(list[Model]), reply(other, at="s"))
        assert set(found) == {"Model", "pydantic.Model"}
        assert list(found["Model"]["properties"]) == ["mine"]


class TestRefused:
    def test_a_type_without_schema_names_the_handler(self):
        class Odd:
            pass

        held = msgspec.defstruct("Held", [("odd", Odd)])
        with pytest.raises(DeclarationError, match=r"shop/api.py:1: handler `handler`.*Odd.*extra_json_schema"):
            drawn(reply(Item), reply(held, at="s"))

    def test_pydantic_without_schema(self):
        class Odd(pydantic.BaseModel):
            call: type[enum.Enum] | Any = pydantic.Field(default=None)
            back: Any = None

        class Worse(pydantic.BaseModel):
            model_config = {"arbitrary_types_allowed": True}
            odd: object
            worse: TestRefused

        drawn(reply(Odd))
        with pytest.raises(DeclarationError, match="handler"):
            drawn(reply(Worse))
