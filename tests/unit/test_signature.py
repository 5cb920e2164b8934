"""With texts as annotations; `test_signature_evaluated.py` has annotations that are evaluated."""

from __future__ import annotations

import functools
import uuid
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import pytest
from django.http import HttpRequest, HttpResponse

from project.library.models import Book
from ultrafox import Request
from ultrafox.exceptions import DeclarationError
from ultrafox.markers import MISSING
from ultrafox.params import Body, Cookie, Header, Path, Query
from ultrafox.signature import UNANNOTATED, read

if TYPE_CHECKING:
    from elsewhere import Unknown

Limit = Annotated[int, Query(ge=1, le=100)]


class Item(msgspec.Struct):
    name: str


def arguments(handler: Any, **names: Any) -> dict[str, Any]:
    return {argument.name: argument for argument in read(handler, names, returns=True).arguments}


def refusal(handler: Any) -> str:
    with pytest.raises(DeclarationError) as refused:
        read(handler, {}, returns=True)
    assert str(refused.value).startswith(f"{__file__}:{handler.__code__.co_firstlineno}: handler `")
    return str(refused.value)


def test_kinds():
    def handler(a: str, b: int, c: float, d: bool, e: uuid.UUID): ...

    kinds = [argument.scalar.kinds for argument in arguments(handler).values()]
    assert kinds == [("str",), ("int",), ("float",), ("bool",), ("uuid",)]


def test_roles():
    def handler(request, item: Item, q: str, *, key: Annotated[str, Header()], data: Annotated[Any, Body()]): ...

    found = arguments(handler)
    assert [argument.role for argument in found.values()] == ["request", "body", "param", "param", "body"]
    assert [argument.keyword_only for argument in found.values()] == [False, False, False, True, True]


@pytest.mark.parametrize("annotation", [Request, HttpRequest])
def test_the_request_by_annotation(annotation):
    def handler(asked): ...

    handler.__annotations__ = {"asked": annotation}
    assert arguments(handler)["asked"].role == "request"


def test_the_context_and_a_response():
    class Context: ...

    Context.__module__ = "ultrafox.context"

    def handler(ctx, b: Context, c: HttpResponse, d: Response): ...  # noqa: F821

    names = {"Context": Context, "HttpResponse": HttpResponse, "Response": type("Response", (HttpResponse,), {})}
    assert [one.role for one in arguments(handler, **names).values()] == ["ctx", "ctx", "response", "response"]


def test_a_parameter_may_be_named_ctx():
    def handler(ctx: int): ...

    assert arguments(handler)["ctx"].role == "param"


def test_the_request_needs_no_annotation_that_can_be_evaluated():
    def handler(request: Unknown): ...

    assert arguments(handler)["request"].role == "request"


def test_defaults():
    def handler(
        a: int, b: int = 1, c: int | None = None, d: str | None = "x", e: int | None = Query(ge=1), f: int = Query(7)
    ): ...

    found = arguments(handler)
    assert [found[name].default for name in "abcdef"] == [MISSING, 1, None, "x", None, 7]


def test_the_default_of_the_signature_wins():
    def handler(a: Annotated[int, Query(default=6)] = 7, b: Annotated[int, Query(default=6)] = 6): ...

    assert arguments(handler)["a"].default == 7


def test_without_annotation_the_default_has_the_type():
    def handler(a, b=1, c=2.5, d=True, e="x", f=None): ...

    found = arguments(handler)
    assert [found[name].annotation for name in "abcdef"] == [str, int, float, bool, str, str]
    assert found["a"].scalar is None


def test_constraints_of_marks_and_of_meta():
    def handler(
        a: Limit,
        b: Annotated[int, msgspec.Meta(gt=0), Query(lt=5)],
        c: Annotated[str, msgspec.Meta(min_length=1, pattern="x")],
        d: Annotated[str | None, Cookie(max_length=3)] = None,
    ): ...

    found = {name: argument.scalar.constraints for name, argument in arguments(handler).items()}
    assert (found["a"].ge, found["a"].le) == (1, 100)
    assert (found["b"].gt, found["b"].lt) == (0, 5)
    assert (found["c"].min_length, found["c"].pattern) == (1, "x")
    assert found["d"].max_length == 3


