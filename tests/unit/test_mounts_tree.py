from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

import ninja
import pytest
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.template import engines
from django.template.response import SimpleTemplateResponse
from django.test import RequestFactory, override_settings
from django.urls import NoReverseMatch, get_urlconf, path, reverse
from django.views import View

from ultrafox.exceptions import DeclarationError
from ultrafox.mounts import is_ninja, mount_django, mount_ninja


def request(at="/api/old/a", rest="a", method="get", ran=True, **more):
    made = getattr(RequestFactory(), method)(at, HTTP_HOST="localhost", **more)
    made.resolver_match = SimpleNamespace(kwargs={"rest": rest} if rest is not None else {})
    made.django_ran = ran
    return made


def shown(request, **more):
    match = request.resolver_match
    return HttpResponse(f"{match.url_name} {match.kwargs} {request.path_info}")


async def waiting(request, n):
    await asyncio.sleep(0)
    return HttpResponse(f"waited {n}")


def links(request):
    return HttpResponse(f"{reverse('item', args=[5])} {reverse('admin:index')}")


def template(request):
    return SimpleTemplateResponse(engines["django"].from_string("{% url 'item' 7 %}"))


def missing(request):
    raise Http404("secret")


PATTERNS = [
    path("", shown, name="root"),
    path("a", shown, name="plain"),
    path("items/<int:n>/", shown, name="item"),
    path("wait/<int:n>", waiting),
    path("links", links),
    path("template", template),
    path("missing", missing),
    path("none", lambda request: None, name="none"),
]


def answer(rest="a", target=PATTERNS, **more):
    given = request(f"/api/old/{rest}", rest, **more)
    given._dont_enforce_csrf_checks = True
    return mount_django("/old", target)(given)


class TestPatterns:
    def test_a_view(self):
        assert answer().content == b"plain {} /api/old/a"
        assert answer("items/5/").content == b"item {'n': 5} /api/old/items/5/"

    @pytest.mark.parametrize("at", [("/api/old", None), ("/api/old/", "")])
    def test_the_root(self, at):
        assert mount_django("/old", PATTERNS)(request(*at)).content.startswith(b"root {}")

    def test_an_async_view(self):
        assert answer("wait/3").content == b"waited 3"

    def test_links_of_its_own_and_of_the_project(self):
        assert answer("links").content == f"/api/old/items/5/ {reverse('admin:index')}".encode()
        assert answer("template").content == b"/api/old/items/7/"

    def test_several_places(self):
        handler = mount_django("/old", PATTERNS)
        assert handler(request("/x/links", "links")).content.startswith(b"/x/items/5/")
        assert handler(request("/y (1)/links", "links")).content.startswith(b"/y%20(1)/items/5/")

    def test_nothing_is_left_behind(self):
        given = request("/api/old/links", "links")
        before = given.resolver_match
        mount_django("/old", PATTERNS)(given)
        assert given.resolver_match is before and not hasattr(given, "urlconf")
        assert get_urlconf() is None
        with pytest.raises(NoReverseMatch):
            reverse("item", args=[5])

    @pytest.mark.parametrize("rest", ["nothing", "missing", "admin/", "items/x/"])
    def test_404(self, rest):
        with pytest.raises(Http404):
            answer(rest)
        assert get_urlconf() is None

    def test_the_project_is_not_served_below_it(self):
        with pytest.raises(Http404) as raised:
            mount_django("/", PATTERNS)(request("/admin/", "admin/"))
        assert "secret" not in str(raised.value) and not raised.value.args

    def test_a_view_that_gives_nothing(self):
        with pytest.raises(TypeError, match="Expected an HttpResponse from the view"):
            answer("none")


class TestTargets:
    def test_one_view_for_everything(self):
        for rest in ("a", "a/b/", ""):
            assert answer(rest, shown).status_code == 200

    def test_a_class_based_view(self):
        class Page(View):
            def get(self, request):
                return HttpResponse("page")

        assert answer("x", Page.as_view()).content == b"page"
        assert answer("x", Page.as_view(), method="post").status_code == 405

    def test_a_urlconf(self):
        for target in ("project.urls", __import__("project.urls").urls):
            with pytest.raises(Http404):
                answer("surely/not/there", target)

    def test_with_an_app_name(self):
        def view(request):
            return HttpResponse(reverse("shop:here"))

        assert answer("v", ([path("v", view, name="here")], "shop")).content == b"/api/old/v"

    @pytest.mark.parametrize("given", [None, 5, "no.such.urls", View, ([], "a", "b", "c")])
    def test_refused(self, given):
        with pytest.raises(DeclarationError, match=r"mount_django\('/old'\): expected a URLconf"):
            mount_django("/old", given)


