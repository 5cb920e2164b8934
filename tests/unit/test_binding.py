from __future__ import annotations

import uuid
from typing import Annotated, Any

import msgspec
import pytest

from ultrafox import path
from ultrafox.binding import BODY, REQUEST, Binding, Take, bind
from ultrafox.exceptions import DeclarationError
from ultrafox.params import Body, Cookie, Header, Path, Query
from ultrafox.signature import read


class Item(msgspec.Struct):
    name: str


def bound(handler: Any, template: str = "/", method: str = "GET") -> Binding:
    return bind(read(handler, {}, returns=False), path.parse(template), method)


def refusal(*arguments: Any) -> str:
    with pytest.raises(DeclarationError) as refused:
        bound(*arguments)
    assert __file__ in str(refused.value)
    return str(refused.value)


def test_places():
    def handler(request, id: int, item: Item, q: str, *, loud: bool = False): ...

    binding = bound(handler, "/{id}", "PUT")
    assert binding.places == (REQUEST, 0, BODY, 1, 2)
    assert [param.source for param in binding.params] == ["path", "query", "query"]
    assert binding.defaults == (None, None, False)
    assert binding.body is not None and binding.body.required
    assert binding.direct and binding.slots[4].keyword_only and binding.slots[4].source == Take(2)


def test_names_on_the_wire():
    def handler(
        x_token: Annotated[str, Header()],
        key: Annotated[str, Header("X_API-Key")],
        session_id: Annotated[str, Cookie()],
        from_: Annotated[str, Query(alias="from")],
        user: Annotated[int, Path(alias="user_id")],
    ): ...

    names = [param.name for param in bound(handler, "/{user_id}").params]
    assert names == ["x-token", "x_api-key", "session_id", "from", "user_id"]


def test_required():
    def handler(a: int, b: int = 1, c: int | None = None, d: Annotated[int, Path()] = Ellipsis, e: int = 3): ...

    handler.__defaults__ = (1, None, 4, 5)
    required = {param.name: param.required for param in bound(handler, "/{d}/{e}").params}
    assert required == {"a": True, "b": False, "c": False, "d": True, "e": True}


def test_converters_give_an_unannotated_argument_its_type():
    def handler(n, u, s, p, plain): ...

    params = bound(handler, "/{int:n}/{uuid:u}/{slug:s}/{plain}/{path:p}").params
    assert [(param.kinds, param.converter) for param in params] == [
        (("int",), "int"),
        (("uuid",), "uuid"),
        (("str",), "slug"),
        (("str",), "path"),
        (("str",), None),
    ]


def test_an_annotation_is_stronger_than_a_converter():
    def handler(n: str, u: uuid.UUID): ...

    assert [param.kinds for param in bound(handler, "/{int:n}/{u}").params] == [("str",), ("uuid",)]


def test_a_get_with_a_body_that_is_meant():
    def handler(item: Item = Body()): ...

    assert bound(handler).body is not None


class TestRefused:
    def test_a_path_that_the_handler_does_not_take(self):
        def handler(user_idd: int): ...

        said = refusal(handler, "/{user_id}")
        assert "expected an argument `user_id`" in said
        assert "Did you mean `user_idd`?" in said

    def test_a_parameter_that_the_path_does_not_have(self):
        def handler(user_idd: int = Path()): ...

        assert "expected `{user_idd}` in the path, given /{user_id}. Did you mean `user_id`?" in refusal(
            handler, "/{user_id}"
        )

    def test_a_default_for_what_is_always_there(self):
        def handler(id: int = Path(default=1)): ...

        assert "always there, given the default 1" in refusal(handler, "/{id}")

    def test_a_schema_in_the_path(self):
        def handler(item: Item): ...

        assert "expected a scalar for a parameter of the path" in refusal(handler, "/{item}")

    @pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE"])
    def test_bodies_where_there_is_none(self, method):
        def handler(item: Item): ...

        assert f"a {method} request has no body, given Item" in refusal(handler, "/", method)
