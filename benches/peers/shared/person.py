"""The person of J5, for peers that validate with msgspec; F5 has the same fields one by one."""

from typing import Annotated

from msgspec import Meta, Struct


class Person(Struct):
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    email: str
    age: Annotated[int, Meta(ge=0, le=150)]
    height: float
    member: bool
