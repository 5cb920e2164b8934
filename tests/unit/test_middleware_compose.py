from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.template import engines
from django.template.response import SimpleTemplateResponse
from django.test import RequestFactory
from django.utils.decorators import sync_and_async_middleware
from django.utils.deprecation import MiddlewareMixin

from ultrafox.middleware import Middleware, compose, layers


class Core:
    """A handler that notes when it runs."""

    def __init__(self, is_async=False, value="body", error=None, log=None):
        self.is_async, self.value, self.error = is_async, value, error
        self.log = log if log is not None else []
        self.explained = []
        self.thread = None

    def function(self, request): ...

    def call(self, request):
        return self._call_async(request) if self.is_async else self._call(request)

    def _call(self, request):
        self.log.append("handler")
        self.thread = threading.get_ident()
        if self.error:
            raise self.error
        return self.value

    async def _call_async(self, request):
        await asyncio.sleep(0)
        return self._call(request)

    def finish(self, value, request):
        if isinstance(value, Exception):
            raise value
        return value if isinstance(value, HttpResponse) else HttpResponse(str(value))

    def explain(self, error, request):
        self.explained.append(error)
        return HttpResponse(type(error).__name__, status=500)


def run(given, core, request=None):
    chain = compose(layers(given, "here"), core)
    request = request or RequestFactory().get("/")
    if not core.is_async:
        return chain(request)

    async def inside():
        return await chain(request)

    return asyncio.run(inside())


def noted(name, log, waits=False):
    def around(request, call_next):
        log.append(f"{name} in")
        response = call_next(request)
        log.append(f"{name} out {response.status_code}")
        return response

    async def around_async(request, call_next):
        log.append(f"{name} in")
        response = await call_next(request)
        log.append(f"{name} out {response.status_code}")
        return response

    return around_async if waits else around


BOTH = pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])


class TestOrder:
    def test_without_layers(self):
        assert run([], Core()).content == b"body"
        assert run([], Core(is_async=True)).content == b"body"

    @BOTH
    @pytest.mark.parametrize("modes", [(False, False), (True, True), (False, True), (True, False)])
    def test_from_the_outside_inwards(self, is_async, modes):
        log = []
        core = Core(is_async, log=log)
        run([noted("a", log, modes[0]), noted("b", log, modes[1])], core)
        assert log == ["a in", "b in", "handler", "b out 200", "a out 200"]

    def test_a_sync_handler_stays_on_its_thread(self):
        core = Core()
        run([noted("a", [], True), noted("b", []), noted("c", [], True)], core)
        assert core.thread == threading.get_ident()

    @BOTH
    def test_a_layer_may_answer_by_itself(self, is_async):
        core = Core(is_async)
        assert run([lambda request, call_next: HttpResponse("no", status=403)], core).status_code == 403
        assert core.log == []

    @BOTH
    def test_every_request_goes_through(self, is_async):
        log = []
        chain = compose(layers([noted("a", log)], "here"), Core(is_async))

        async def twice():
            return [await chain(None), await chain(None)]

        asyncio.run(twice()) if is_async else [chain(None), chain(None)]
        assert log == ["a in", "a out 200"] * 2


class TestDjangoMiddleware:
    @BOTH
    def test_of_django_itself(self, is_async):
        assert run([XFrameOptionsMiddleware], Core(is_async))["X-Frame-Options"] == "DENY"

    @BOTH
    def test_the_mixin(self, is_async):
        log = []

        class Both(MiddlewareMixin):
            def process_request(self, request):
                log.append("request")

            def process_response(self, request, response):
                log.append("response")
                return response

        run([Both], Core(is_async, log=log))
        assert log == ["request", "handler", "response"]

    @BOTH
    def test_a_factory_of_both_modes_is_not_adapted(self, is_async):
        seen = []

        @sync_and_async_middleware
        def factory(get_response):
            waits = _waits(get_response)
            seen.append(waits)
            return noted_around(get_response, waits)

        run([factory, noted("a", [], is_async)], Core(is_async))
        assert seen == [is_async]

    @BOTH
    def test_one_that_takes_itself_out(self, is_async):
        class Unused:
            def __init__(self, get_response):
                raise MiddlewareNotUsed("not here")

        log = []
        run([noted("a", log), Unused, noted("b", log)], Core(is_async))
        assert log == ["a in", "b in", "b out 200", "a out 200"]

    @BOTH
    def test_process_view(self, is_async):
        seen = []

        class First(MiddlewareMixin):
            def process_view(self, request, function, arguments, keywords):
                seen.append(("first", function.__name__, arguments, keywords))

        class Second(MiddlewareMixin):
            async def process_view(self, request, function, arguments, keywords):
                seen.append("second")
                return HttpResponse("instead")

        class Third(MiddlewareMixin):
            def process_view(self, *_):
                seen.append("third")

        request = RequestFactory().get("/")
        request.resolver_match = SimpleNamespace(kwargs={"id": 5})
        core = Core(is_async)
        assert run([First, Second, Third], core, request).content == b"instead"
        assert seen == [("first", "function", (), {"id": 5}), "second"]
        assert core.log == []

    @BOTH
    def test_process_exception_from_the_inside(self, is_async):
        seen = []

        def watcher(name, answer):
            class Watcher(MiddlewareMixin):
                def process_exception(self, request, error):
                    seen.append((name, type(error)))
                    return answer

            return Watcher

        core = Core(is_async, error=KeyError())
        response = run([watcher("a", None), watcher("b", HttpResponse("saved")), watcher("c", None)], core)
        assert response.content == b"saved"
        assert seen == [("c", KeyError), ("b", KeyError)]
        assert core.explained == []

    @BOTH
    def test_process_template_response(self, is_async):
        template = engines["django"].from_string("Hello {{ name }}")

        class Naming(MiddlewareMixin):
            def process_template_response(self, request, response):
                response.context_data["name"] += "!"
                return response

        core = Core(is_async, value=SimpleTemplateResponse(template, {"name": "Ann"}))
        assert run([Naming], core).content == b"Hello Ann!"

    @BOTH
    def test_a_template_that_breaks(self, is_async):
        class Saving(MiddlewareMixin):
            def process_exception(self, request, error):
                return HttpResponse("saved")

        core = Core(is_async, value=SimpleTemplateResponse("no/such/template.html"))
        assert run([Saving], core).content == b"saved"


