"""Q16: errors. The response schema is ours: a model instance alone does not say which of its columns may leave."""

import msgspec
from django.contrib.auth.models import User

from ultrafox import API
from ultrafox.exceptions import BadRequest, NotFound, Unauthorized

api = API()


class UserOut(msgspec.Struct):
    id: int
    username: str


@api.get("/users/{user_id}", response=UserOut)
async def get_user(user_id: int):
    user = await User.objects.filter(pk=user_id).afirst()
    if not user:
        raise NotFound(detail=f"User {user_id} not found")
    return user


@api.get("/bad")
async def bad():
    raise BadRequest(detail="That cannot be.")


@api.get("/unknown")
async def unknown():
    raise Unauthorized(detail="Who are you?")
