from __future__ import annotations

import dataclasses
import json
from typing import Annotated, Any, TypedDict

import msgspec
import pydantic
import pytest

from binds import annotated, bound, refusal
from ultrafox.binding import BODY, Part, Take
from ultrafox.faults import MISFITS, faults_of
from ultrafox.params import Body

JSON = "application/json"
MSGPACK = "application/msgpack"


class Item(msgspec.Struct):
    name: str
    price: Annotated[float, msgspec.Meta(gt=0)] = 1.0


@dataclasses.dataclass
class Point:
    x: int


class Person(TypedDict):
    name: str


class Model(pydantic.BaseModel):
    name: str = pydantic.Field(alias="Name", min_length=2)
    age: int = 0

    @pydantic.field_validator("age")
    @classmethod
    def old(cls, value: int) -> int:
        if value < 0:
            raise ValueError("Not yet born")
        return value


class YAML:
    """Not YAML, but of two steps as well."""

    media_type = "application/yaml"

    def parse(self, body: bytes, *, content_type: str) -> Any:
        assert content_type == self.media_type
        return dict(line.split("=") for line in body.decode().split())


def body_of(annotation, default=..., **options):
    binding = bound(annotated(annotation, default), "/", "POST", **options)
    assert binding.body is not None
    return binding


def faults(decode, body):
    try:
        decode(body)
    except MISFITS as error:
        return faults_of(error)
    raise AssertionError("it was taken")


@pytest.mark.parametrize(
    ("annotation", "document", "value"),
    [
        (Item, {"name": "a"}, Item("a")),
        (Point, {"x": 1}, Point(1)),
        (Person, {"name": "a"}, {"name": "a"}),
        (list[Item], [{"name": "a"}], [Item("a")]),
        (dict[str, int], {"a": 1}, {"a": 1}),
        (Annotated[int, Body()], 3, 3),
        (Body[Item], {"name": "a"}, Item("a")),
        (Item | None, None, None),
        (Model, {"Name": "ab"}, Model(Name="ab")),
        (list[Model], [{"Name": "ab"}], [Model(Name="ab")]),
        (Model | None, None, None),
        (dict[str, Model], {"k": {"Name": "ab"}}, {"k": Model(Name="ab")}),
    ],
)
def test_one_body(annotation, document, value):
    binding = body_of(annotation)
    assert binding.direct and binding.slots[0].source == Take(BODY)
    assert binding.body.consumes == (JSON, MSGPACK)
    by_json, by_msgpack = binding.decoders
    assert by_json(json.dumps(document).encode()) == value
    assert by_msgpack(msgspec.msgpack.encode(document)) == value


def test_defaults():
    def handler(item: Item | None = None): ...

    binding = bound(handler, "/", "POST")
    assert (binding.body.required, binding.body_default) == (False, None)
    assert body_of(Item).body.required


def test_defaults_that_are_made_anew():
    binding = body_of(list[int], Body(default_factory=lambda: [1]))
    part = binding.slots[0].source
    assert part == Part("a") and not binding.body.required
    assert binding.body_default.a == [1] and binding.body_default.a is not binding.body_default.a
    assert binding.decoders[0](b"[2]").a == [2]


class TestSeveral:
    @pytest.mark.parametrize("kind", [Item, Model])
    def test_are_members_of_one_object(self, kind):
        def handler(item: kind, user: Person, note: Annotated[str, Body(max_length=3)] = "-"): ...

        handler.__annotations__["item"] = kind
        binding = bound(handler, "/", "POST")
        assert [slot.source for slot in binding.slots] == [Part("item"), Part("user"), Part("note")]
        item = {"name": "a"} if kind is Item else {"Name": "ab"}
        document = {"item": item, "user": {"name": "b"}}
        for decode, encode in zip(binding.decoders, (msgspec.json.encode, msgspec.msgpack.encode), strict=True):
            body = decode(encode(document))
            assert isinstance(body.item, kind) and body.user == {"name": "b"} and body.note == "-"
            found = faults(decode, encode({"item": item, "user": {}, "note": "long"}))
            assert found[0][:2] == (["body", "user", "name"], "missing")

    def test_all_faults_where_pydantic_takes_part(self):
        def handler(a: Model, b: Model): ...

        binding = bound(handler, "/", "POST")
        body = b'{"a":{"Name":"x","age":-1},"b":{"Name":3}}'
        assert faults(binding.decoders[0], body) == [
            (["body", "a", "Name"], "too_short", "String should have at least 2 characters."),
            (["body", "a", "age"], "invalid", "Not yet born."),
            (["body", "b", "Name"], "str_expected", "Input should be a valid string."),
        ]

    def test_embedding_one(self):
        binding = body_of(Annotated[Item, Body(embed=True, alias="Item")])
        assert binding.slots[0].source == Part("a")
        assert binding.decoders[0](b'{"Item":{"name":"x"}}').a == Item("x")
        assert binding.body_described.annotation == {"Item": Annotated[Item, Body(embed=True, alias="Item")]}
        assert faults(binding.decoders[0], b"{}")[0][0] == ["body", "Item"]

    def test_defaults(self):
        def handler(a: Item | None = None, b: list[int] = Body([])): ...

        binding = bound(handler, "/", "POST")
        assert not binding.body.required
        assert binding.body_default.a is None and binding.body_default.b == []
        assert binding.decoders[0](b"{}").b == []

    def test_parsers(self):
        def handler(a: Annotated[str, Body()], b: Model = None): ...

        handler.__annotations__["b"] = Model | None
        (decode,) = bound(handler, "/", "POST", parsers=[YAML()]).decoders
        assert decode(b"a=1").a == "1"


