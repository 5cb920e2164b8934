"""Other applications below an API: ASGI, Django's URLs with the admin, Django Ninja; and routers in many places."""

from __future__ import annotations

import asyncio

import ninja
from django.contrib import admin
from django.http import HttpResponse
from django.urls import include, path, re_path, reverse
from django.views.decorators.csrf import csrf_exempt

from project import gates, views
from ultrafox import API, Router

api = API(prefix="/api", title="Mounts", urls_namespace="mounts")
second = API(prefix="/second", urls_namespace="second")


# An ASGI application that tells what it was given
async def application(scope, receive, send):
    if scope["path"].endswith("/stream"):
        return await stream(scope, receive, send)
    if scope["path"].endswith("/fails"):
        raise RuntimeError("an application fails on purpose")
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    text = (
        f"{scope['method']} root={scope['root_path']} path={scope['path']} query={scope['query_string'].decode()}"
        f" body={len(body)}"
    )
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"text/plain"), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")],
        }
    )
    await send({"type": "http.response.body", "body": text.encode()})


async def stream(scope, receive, send):
    name = scope["query_string"].decode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    try:
        for number in range(1000):
            await send({"type": "http.response.body", "body": f"{number}\n".encode(), "more_body": True})
            await asyncio.sleep(0.02)
    finally:
        gates.told[name].append("finally")


api.mount_asgi("/asgi", application)


# A tree of Django's views
def hello(request, word="nobody"):
    return HttpResponse(f"{word} at {request.path} of {request.resolver_match.url_name}")


@csrf_exempt
def echo(request):
    return HttpResponse(f"{request.method} {len(request.body)} {request.POST.get('a', '-')}")


tree = [
    path("hello/", hello, name="hello"),
    path("hello/<str:word>/", hello, name="hello-word"),
    re_path(r"^re/(?P<word>[a-z]+)/$", hello, name="re"),
    path("echo/", echo),
    path("broken/", views.broken),
    path("deep/", include([path("er/", hello, name="deeper")])),
]
api.mount_django("/tree", tree)
api.mount_django("/view", hello)

# Django Ninja beside ours
ninja_router = ninja.Router()


class NinjaItem(ninja.Schema):
    name: str
    price: float = 1.0


@ninja_router.get("/items/{item_id}")
def ninja_item(request, item_id: int, q: str = "none"):
    return {"id": item_id, "q": q}


@ninja_router.post("/items", response={201: NinjaItem})
def ninja_make(request, item: NinjaItem):
    return 201, item


@ninja_router.get("/async")
async def ninja_async(request):
    await asyncio.sleep(0)
    return {"async": True}


@ninja_router.get("/fails")
def ninja_fails(request):
    raise RuntimeError("a ninja fails on purpose")


ninja_api = ninja.NinjaAPI(urls_namespace="a-ninja", version="7")


@ninja_api.get("/ping")
def ninja_ping(request):
    return {"ninja": "pong"}


api.add_router("/ninja", ninja_router)
api.add_router("/ninja-api", ninja_api)

# One router in several places, with parameters in the prefix; nested; by its dotted path
items = Router(tags=["items"])


@items.get("/{item_id}", name="item")
def item(request, item_id: int):
    return {"item": item_id, "path": request.path}


@items.get("/async/{item_id}", name="item-async")
async def item_async(request, item_id: int):
    return {"item": item_id, "path": request.path}


nested = Router()
nested.add_router("/items", items)


shop_items = Router()


@shop_items.get("/{item_id}")
def shop_item(shop: int, item_id: int):
    return [shop, item_id]


api.add_router("/one", items)
api.add_router("/two", items)
api.add_router("/nested", nested)
api.add_router("/shops/{shop}", shop_items)
api.add_router("/dotted", "project.handlers.reply.router")
second.add_router("/items", items)


@api.get("/told/{name}")
def told(name: str):
    return gates.told[name]


@api.get("/names")
def names(request):
    return {
        "one": reverse("mounts:item", kwargs={"item_id": 3}),
        "second": reverse("second:item", kwargs={"item_id": 3}),
    }


@api.get("/match/{item_id}", name="matched")
def match(request, item_id: int):
    return [request.resolver_match.view_name, request.resolver_match.kwargs]


urlpatterns = [path("admin/", admin.site.urls)]
