from __future__ import annotations

import functools
import sys
from types import ModuleType

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.middleware.common import CommonMiddleware
from django.utils.decorators import async_only_middleware, sync_and_async_middleware

from ultrafox.exceptions import DeclarationError
from ultrafox.middleware import (
    Layer,
    Middleware,
    cost_notice,
    declared_layers,
    declared_skips,
    layer,
    layers,
    middleware,
    remaining,
    settings_layers,
    skip_middleware,
    stack,
)
from ultrafox.middleware.project import django_layers

HERE = "tests.py:1: API"


def around(request, call_next):
    return call_next(request)


async def around_async(request, call_next):
    return await call_next(request)


def factory(get_response):
    return get_response


class RateLimitMiddleware:
    def __init__(self, get_response, rate=1):
        self.get_response, self.rate = get_response, rate

    def __call__(self, request): ...


class Waiting:
    def __init__(self, get_response): ...

    async def __call__(self, request): ...


class TestForms:
    @pytest.mark.parametrize(
        ("given", "wraps", "modes"),
        [
            (around, True, (True, False)),
            (around_async, True, (False, True)),
            (factory, False, (True, False)),
            (sync_and_async_middleware(lambda get_response: get_response), False, (True, True)),
            (async_only_middleware(lambda get_response: get_response), False, (False, True)),
            (RateLimitMiddleware, False, (True, False)),
            (Waiting, False, (False, True)),
            (CommonMiddleware, False, (True, True)),
            ("django.middleware.common.CommonMiddleware", False, (True, True)),
        ],
    )
    def test_each(self, given, wraps, modes):
        found = layer(given, HERE)
        assert (found.wraps, found.modes) == (wraps, modes)

    def test_own_classes(self):
        class Sync(Middleware):
            def process_request(self, request): ...

        class Async(Middleware):
            async def process_response(self, request, response): ...

        class Below(Async):
            pass

        assert [layer(one, HERE).modes for one in (Sync, Async, Below)] == [(True, False), (False, True), (False, True)]

    def test_an_object_that_is_called(self):
        class Caller:
            def __call__(self, request, call_next): ...

        found = layer(Caller(), HERE)
        assert found.wraps and found.name.endswith("Caller")

    @pytest.mark.parametrize(
        "given",
        [
            (RateLimitMiddleware, {"rate": 5}),
            functools.partial(RateLimitMiddleware, rate=5),
            functools.partial(functools.partial(RateLimitMiddleware, rate=4), rate=5),
            (f"{__name__}.RateLimitMiddleware", {"rate": 5}),
            (functools.partial(RateLimitMiddleware, rate=4), {"rate": 5}),
        ],
    )
    def test_options(self, given, monkeypatch):
        monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or _this())
        found = layer(given, HERE)
        assert found.make(factory).rate == 5
        assert found.name.endswith(".RateLimitMiddleware")

    def test_options_of_functions(self):
        def limited(request, call_next, rate): ...

        assert layer((limited, {"rate": 5}), HERE).wraps
        made = layer((lambda request, call_next, rate: rate, {"rate": 5}), HERE).make(factory)
        assert made(None) == 5

    def test_a_layer_is_itself(self):
        found = layer(around, HERE)
        assert layer(found, HERE) is found
        assert found == layer(around, HERE) and layer((factory, {"a": 1}), HERE) != layer(factory, HERE)

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            (5, "expected a middleware: a class, a dotted name"),
            (None, "expected a middleware"),
            ("no.such.Thing", "expected the dotted name of a middleware, given 'no.such.Thing'"),
            ("nodots", "given 'nodots'"),
            ((around,), "expected (middleware, {"),
            ((around, 5), "expected (middleware, {"),
            (lambda: 1, "expected a middleware that takes (request, call_next) or (get_response)"),
            (lambda a, b, c: 1, "given"),
        ],
    )
    def test_refused(self, given, said):
        with pytest.raises(DeclarationError) as refused:
            layer(given, HERE)
        assert str(refused.value).startswith(HERE) and said in str(refused.value)

    def test_neither_mode(self):
        class Neither(RateLimitMiddleware):
            sync_capable = async_capable = False

        with pytest.raises(DeclarationError, match="sync_capable or async_capable"):
            layer(Neither, HERE)

    @pytest.mark.parametrize("given", ["a.B", 5, {"a": 1}])
    def test_no_list(self, given):
        with pytest.raises(DeclarationError, match="expected a list for `middleware`"):
            layers(given, HERE)

    def test_lists(self):
        assert layers(None, HERE) == () == layers([], HERE)
        assert [one.target for one in layers([around, factory], HERE)] == [around, factory]

    def test_a_factory_that_gives_nothing(self):
        with pytest.raises(ImproperlyConfigured, match="given None"):
            layer(lambda get_response: None, HERE).make(factory)


