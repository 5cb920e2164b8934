"""The order of W3 for peers that validate with msgspec."""

from typing import Annotated

from msgspec import Meta, Struct


class Address(Struct):
    street: Annotated[str, Meta(max_length=100)]
    city: str
    postcode: str
    country: Annotated[str, Meta(min_length=2, max_length=2)]


class Customer(Struct):
    name: str
    email: str
    phone: str | None = None


class Line(Struct):
    sku: str
    name: str
    quantity: Annotated[int, Meta(ge=1)]
    price: Annotated[float, Meta(ge=0)]
    tags: list[str]


class Order(Struct):
    number: str
    customer: Customer
    shipping: Address
    billing: Address
    lines: list[Line]
    currency: str
    paid: bool
    notes: str | None = None
