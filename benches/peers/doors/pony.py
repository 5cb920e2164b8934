import payload
from django.http import HttpRequest
from models import Order
from ninja import NinjaAPI

api = NinjaAPI()


@api.get("/json")
async def hello(request: HttpRequest):
    return payload.hello()


@api.get("/json-sync")
def hello_sync(request: HttpRequest):
    return payload.hello()


@api.get("/items/{id}")
def item(request: HttpRequest, id: int, q: str, limit: int = 10):
    return {"id": id, "q": q, "limit": limit}


@api.post("/orders", response=Order)
def order(request: HttpRequest, order: Order):
    return order
