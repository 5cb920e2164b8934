"""R3: basic routes."""

import msgspec

from ultrafox import API

api = API()


# Simple GET
@api.get("/hello")
async def hello():
    return {"message": "Hello, World!"}


# Path parameters
@api.get("/users/{user_id}")
async def get_user(user_id: int):
    return {"user_id": user_id}


# Query parameters
@api.get("/search")
async def search(q: str, limit: int = 10):
    return {"query": q, "limit": limit}


# Request body with validation
class CreateUserRequest(msgspec.Struct):
    username: str
    email: str
    age: int


@api.post("/users", response_model=CreateUserRequest)
async def create_user(user: CreateUserRequest):
    # Validated automatically
    return user
