"""The order of W3 for peers that validate with pydantic."""

from pydantic import BaseModel, Field


class Address(BaseModel):
    street: str = Field(max_length=100)
    city: str
    postcode: str
    country: str = Field(min_length=2, max_length=2)


class Customer(BaseModel):
    name: str
    email: str
    phone: str | None = None


class Line(BaseModel):
    sku: str
    name: str
    quantity: int = Field(ge=1)
    price: float = Field(ge=0)
    tags: list[str]


class Order(BaseModel):
    number: str
    customer: Customer
    shipping: Address
    billing: Address
    lines: list[Line]
    currency: str
    paid: bool
    notes: str | None = None
