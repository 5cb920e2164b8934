"""Q3: route parameters."""

from ultrafox import API

api = API()


# Path parameters - automatically typed
@api.get("/users/{user_id}")
async def get_user(user_id: int):
    return {"id": user_id}


# Query parameters - use defaults for optional
@api.get("/search")
async def search(q: str, page: int = 1):
    return {"query": q, "page": page}


# Headers
from ultrafox.params import Header  # noqa: E402


@api.get("/protected")
async def protected(x_api_key: str = Header("X-API-Key")):
    return {"key": x_api_key}
