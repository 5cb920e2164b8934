"""From a declaration to an operation's plan and call."""

from __future__ import annotations

import msgspec
import pytest
from django.test import override_settings

from ultrafox import API, Depends, HttpError, JSONRenderer, no_compress
from ultrafox.conf import Settings
from ultrafox.exceptions import DeclarationError, RequestValidationError
from ultrafox.plan import Plan, compile_apis
from ultrafox.runner import Runner


class Item(msgspec.Struct):
    name: str
    note: str | None = None


def around(request, call_next):
    return call_next(request)


def compiled(api, **options):
    whole = compile_apis([api], Settings(**options.pop("settings", {})), **options)
    operations = msgspec.json.decode(whole.plan, type=Plan).operations
    return {
        (operation.method, operation.path): (operation, call)
        for operation, call in zip(operations, whole.calls, strict=True)
    }


class TestFunction:
    def test_the_users_own_where_nothing_is_around_it(self, operation):
        def handler(request, id: int): ...

        plan, call = operation(handler, "/{id}")
        assert (call.function, call.mode, call.arguments, plan.keeps_body) == (handler, "pool", (-1, 0), True)

    def test_a_runner_where_more_is_asked_for(self, operation):
        def needed(q: str): ...

        def handler(id: int, *, a=Depends(needed)): ...

        plan, call = operation(handler, "/{id}")
        assert (call.function.__func__, call.mode) == (Runner.run, "pool")
        assert (call.arguments, call.keywords) == ((-1, 0, 1), ())
        assert [param.name for param in plan.params] == ["id", "q"]

    def test_async_dependencies_make_it_a_task(self, operation):
        async def needed(): ...

        def handler(a=Depends(needed)): ...

        assert operation(handler)[1].mode == "async"
        with pytest.raises(DeclarationError, match=r"`inline=True` is for handlers that never wait, given async dep"):
            operation(handler, inline=True)

    def test_middleware_is_around_all_of_it(self, operation):
        def handler(): ...

        _, call = operation(handler, middleware=[around])
        assert call.function is not handler and call.arguments == (-1,)
        with pytest.raises(DeclarationError, match=r"around.*@skip_middleware"):
            operation(handler, inline=True, middleware=[around])

    def test_overrides_stand_in(self):
        def needed(): ...

        def other(word: str): ...

        api = API(openapi=False)
        api.get("/")(lambda a=Depends(needed): a)
        ((plan, _),) = compiled(api, overrides={needed: other}).values()
        assert [param.name for param in plan.params] == ["word"]

    def test_settings_middleware_only_where_the_door_does_not_run_it(self):
        def handler(): ...

        def functions(layered):
            api = API(openapi=False)
            api.get("/")(handler)
            with override_settings(MIDDLEWARE=["project.middleware.ThirdParty"]):
                return [call.function is handler for _, call in compiled(api, layered=layered).values()]

        assert (functions(False), functions(True)) == ([True], [False])


class TestKeepsRequest:
    def test_where_somebody_may_look_at_it(self, operation, operations):
        def handler(): ...

        assert operation(handler)[1].keeps_request is False
        assert operation(handler, renderers=[JSONRenderer()])[1].keeps_request is True
        api = API(openapi=False)
        api.get("/")(handler)
        assert [call.keeps_request for _, call in compiled(api, settings={"debug": True}).values()] == [True]
        api = API(openapi=False)
        api.get("/")(handler)
        api.add_exception_handler(HttpError, lambda request, error: None)
        assert [call.keeps_request for _, call in operations(api)] == [True]

    @pytest.mark.parametrize(
        ("kind", "hears"), [(RequestValidationError, True), (422, True), (HttpError, False), (KeyError, False)]
    )
    def test_parameters_that_do_not_fit_are_heard_of(self, operations, kind, hears):
        api = API(openapi=False)
        api.get("/")(lambda n=1: n)
        api.add_exception_handler(kind, lambda request, error: None)
        [(plan, _)] = operations(api)
        assert plan.hears_faults is hears


class TestReply:
    def test_media_types_to_choose_from(self, operation):
        def handler() -> Item: ...

        assert operation(handler)[0].produces == ("application/json", "application/msgpack")
        assert operation(handler, renderers=[JSONRenderer()])[0].produces == ("application/json",)
        assert operation(handler, response=None)[0].produces == ()

    def test_what_is_left_out(self, operation):
        def handler() -> Item: ...

        _, call = operation(handler, exclude_none=True)
        assert call.finish(Item("a"), 0, None)[2] == b'{"name":"a"}'
        _, call = operation(handler)
        assert call.finish(Item("a"), 0, None)[2] == b'{"name":"a","note":null}'

    @pytest.mark.parametrize(
        ("whole", "own", "noted", "expected"),
        [
            (True, None, False, True),
            (True, False, False, False),
            (True, True, True, False),
            (False, None, False, False),
            (False, True, False, True),
        ],
    )
    def test_compression(self, operations, whole, own, noted, expected):
        def handler(): ...

        api = API(openapi=False, compression=whole)
        options = {} if own is None else {"compress": own}
        api.get("/", **options)(no_compress(handler) if noted else handler)
        [(plan, _)] = operations(api)
        assert plan.compress is expected


class TestBody:
    def test_its_limit_and_media_types(self, operation):
        def handler(item: Item): ...

        plan, call = operation(handler, method="POST", max_body=10)
        assert (plan.body_limit, plan.body.consumes) == (10, ("application/json", "application/msgpack"))
        assert len(call.decoders) == 2 and plan.keeps_body is False

    @pytest.mark.parametrize("wrong", [0, -1, True, "1", 1.5])
    def test_limits_that_are_none(self, operation, wrong):
        with pytest.raises(DeclarationError, match="expected bytes above 0 for `max_body`"):
            operation(lambda: None, max_body=wrong)