def _waits(function):
    from ultrafox.middleware.layer import is_async

    return is_async(function)


def noted_around(get_response, waits):
    if waits:

        async def inner_async(request):
            return await get_response(request)

        return inner_async
    return lambda request: get_response(request)


class TestOwn:
    @BOTH
    def test_a_class_with_options(self, is_async):
        class Tagging:
            def __init__(self, get_response, tag="none"):
                self.get_response, self.tag = get_response, tag

            def __call__(self, request):
                response = self.get_response(request)
                response["X-Tag"] = self.tag
                return response

        assert run([(Tagging, {"tag": "blue"})], Core(is_async))["X-Tag"] == "blue"

    @BOTH
    def test_a_class_that_waits(self, is_async):
        class Tagging:
            def __init__(self, get_response):
                self.get_response = get_response

            async def __call__(self, request):
                response = await self.get_response(request)
                response["X-Tag"] = "blue"
                return response

        assert run([Tagging], Core(is_async))["X-Tag"] == "blue"

    @BOTH
    @pytest.mark.parametrize("waits", [False, True])
    def test_hooks(self, is_async, waits):
        log = []

        class Sync(Middleware):
            def process_request(self, request):
                log.append(self.name)

            def process_response(self, request, response):
                response["X-Name"] = self.name

        class Async(Middleware):
            async def process_request(self, request):
                log.append(self.name)

            def process_response(self, request, response):
                response["X-Name"] = self.name
                return response

        response = run([(Async if waits else Sync, {"name": "ann"})], Core(is_async))
        assert (log, response["X-Name"]) == (["ann"], "ann")

    @BOTH
    def test_django_bolts_shape(self, is_async):
        class Timing(Middleware):
            async def process_request(self, request):
                response = await self.get_response(request)
                response["X-Time"] = "1"
                return response

        core = Core(is_async)
        assert run([Timing], core)["X-Time"] == "1"
        assert core.log == ["handler"]

    @BOTH
    def test_process_exception(self, is_async):
        class Saving(Middleware):
            async def process_exception(self, request, exc):
                return HttpResponse("saved") if isinstance(exc, KeyError) else None

        assert run([Saving], Core(is_async, error=KeyError())).content == b"saved"
        assert run([Saving], Core(is_async, error=ValueError())).status_code == 500


class Awaited(Core):
    """A core whose errors and values are to be awaited."""

    async def explain(self, error, request):
        await asyncio.sleep(0)
        return Core.explain(self, error, request)

    async def finish(self, value, request):
        await asyncio.sleep(0)
        return Core.finish(self, value, request)


class TestErrors:
    @pytest.mark.parametrize("waits", [False, True])
    def test_that_are_to_be_awaited(self, waits):
        def broken(request, call_next):
            raise OSError

        assert run([noted("a", [], waits)], Awaited(True, error=KeyError())).content == b"KeyError"
        assert run([noted("a", [], waits), broken], Awaited(True)).content == b"OSError"
        assert run([noted("a", [], waits)], Awaited(True)).content == b"body"

    @BOTH
    def test_the_next_layer_gets_a_response(self, is_async):
        log = []
        core = Core(is_async, error=KeyError("x"))
        response = run([noted("a", log), noted("b", log, True)], core)
        assert (response.content, len(core.explained)) == (b"KeyError", 1)
        assert log == ["a in", "b in", "b out 500", "a out 500"]

    @BOTH
    @pytest.mark.parametrize("waits", [False, True])
    def test_of_a_layer(self, is_async, waits):
        def broken(request, call_next):
            raise OSError

        async def broken_async(request, call_next):
            raise OSError

        log = []
        core = Core(is_async, log=log)
        assert run([noted("a", log), broken_async if waits else broken], core).content == b"OSError"
        assert log == ["a in", "a out 500"]

    @BOTH
    def test_of_the_reply(self, is_async):
        core = Core(is_async, value=TypeError("no reply"))
        assert run([], core).content == b"TypeError"

    @BOTH
    @pytest.mark.parametrize("given", [None, {"a": 1}, "text"])
    def test_a_layer_that_gives_no_response(self, is_async, given):
        def forgetful(request, call_next):
            call_next(request)
            return given

        core = Core(is_async)
        assert run([forgetful], core).status_code == 500
        assert "Expected a response from the middleware" in str(core.explained[0])
        assert "forgetful" in str(core.explained[0])

    def test_a_layer_that_forgets_to_await(self):
        async def inner(request):
            return HttpResponse()

        core = Core()
        assert run([lambda get_response: inner], core).status_code == 500
        assert "a coroutine that nobody awaits" in str(core.explained[0])

    @BOTH
    def test_what_is_no_exception_goes_on(self, is_async):
        with pytest.raises(asyncio.CancelledError):
            run(
                [noted("a", [])] if not is_async else [noted("a", [], True)],
                Core(is_async, error=asyncio.CancelledError()),
            )
