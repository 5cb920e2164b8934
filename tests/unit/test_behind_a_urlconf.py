"""What Django's own clients, its middleware and a mounted API make of each other."""

from __future__ import annotations

import asyncio
import sys
from types import ModuleType

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.test import AsyncClient, Client, override_settings
from django.urls import clear_url_caches, path

from ultrafox import API
from ultrafox.testing import TestClient

CSRF = "django.middleware.csrf.CsrfViewMiddleware"


def view(request):
    return HttpResponse(b"seen")


def made() -> API:
    api = API()

    @api.get("/hello")
    def hello(request):
        return {"host": request.get_host()}

    @api.get("/ahello")
    async def ahello(request):
        return {"host": request.get_host()}

    @api.get("/token")
    def token(request):
        return {"token": get_token(request)}

    @api.post("/read")
    def read(request):
        return {"read": request.read().decode(), "empty": request.headers.get("X-Empty"), "meta": "X" in request.META}

    @api.get("/remote")
    def remote(request):
        return request.META.get("REMOTE_USER")

    def matched(request, n: int):
        match = request.resolver_match
        return [match.view_name, match.route, match.kwargs] if match else [None] * 3

    api.get("/match/plain/{n}", name="plain")(matched)
    api.get("/match/layered/{n}", name="layered", middleware=[lambda request, call_next: call_next(request)])(matched)
    api.mount_django("/legacy", view)
    return api


@pytest.fixture
def urls():
    module = ModuleType("behind_a_urlconf")
    module.urlpatterns = [path("api/", made().urls)]  # type: ignore[attr-defined]
    sys.modules[module.__name__] = module
    with override_settings(
        ROOT_URLCONF=module.__name__, MIDDLEWARE=[CSRF], ALLOWED_HOSTS=["testserver", "other.example"]
    ):
        yield
    del sys.modules[module.__name__]


def test_djangos_clients_name_no_host(urls):
    assert Client().get("/api/hello").json() == {"host": "testserver"}
    assert Client().get("/api/hello", headers={"host": "other.example"}).json() == {"host": "other.example"}


@pytest.mark.parametrize("name", ["hello", "ahello"])
def test_djangos_async_client(urls, name):
    assert asyncio.run(AsyncClient().get(f"/api/{name}")).json() == {"host": "testserver"}


def test_a_mounted_view_asks_for_the_token(urls):
    client = Client(enforce_csrf_checks=True)
    assert client.get("/api/legacy/x").content == b"seen"
    assert client.post("/api/legacy/x").status_code == 403
    token = client.get("/api/token").json()["token"]
    assert client.post("/api/legacy/x", headers={"X-CSRFToken": token}).content == b"seen"


class Guard(CsrfViewMiddleware):
    """The project's own class, and with it any other that works by `process_view`."""


class NoGuard:
    """One that takes itself out."""

    def __init__(self, get_response):
        raise MiddlewareNotUsed

    def process_view(self, request, view, args, kwargs): ...


@pytest.mark.parametrize("asking", [Client, AsyncClient])
def test_every_process_view_is_asked_of_a_mounted_view(urls, asking):
    with override_settings(MIDDLEWARE=[f"{__name__}.NoGuard", f"{__name__}.Guard"]):
        client = asking(enforce_csrf_checks=True)
        post = asyncio.run(client.post("/api/legacy/x")) if asking is AsyncClient else client.post("/api/legacy/x")
        assert post.status_code == 403


@pytest.mark.parametrize("size", [2_000_000, 4_000_000])
def test_a_mounted_view_takes_uploads(urls, size):
    files = {"file": SimpleUploadedFile("f", b"x" * size)}
    assert Client().post("/api/legacy/x", files).content == b"seen"
    assert TestClient(made()).post("/legacy/x", files={"file": ("f", b"x" * size)}).status_code == 403
    with override_settings(MIDDLEWARE=[]):
        assert TestClient(made()).post("/legacy/x", files={"file": ("f", b"x" * size)}).content == b"seen"
        json = {"content_type": "application/json"}
        assert Client().post("/api/legacy/x", b"1" * size, **json).status_code == (200 if size < 2_621_440 else 413)


@pytest.mark.parametrize("place", ["plain", "layered"])
def test_the_match_is_djangos(urls, place):
    # `api-0.1.0` is the namespace of an API that names none.
    wanted = [f"api-0.1.0:{place}", f"api/match/{place}/<n>", {"n": "3"}]
    assert Client().get(f"/api/match/{place}/3").json() == wanted
    # Doors that do not ask the URLconf find it all the same.
    assert TestClient().get(f"/api/match/{place}/3").json() == wanted


def test_the_match_without_a_urlconf():
    assert TestClient(made()).get("/match/plain/3").json() == [None, None, None]
    assert TestClient(made()).get("/match/layered/3").json()[1:] == [None, {"n": 3}]


def test_mounted_views_have_their_transactions(urls, monkeypatch):
    def around(request):
        return HttpResponse(str(connection.in_atomic_block))

    api = API()
    api.mount_django("/atomic", around)
    api.mount_django("/free", transaction.non_atomic_requests(lambda request: around(request)))
    monkeypatch.setattr(sys.modules["behind_a_urlconf"], "urlpatterns", [path("api/", api.urls)])
    clear_url_caches()
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    for client, prefix in ((Client(), "/api"), (TestClient(api), "")):
        assert [client.get(f"{prefix}/{name}").content for name in ("atomic", "free")] == [b"True", b"False"]
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", False)
    assert Client().get("/api/atomic").content == b"False"


def test_what_a_server_and_middleware_put_into_meta_is_there(urls):
    assert Client().get("/api/remote", REMOTE_USER="ann").json() == "ann"


def test_an_operation_is_the_apis_own_matter(urls):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/api/read", b"body", content_type="text/plain").status_code == 200


def test_the_body_is_read_as_anywhere(urls):
    reply = Client().post("/api/read", b"body", content_type="text/plain", headers={"X-Empty": ""})
    assert reply.json() == {"read": "body", "empty": "", "meta": False}


def test_what_fails_inside_middleware_is_raised_in_tests():
    def around(request, call_next):
        return call_next(request)

    api = API(middleware=[around])

    @api.get("/sync")
    def fails():
        raise ZeroDivisionError("on purpose")

    @api.get("/async")
    async def fails_too():
        raise ZeroDivisionError("on purpose")

    client = TestClient(api)
    for name in ("/sync", "/async"):
        with pytest.raises(ZeroDivisionError, match="on purpose"):
            client.get(name)
    assert TestClient(api, raise_server_exceptions=False).get("/sync").status_code == 500


def test_middleware_is_made_once():
    instances: list[object] = []

    class Counting:
        def __init__(self, get_response):
            self.get_response = get_response
            instances.append(self)

        def __call__(self, request):
            return self.get_response(request)

    api = API(middleware=[Counting])
    for number in range(5):

        @api.get(f"/{number}")
        def handler():
            return {}

    client = TestClient(api)
    assert [client.get(f"/{number}").status_code for number in range(5)] == [200] * 5
    assert len(instances) == 1
