import payload
from structs import Order

from ultrafox import API

api = API(title="bench")


@api.get("/json")
async def hello():
    return payload.hello()


@api.get("/json-sync")
def hello_sync():
    return payload.hello()


@api.get("/items/{id}")
def item(id: int, q: str, limit: int = 10):
    return {"id": id, "q": q, "limit": limit}


@api.post("/orders")
def order(order: Order) -> Order:
    return order
