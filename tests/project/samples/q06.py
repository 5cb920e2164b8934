"""Q6: the ORM, async and sync. `UserCreate` is a Struct until `Serializer` comes."""

import msgspec
from django.contrib.auth.models import User

from ultrafox import API

api = API()


class UserCreate(msgspec.Struct):
    name: str
    email: str


# Async ORM (preferred for async handlers)
@api.get("/async/users/{user_id}")
async def get_user_async(user_id: int):
    user = await User.objects.aget(pk=user_id)
    return {"id": user.id, "name": user.username}


@api.get("/async/users")
async def list_users_async():
    users = []
    async for user in User.objects.all():
        users.append({"id": user.id, "name": user.username})
    return users


# Sync ORM (for sync handlers)
@api.get("/sync/users/{user_id}")
def get_user_sync(user_id: int):
    user = User.objects.get(pk=user_id)
    return {"id": user.id, "name": user.username}


@api.post("/sync/users")
def create_user_sync(user: UserCreate):
    new_user = User.objects.create(username=user.name, email=user.email)
    return {"id": new_user.id}
