"""Q4: serializers. `User` has Django's column for a name: `username`."""

from django.contrib.auth.models import User

from ultrafox import API, Serializer, field_validator, model_validator
from ultrafox.params import Path

api = API()


class UserCreate(Serializer):
    username: str
    email: str

    @field_validator("email")
    def validate_email(cls, value):
        if "@" not in value:
            raise ValueError("Invalid email")
        return value.lower()


class UserResponse(Serializer):
    id: int
    username: str


@api.post("/users", response_model=UserResponse)
async def create_user(data: UserCreate):
    user = await User.objects.acreate(**data.to_dict())
    return UserResponse.from_model(user)


@api.post("/sync/users", response_model=UserResponse)
def create_user_sync(data: UserCreate):
    user = User.objects.create(**data.to_dict())
    return UserResponse.from_model(user)


class UserDetail(UserResponse):
    email: str


# The response model filters what leaves
@api.get("/users/{user_id}", response_model=UserResponse)
async def get_user(user_id: int = Path(gt=0)):
    return UserDetail.from_model(await User.objects.aget(pk=user_id))


class Passwords(Serializer):
    password: str
    again: str

    @model_validator
    def same(self):
        if self.password != self.again:
            raise ValueError("Passwords differ")
        return self


@api.post("/passwords")
async def passwords(data: Passwords):
    return {"length": len(data.password)}


@api.post("/sync/passwords")
def passwords_sync(data: Passwords):
    return {"length": len(data.password)}
