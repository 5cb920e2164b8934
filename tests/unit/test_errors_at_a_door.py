"""Errors, middleware and mounts as a client of the test door sees them."""

from __future__ import annotations

import asyncio

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path, reverse

from ultrafox import API
from ultrafox.middleware import Middleware, middleware, skip_middleware
from ultrafox.testing import TestClient

# In two parts: the page under DEBUG shows source lines.
CANARY = "can" + "ary"
FORMS = ["text/html", "text/plain", "application/json", "*/*"]


class Teapot(Exception):
    pass


class InnerError(Exception):
    pass


def tag(request, call_next):
    response = call_next(request)
    response["X-Tag"] = "1"
    return response


class Bolt(Middleware):
    async def process_request(self, request):
        response = await self.get_response(request)
        response["X-Bolt"] = "1"
        return response


def shop() -> API:
    api = API(prefix="/api", middleware=[tag])

    @api.get("/broken")
    @skip_middleware("*")
    def broken(request, n: int = 1):
        password = CANARY
        raise InnerError(f"inside {len(password)}")

    @api.get("/abroken")
    @skip_middleware("tag")
    async def abroken(n: int = 1):
        raise InnerError("inside")

    @api.get("/tea")
    @skip_middleware(tag)
    def tea():
        raise Teapot

    @api.get("/tagged/{id}")
    @middleware(Bolt)
    async def tagged(id: int):
        return {"id": id}

    @api.exception_handler(Teapot)
    async def teapot(request, exc):
        await asyncio.sleep(0)
        return 418, {"tea": request.path}

    return api


def door(api) -> TestClient:
    return TestClient(api, raise_server_exceptions=False)


@pytest.mark.parametrize("accept", FORMS)
@pytest.mark.parametrize("at", ["/api/broken", "/api/abroken"])
def test_nothing_of_the_inside_in_production(at, accept):
    response = door(shop()).get(at, headers={"Accept": accept})
    assert response.status_code == 500
    assert response.json().keys() == {"type", "title", "status", "code", "trace_id"}
    for inside in ("InnerError", "inside", CANARY, "Traceback", ".py", "abroken"):
        assert inside not in response.text


@pytest.mark.parametrize("accept", FORMS)
@pytest.mark.parametrize("at", ["/api/broken?token=canary", "/api/abroken"])
def test_under_debug_everything_but_secrets(at, accept):
    with override_settings(DEBUG=True):
        response = door(shop()).get(at, headers={"Accept": accept, "Authorization": f"Bearer {CANARY}"})
    assert response.status_code == 500
    assert "InnerError" in response.text and "test_errors_at_a_door.py" in response.text
    assert CANARY not in response.text


def test_an_exception_handler_that_waits():
    response = door(shop()).get("/api/tea")
    assert (response.status_code, response.json()) == (418, {"tea": "/api/tea"})


def test_layers():
    response = door(shop()).get("/api/tagged/5")
    assert response.json() == {"id": 5}
    assert (response.headers["x-tag"], response.headers["x-bolt"]) == ("1", "1")


class TestMounts:
    @pytest.fixture(autouse=True)
    def hosts(self):
        with override_settings(ALLOWED_HOSTS=["*"]):
            yield

    def test_django(self):
        def item(request, n):
            return HttpResponse(f"{n} {reverse('item', args=[n + 1])} {request.user}")

        api = API(prefix="/api")
        api.mount_django("/old", [path("items/<int:n>/", item, name="item")])
        client = door(api)
        response = client.get("/api/old/items/5/")
        assert response.text == "5 /api/old/items/6/ AnonymousUser"
        assert response.headers["x-frame-options"] == "DENY"
        assert client.get("/api/old/items/x/").json()["code"] == "not_found"

    def test_asgi(self):
        async def app(scope, receive, send):
            await send(
                {"type": "http.response.start", "status": 200, "headers": [(b"set-cookie", b"a=b; Priority=High")]}
            )
            for body in (b"1", b"2", scope["root_path"].encode()):
                await send({"type": "http.response.body", "body": body, "more_body": True})

            await send({"type": "http.response.body", "body": (await receive())["body"]})

        api = API(prefix="/api")
        api.mount_asgi("/asgi", app)
        response = door(api).post("/api/asgi/a", content=b"sent")
        assert response.text == "12/api/asgisent"
        assert response.headers["set-cookie"] == "a=b; Priority=High"

    def test_ninja(self):
        ninja = pytest.importorskip("ninja")
        router = ninja.Router()

        @router.get("/items/{n}")
        def item(request, n: int):
            return {"n": n}

        api = API(prefix="/api")
        api.add_router("/ninja", router)
        client = door(api)
        assert client.get("/api/ninja/items/5").json() == {"n": 5}
        assert client.get("/api/ninja/items/x").status_code == 422