class TestPydanticErrors:
    def test_all_of_them_without_values(self):
        (decode, _) = body_of(Model).decoders
        found = faults(decode, b'{"Name":"\xc3\xa4","age":"secret"}')
        assert [(loc, code) for loc, code, _ in found] == [
            (["body", "Name"], "too_short"),
            (["body", "age"], "int_expected"),
        ]
        assert not any("secret" in message for _, _, message in found)

    def test_no_more_than_a_hundred(self):
        (decode, _) = body_of(list[Model]).decoders
        assert len(faults(decode, b"[" + b"{}," * 200 + b"{}]")) == 100

    def test_what_is_not_json(self):
        (decode, _) = body_of(Model).decoders
        with pytest.raises(msgspec.DecodeError):
            decode(b"{")


class TestMediaTypes:
    def test_bytes_as_they_come(self):
        binding = body_of(Annotated[bytes, Body()])
        assert binding.body.consumes == ("application/octet-stream",)
        assert binding.decoders[0](b"\x00\xff") == b"\x00\xff"
        assert body_of(Annotated[bytes, Body(media_type="image/png")]).body.consumes == ("image/png",)

    def test_texts(self):
        binding = body_of(Annotated[str, Body(media_type="text/plain", max_length=3)])
        assert binding.decoders[0]("äöü".encode()) == "äöü"
        assert faults(binding.decoders[0], b"\xff")[0][1] == "text_expected"
        assert faults(binding.decoders[0], b"long")[0][1] == "too_long"

    def test_json_by_another_name(self):
        binding = body_of(Annotated[Item, Body(media_type="application/vnd.api+json")])
        assert binding.body.consumes == ("application/vnd.api+json",)
        assert binding.decoders[0](b'{"name":"a"}') == Item("a")

    def test_parsers(self):
        binding = body_of(Person, parsers=[YAML()])
        assert binding.body.consumes == ("application/yaml",)
        assert binding.decoders[0](b"name=x") == {"name": "x"}
        assert faults(binding.decoders[0], b"nam=x")[0][:2] == (["body", "name"], "missing")
        assert body_of(Model, parsers=[YAML()]).decoders[0](b"Name=xy").name == "xy"

    def test_one_that_nobody_reads(self):
        assert "given 'text/csv'" in refusal(annotated(Annotated[Item, Body(media_type="text/csv")]), "/", "POST")


BIG = 10**30


@pytest.mark.parametrize("annotation", [int, Any, dict[str, int], pydantic.conint(gt=1), list[Any], int | str])
def test_whole_numbers_of_any_length(annotation):
    """`exact` is not needed: the libraries do not turn long numbers into floats."""
    binding = body_of(Annotated[annotation, Body()])
    assert binding.exact is None
    document: Any = BIG
    if annotation == dict[str, int]:
        document = {"a": BIG}
    if annotation == list[Any]:
        document = [BIG]
    assert binding.decoders[0](json.dumps(document).encode()) == document


def test_constraints_belong_to_the_type():
    for kind in (list[int], list[Model]):
        (decode, _) = body_of(Annotated[kind, Body(max_length=1)]).decoders
        item = b'{"Name":"ab"}' if kind == list[Model] else b"1"
        assert len(decode(b"[" + item + b"]")) == 1
        assert faults(decode, b"[" + item + b"," + item + b"]")[0][:2] == (["body"], "too_long")


class TestRefused:
    def test_a_name_for_the_whole(self):
        assert "expected no name for the body" in refusal(annotated(Annotated[Item, Body(alias="i")]), "/", "POST")

    def test_one_name_for_two(self):
        from ultrafox.params import Depends

        def dependency(a: Item): ...

        def handler(a: Person, b=Depends(dependency)): ...

        names = {"Item": Item, "Depends": Depends}
        assert "the body `a` is Person already" in refusal(handler, "/", "POST", names=names)

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_models_where_there_is_no_body(self, method):
        assert f"a {method} request has no body, given Model" in refusal(annotated(Model), "/", method)

    def test_types_that_nobody_knows(self):
        assert "expected a type that msgspec or pydantic knows" in refusal(annotated(list[range]), "/", "POST")
