from __future__ import annotations

import functools
import inspect
from typing import Any

import msgspec
import pytest
from asgiref.sync import sync_to_async

from project.library.models import Book
from ultrafox import API
from ultrafox.exceptions import DeclarationError


class Item(msgspec.Struct):
    name: str


class Twice(msgspec.Struct):
    name: str


SENT = (b'{"name":"a"}', msgspec.msgpack.encode({"name": "a"}))


async def later(request, item: Item | None = None, *, q: str = "x") -> Item: ...


def refusal(handler: Any, path: str = "/", **options: Any) -> str:
    with pytest.raises(DeclarationError) as refused:
        API().get(path, **options)(handler)
    return str(refused.value)


def at_start(operation, handler: Any, path: str = "/", **options: Any) -> str:
    with pytest.raises(DeclarationError) as refused:
        operation(handler, path, **options)
    return str(refused.value)


def test_what_rust_gets(operation):
    plan, call = operation(later, "/x", method="POST", status_code=201)
    assert (plan.method, plan.path, plan.label) == ("POST", "/x", f"{__name__}.later")
    assert (plan.body.required, plan.keeps_body) == (False, False)
    assert (call.function, call.mode, call.status) == (later, "async", 201)
    assert (call.arguments, call.keywords, call.defaults, call.body_default) == ((-1, -2, 0), ("q",), ("x",), None)
    assert call.shape == ("struct", Item, (("name", ("exact", (str,))),))
    assert plan.body.consumes == ("application/json", "application/msgpack")
    assert [decode(sent) for decode, sent in zip(call.decoders, SENT, strict=True)] == [Item("a")] * 2
    assert (call.makes, call.choices, call.exact, call.keeps_request) == ((None,), (None,), None, False)


def test_decode_is_the_bare_function(operation):
    _, call = operation(later, method="POST")
    assert [inspect.isbuiltin(decode) for decode in call.decoders] == [True, True]


def test_a_body_is_kept_where_the_handler_may_look_at_it(operation):
    def with_request(request): ...

    def without(): ...

    assert [operation(handler, method="POST")[0].keeps_body for handler in (with_request, without)] == [True, False]


def test_modes(operation):
    def plain(): ...

    async def coroutine(): ...

    class Handler:
        async def __call__(self): ...

    handlers = [plain, coroutine, functools.partial(coroutine), Handler(), sync_to_async(plain)]
    assert [operation(handler)[1].mode for handler in handlers] == ["pool", "async", "async", "async", "async"]
    assert operation(plain, inline=True)[1].mode == "inline"


def test_which_schema_the_reply_has(operation):
    def annotated() -> Item: ...

    def as_any() -> Any: ...

    def as_bytes() -> bytes: ...

    def model() -> Book: ...

    item = ("struct", Item, (("name", ("exact", (str,))),))
    assert operation(annotated)[1].shape == item
    assert operation(annotated, response=None)[1].shape is None
    assert operation(annotated, response=list[Item])[1].shape == ("list", item)
    assert operation(model, response_model=Item)[1].shape == item
    assert operation(model, response=None)[1].shape is None
    assert [operation(handler)[1].shape for handler in (as_any, as_bytes)] == [None, None]


def test_names():
    api = API()
    api.post("/a")(later)
    api.post("/b", name="mine")(later)
    api.post("/c", url_name="ours")(later)
    named = [operation.name for _, operation in api.freeze() if operation.method == "POST"]
    assert named == ["later", "mine", "ours"]


class TestRefused:
    @pytest.mark.parametrize(
        ("option", "cure"),
        [
            ("respones", "`response`"),
            ("status", "`status_code`"),
            ("in_line", "`inline`"),
            ("bogus", None),
        ],
    )
    def test_unknown_keywords(self, option, cure):
        said = refusal(later, **{option: 1})
        assert __file__ in said and f"given `{option}`." in said
        assert (f"Did you mean {cure}?" in said) if cure else ("Did you mean" not in said)

    @pytest.mark.parametrize("option", ["auth", "rate_limit", "idempotent", "cache", "guards", "timeout"])
    def test_keywords_of_a_later_version(self, option):
        assert f"given `{option}`, which is not served by this version yet." in refusal(later, **{option: 1})

    def test_generators(self):
        def generator():
            yield 1

        async def async_generator():
            yield 1

        class Handler:
            def __call__(self):
                yield 1

        for handler in (generator, async_generator, Handler(), functools.partial(generator)):
            assert "given a generator" in refusal(handler)

    def test_what_is_no_function(self):
        assert "expected a function as handler" in refusal(Item)
        assert "expected a function as handler" in refusal(5)

    def test_inline(self):
        def plain(): ...

        assert "`inline=True` is for `def` handlers" in refusal(later, inline=True)
        assert "expected True or False for `inline`, given 'yes'" in refusal(plain, inline="yes")

    def test_responses(self):
        assert "are the same, given both" in refusal(later, response=Item, response_model=Item)
        assert "are the same, given both" in refusal(later, name="a", url_name="b")
        for wrong in ([Item], "Item", (Item,)):
            assert "expected a type for `response`" in refusal(later, response=wrong)

    @pytest.mark.parametrize("status", [99, 100, 600, "200", True])
    def test_statuses(self, status):
        assert "expected a status from 200 to 599" in refusal(later, response=None, status_code=status)

    def test_a_body_where_the_status_has_none(self):
        assert "a reply of status 204 has no body, given the schema Item" in refusal(later, status_code=204)

    def test_schemas_that_nobody_knows(self, operation):
        def model() -> Book: ...

        def nested() -> dict[str, list[Book]]: ...

        def union(): ...

        assert "given Book" in at_start(operation, model)
        assert "response=None for none" in at_start(operation, model)
        assert "Book" in at_start(operation, nested)
        assert "is not supported" in at_start(operation, union, response=Item | Twice)

    def test_the_whole_path(self, operation, operations):
        assert f"{__file__}" in at_start(operation, later, "/{q}/{other}")
        api = API(prefix="/{q}")
        api.post("/{q}")(later)
        with pytest.raises(DeclarationError, match="names `q` twice"):
            operations(api)