def test_a_bare_marker():
    def handler(a: Annotated[int, Header], b: str = Query): ...

    found = arguments(handler)
    assert [found[name].mark.source for name in "ab"] == ["header", "query"]


def test_names_that_are_visible_where_the_handler_stands():
    def handler(item: Local): ...  # noqa: F821

    assert arguments(handler, Local=Item)["item"].role == "body"


def test_return_annotations():
    def handler() -> list[Item]: ...

    def broken() -> Unknown: ...

    assert read(handler, {}, returns=True).returns == list[Item]
    assert read(handler, {}, returns=False).returns is UNANNOTATED
    assert read(broken, {}, returns=False).returns is UNANNOTATED
    assert "`Unknown`" in refusal(broken)


def test_decorated_partial_and_bound():
    def plain(request, a: int, b: str): ...

    @functools.wraps(plain)
    def wrapper(*args: Any, **kwargs: Any): ...

    class Handler:
        def method(self, a: int): ...

        async def __call__(self, b: float): ...

    assert list(arguments(wrapper)) == ["request", "a", "b"]
    assert list(arguments(functools.partial(plain, None))) == ["a", "b"]
    assert arguments(Handler().method)["a"].scalar.kinds == ("int",)
    assert arguments(Handler())["b"].scalar.kinds == ("float",)


class TestRefused:
    def test_anything_by_any_name(self):
        def args(*args: int): ...

        def kwargs(**kwargs: int): ...

        assert "functools.wraps" in refusal(args)
        assert "expected arguments by name" in refusal(kwargs)

    @pytest.mark.parametrize("annotation", ["bytes", "complex", "Book", "range"])
    def test_what_is_neither_scalar_nor_schema(self, annotation):
        def handler(a): ...

        handler.__annotations__ = {"a": annotation}
        said = refusal(handler)
        assert "argument `a`: expected str, int, float, bool, UUID" in said
        assert annotation.split(" ")[0] in said

    def test_models_come_with_a_cure(self):
        def model(a: Book): ...

        assert "Declare a msgspec.Struct" in refusal(model)

    def test_two_marks(self):
        def handler(a: Annotated[int, Query()] = Header()): ...

        assert "given 2 of them" in refusal(handler)

    def test_a_marker_in_the_place_of_a_type(self):
        def handler(a: Query): ...

        assert "expected a type, given Query, which" in refusal(handler)
        assert "Say a: Annotated[str, Query]." in refusal(handler)

    def test_unknown_metadata(self):
        def handler(a: Annotated[int, range(3)]): ...

        assert "in Annotated, given range(0, 3)" in refusal(handler)

    def test_texts_beside_a_type_are_for_people(self):
        def handler(a: Annotated[int, "the page"]): ...

        assert arguments(handler)["a"].scalar.kinds == ("int",)

    def test_constraints_that_do_not_fit_the_type(self):
        def bound(a: Annotated[str, Query(ge=1)]): ...

        def length(a: Annotated[int, Query(max_length=1)]): ...

        def value(a: Annotated[int, Query(ge="1")]): ...

        assert "`ge` is for int, float and Decimal, given str" in refusal(bound)
        assert "`max_length` is for str, files and lists, given int" in refusal(length)
        assert "expected int or float for `ge`, given '1'" in refusal(value)

    def test_a_body_under_the_name_of_the_request(self):
        def handler(request: Item): ...

        assert "Give the body another name" in refusal(handler)

    def test_path_with_a_path_marker_is_fine(self):
        def handler(a: int = Path(ge=1)): ...

        assert arguments(handler)["a"].mark.source == "path"
