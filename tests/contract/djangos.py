"""Django's own test clients as ways in: they call a URLconf's views without any server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from django.test import AsyncClient, Client

from contract.asking import Ask, Seen, seen

Ask_ = Callable[[Ask], Seen]


class HostedAsyncClient(AsyncClient):
    """Django's own sends `testserver` beside whatever host it is told."""

    async def request(self, **request: Any) -> Any:
        request["headers"] = [pair for pair in request["headers"] if pair != (b"host", b"testserver")]
        return await super().request(**request)


def django_client() -> Ask_:
    """`django.test.Client`, which pytest-django's `client` is."""

    def ask(one: Ask) -> Seen:
        client = Client(raise_request_exception=False)
        response = client.generic(one.method, one.target, one.body, *_kind(one), headers=_headers(one))
        return seen(response.status_code, _fields(response), b"".join(response))

    return ask


def django_async_client() -> Ask_:
    """`django.test.AsyncClient`."""

    async def call(one: Ask) -> Seen:
        client = HostedAsyncClient(raise_request_exception=False)
        # Its jar is what it sends cookies from: beside a field of that name Django 5.2 sends an empty one.
        fields = _headers(one)
        client.cookies.load(fields.pop("cookie", ""))
        response = await client.generic(one.method, one.target, one.body, *_kind(one), headers=fields)
        if response.streaming and response.is_async:
            body = b"".join([piece async for piece in response])
        else:
            body = b"".join(response)
        return seen(response.status_code, _fields(response), body)

    return lambda one: asyncio.run(call(one))


def _kind(one: Ask) -> list[str]:
    return [value for name, value in one.fields if name == "content-type"] or [""]


def _headers(one: Ask) -> dict[str, str]:
    return {name: value for name, value in one.fields if not name.startswith("content-")}


def _fields(response: Any) -> list[tuple[str, str]]:
    cookies = [("set-cookie", cookie.OutputString()) for cookie in response.cookies.values()]
    return [*response.items(), *cookies]