def _this():
    module = ModuleType(__name__)
    module.RateLimitMiddleware = RateLimitMiddleware
    return module


class TestNames:
    def test_each(self):
        assert layer(RateLimitMiddleware, HERE).names == {
            f"{__name__}.RateLimitMiddleware",
            *("RateLimitMiddleware", "rate_limit", "ratelimit", "rate-limit"),
        }
        assert {"around", f"{__name__}.around"} <= layer(around, HERE).names
        for name, slug in [("CorsMiddleware", "cors"), ("JWTAuth", "jwt_auth"), ("Middleware", "middleware")]:
            assert slug in Layer(type(name, (), {})).names

    @pytest.mark.parametrize(
        "skipped", ["*", "rate_limit", "RateLimitMiddleware", f"{__name__}.RateLimitMiddleware", RateLimitMiddleware]
    )
    def test_skipped(self, skipped):
        given = layers([around, RateLimitMiddleware, (RateLimitMiddleware, {"rate": 2})], HERE)
        left = remaining(given, [skipped])
        assert [one.target for one in left] == ([] if skipped == "*" else [around])

    def test_not_skipped(self):
        given = layers([around, factory], HERE)
        assert remaining(given, ["cors", RateLimitMiddleware]) == given == remaining(given, [])

    def test_a_stack_holds_each_once(self):
        one, two, three = layers([around, factory, (factory, {"a": 1})], HERE)
        assert stack([one, two], [two, three, one]) == (one, two, three)


class TestDeclared:
    def test_the_highest_decorator_is_the_outermost(self):
        @middleware(around)
        @middleware(factory, RateLimitMiddleware)
        def handler(request): ...

        assert [one.target for one in declared_layers(handler)] == [around, factory, RateLimitMiddleware]
        assert declared_skips(handler) == ()

    def test_skips(self):
        @skip_middleware("cors")
        @skip_middleware(RateLimitMiddleware, "*")
        def handler(request): ...

        assert declared_skips(handler) == (RateLimitMiddleware, "*", "cors")

    def test_below_other_decorators(self):
        @middleware(around)
        def handler(request): ...

        assert [one.target for one in declared_layers(functools.partial(handler))] == [around]

    def test_refused_with_its_place(self):
        with pytest.raises(DeclarationError, match=r"test_middleware_layer.py:\d+: handler .*expected a middleware"):
            middleware(5)(around)
        with pytest.raises(DeclarationError, match="given nothing"):
            skip_middleware()
        with pytest.raises(DeclarationError, match="given 5"):
            skip_middleware(5)


SESSION = "django.contrib.sessions.middleware.SessionMiddleware"
AUTH = "django.contrib.auth.middleware.AuthenticationMiddleware"
COMMON = "django.middleware.common.CommonMiddleware"
CSRF = "django.middleware.csrf.CsrfViewMiddleware"
GZIP = "django.middleware.gzip.GZipMiddleware"
LOGIN = "django.contrib.auth.middleware.LoginRequiredMiddleware"
REDIRECTS = "django.middleware.common.BrokenLinkEmailsMiddleware"


def names(found):
    return [one.name for one in found]


class TestSettings:
    def test_djangos_own_do_not_run(self):
        assert settings_layers([SESSION, COMMON, CSRF, AUTH, GZIP], ()) == ()

    def test_others_run_in_their_order(self):
        assert names(settings_layers([LOGIN, SESSION, COMMON, AUTH, REDIRECTS, CSRF], ())) == [LOGIN, REDIRECTS]

    def test_skipped(self):
        assert settings_layers([SESSION, AUTH, LOGIN], [LOGIN]) == ()
        assert names(settings_layers([LOGIN, REDIRECTS], [LOGIN])) == [REDIRECTS]

    def test_the_rest_is_for_djangos_own_views(self):
        installed = [GZIP, SESSION, COMMON, AUTH, LOGIN, CSRF, REDIRECTS]
        around = names(settings_layers(installed, [REDIRECTS]))
        beside = names(django_layers(installed, [REDIRECTS]))
        assert (around, beside) == ([LOGIN], [COMMON, CSRF, REDIRECTS])

    def test_a_name_that_is_not_there(self):
        with pytest.raises(
            ImproperlyConfigured, match=r"settings.MIDDLEWARE: expected the dotted name .*'shop.Nothing'"
        ):
            settings_layers(["shop.Nothing"], ())

    def test_the_notice(self):
        assert cost_notice((), 5) is None
        said = cost_notice(settings_layers([LOGIN], ()), 5)
        assert f"{LOGIN} run around 5 operations" in said and '"SKIP"' in said
