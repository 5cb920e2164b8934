"""Q2: async and sync handlers."""

from ultrafox import API

api = API()


# Async handlers (preferred for I/O operations)
@api.get("/hello")
async def hello():
    return {"message": "Hello, World!"}


# Sync handlers (for CPU-bound operations)
@api.get("/compute")
def compute():
    return {"result": 42}
