"""Middleware on the API, on a router, on operations."""

from __future__ import annotations

from django.http import HttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import path

from project.around import layers
from ultrafox import API, NotFound, Router, middleware, skip_middleware
from ultrafox.responses import StreamingResponse

api = API(prefix="/api", middleware=[layers.function, layers.Plain])
router = Router(middleware=[layers.Own, layers.factory])


@api.get("/sync/plain")
def plain(request):
    return {"foreign": getattr(request, "foreign", 0)}


@api.get("/async/plain")
async def plain_async(request):
    return {"foreign": getattr(request, "foreign", 0)}


@router.get("/sync/{id}", middleware=[layers.Both])
@middleware(layers.Old)
def inner(request, id: int):
    return {"id": id, "old": request.old}


@router.get("/async/{id}", middleware=[layers.Both])
@middleware(layers.Old)
async def inner_async(request, id: int):
    return {"id": id, "old": request.old}


EVERY = [layers.function_async, layers.OwnAsync, layers.Both, (layers.Plain, {"word": "Word"}), layers.Old]


@api.get("/sync/mixed", middleware=EVERY)
def mixed(request):
    return request.old


@api.get("/async/mixed", middleware=EVERY)
async def mixed_async(request):
    return request.old


@api.get("/sync/skipped")
@skip_middleware(layers.Plain)
def skipped():
    return 1


@api.get("/async/skipped")
@skip_middleware("*")
async def skipped_async():
    return 1


hooked = Router(middleware=["project.around.layers.Hooks"])


@hooked.get("/sync/{id}")
def one(id: int):
    return id


@hooked.get("/async/{id}")
async def one_async(id: int):
    return id


@hooked.get("/sync/raises/{what}")
def raises(what: str):
    raise {"lookup": LookupError, "runtime": RuntimeError, "not-found": NotFound}[what]("on purpose")


@hooked.get("/async/raises/{what}")
async def raises_async(what: str):
    raise {"lookup": LookupError, "runtime": RuntimeError, "not-found": NotFound}[what]("on purpose")


@hooked.get("/sync/template")
def template(request):
    return TemplateResponse(request, engines["django"].from_string("<p>{{ title }}</p>"), {"title": "first"})


@hooked.get("/async/template")
async def template_async(request):
    return TemplateResponse(request, engines["django"].from_string("<p>{{ title }}</p>"), {"title": "first"})


@api.get("/sync/stream", middleware=[layers.Hooks])
def stream():
    return StreamingResponse((f"{i}" for i in range(3)), media_type="text/plain")


@api.get("/async/failing", middleware=[layers.Failing])
async def failing():
    return 1


@api.get("/sync/failing", middleware=[layers.Failing])
def failing_sync():
    return 1


@api.get("/sync/nothing", middleware=[layers.Nothing])
def nothing():
    return 1


api.add_router("/inner", router)
api.add_router("/hooked", hooked)


def view(request):
    return HttpResponse(str(getattr(request, "foreign", 0)))


urlpatterns = [path("django/", view)]
mounted = [path("shop/", api.urls), path("django/", view)]
