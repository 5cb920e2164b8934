import asyncio
import time

import payload
from django.http import HttpRequest
from django.urls import path
from models import Order
from ninja import NinjaAPI

api = NinjaAPI()


@api.get("/json")
async def hello(request: HttpRequest):
    return payload.hello()


@api.get("/json-sync")
def hello_sync(request: HttpRequest):
    return payload.hello()


@api.get("/json-await")
async def hello_await(request: HttpRequest):
    await asyncio.sleep(0)
    return payload.hello()


@api.get("/items/{id}")
async def item(request: HttpRequest, id: int, q: str, limit: int = 10):
    return {"id": id, "q": q, "limit": limit}


@api.post("/orders", response=Order)
async def order(request: HttpRequest, order: Order):
    return order


@api.get("/big")
async def big(request: HttpRequest):
    return payload.big()


@api.get("/slow")
def slow(request: HttpRequest):
    time.sleep(0.005)
    return payload.hello()


urlpatterns = [path("", api.urls)]
