"""R10: Django's async ORM methods."""

from django.contrib.auth.models import User

from ultrafox import API

api = API()


@api.get("/users/{user_id}")
async def get_user(user_id: int):
    # Use Django's async ORM methods
    user = await User.objects.aget(id=user_id)
    return {
        "id": user.id,
        "username": user.username,
        "email": user.email,
    }
