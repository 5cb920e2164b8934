"""R1: the first API. `id` is declared as text and comes as a number: the reply holds text."""

import msgspec
from django.contrib.auth.models import User

from ultrafox import API

api = API()


class UserSchema(msgspec.Struct):
    id: str
    username: str


@api.get("/users/{user_id}")
async def get_user(user_id: int) -> UserSchema:
    user = await User.objects.aget(id=user_id)
    return {"id": user.id, "username": user.username}


@api.get("/users")
async def get_users() -> list[UserSchema]:  # "or you could just return the queryset"
    return User.objects.order_by("id")