class TestMiddleware:
    def test_djangos_own_runs_around(self):
        response = answer(ran=False)
        assert response["X-Frame-Options"] == "DENY" and response["X-Content-Type-Options"] == "nosniff"

    def test_not_again(self):
        assert not answer(ran=True).has_header("X-Frame-Options")

    def test_csrf(self):
        given = request(method="post", ran=False)
        given._dont_enforce_csrf_checks = False
        assert mount_django("/old", PATTERNS)(given).status_code == 403

    def test_what_runs_around_operations_is_left_out(self):
        seen = []

        class Mine(CsrfViewMiddleware):
            def process_view(self, request, function, arguments, keywords):
                seen.append((function, keywords))

        import sys

        module = SimpleNamespace(Mine=Mine, __name__="mine")
        sys.modules["mine"] = module
        try:
            with override_settings(MIDDLEWARE=["mine.Mine"]):
                assert answer(ran=False).status_code == 200
            with override_settings(MIDDLEWARE=["mine.Mine"], ULTRAFOX={"MIDDLEWARE": {"SKIP": ["mine.Mine"]}}):
                assert answer(ran=False).status_code == 200
        finally:
            del sys.modules["mine"]
        assert seen == [(shown, {})]

    def test_errors_are_the_apis(self):
        with pytest.raises(Http404):
            answer("missing", ran=False)
        with pytest.raises(TypeError):
            answer("none", ran=False)


@pytest.mark.parametrize("ran", [True, False])
class TestSize:
    def post(self, ran, size, kind):
        given = request(method="post", ran=ran, data=b"x" * size, content_type=kind)
        given._dont_enforce_csrf_checks = True
        return mount_django("/old", PATTERNS)(given)

    @override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100)
    def test_djangos_limit(self, ran):
        assert self.post(ran, 100, "application/json").status_code == 200
        with pytest.raises(RequestDataTooBig):
            self.post(ran, 101, "application/json")
        assert self.post(ran, 5000, "multipart/form-data; boundary=x").status_code == 200

    @override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=None)
    def test_none(self, ran):
        assert self.post(ran, 3_000_000, "application/json").status_code == 200


class TestNinja:
    def router(self):
        router = ninja.Router()

        @router.get("/items/{n}")
        def item(request, n: int):
            return {"n": n, "thread": threading.get_ident()}

        @router.get("/later")
        async def later(request):
            await asyncio.sleep(0)
            return {"later": True}

        return router

    def test_recognised(self):
        assert is_ninja(self.router()) and is_ninja(ninja.NinjaAPI())
        assert not any(map(is_ninja, (None, "ninja", PATTERNS, ninja.Router, TestNinja())))

    def test_a_router(self):
        handler = mount_ninja("/old", self.router())
        assert handler(request("/api/old/items/5", "items/5")).content.startswith(b'{"n": 5')
        assert handler(request("/api/old/items/x", "items/x")).status_code == 422
        assert handler(request("/api/old/later", "later")).content == b'{"later": true}'
        with pytest.raises(Http404):
            handler(request("/api/old/docs", "docs"))

    def test_two_routers_stand_beside_each_other(self):
        for handler in [mount_ninja(f"/{n}", self.router()) for n in range(2)]:
            assert handler(request("/api/old/items/5", "items/5")).status_code == 200

    def test_an_api(self):
        api = ninja.NinjaAPI(urls_namespace="mounted")
        api.add_router("/v1", self.router())
        handler = mount_ninja("/old", api)
        assert handler(request("/api/old/v1/items/5", "v1/items/5")).status_code == 200
        document = handler(request("/api/old/openapi.json", "openapi.json")).content
        assert b'"/api/old/v1/items/{n}"' in document

    @pytest.mark.parametrize("given", [None, PATTERNS, ninja.Router])
    def test_anything_else(self, given):
        with pytest.raises(DeclarationError, match="expected a NinjaAPI or a"):
            mount_ninja("/old", given)
