"""What is measured without a socket: a name, and what does it `count` times and gives the last status and body.

A name is `what: who`; the same `what` is asked of several. All of it runs in one process and one Django project.
"""

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Any

import fox
import pony
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.test import AsyncClient, Client
from ninja.testing import TestAsyncClient as NinjaAsyncClient
from ninja.testing import TestClient as NinjaClient

from ultrafox.testing import AsyncTestClient, TestClient

Answer = tuple[int, bytes]
Case = Callable[[int], Answer]

HEADERS = {"host": "127.0.0.1", "user-agent": "wrk", "accept": "*/*"}


def called(get: Callable[[str], Any], path: str) -> Case:
    def case(count: int) -> Answer:
        for _ in range(count - 1):
            get(path)
        reply = get(path)
        return reply.status_code, reply.content

    return case


def awaited(loop: asyncio.AbstractEventLoop, get: Callable[[str], Awaitable[Any]], path: str) -> Case:
    async def calls(count: int) -> Answer:
        for _ in range(count - 1):
            await get(path)
        reply = await get(path)
        return reply.status_code, reply.content

    return lambda count: loop.run_until_complete(calls(count))


def through_wsgi(app: WSGIHandler, target: str, body: bytes = b"") -> Case:
    path, _, query = target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST" if body else "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in HEADERS.items()},
    }
    if body:
        environ |= {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body))}

    def request() -> Answer:
        said: list[str] = []
        response = app({**environ, "wsgi.input": io.BytesIO(body)}, lambda status, headers: said.append(status))
        whole = b"".join(response)
        response.close()
        return int(said[0][:3]), whole

    def case(count: int) -> Answer:
        for _ in range(count - 1):
            request()
        return request()

    return case


def through_asgi(loop: asyncio.AbstractEventLoop, app: ASGIHandler, path: str) -> Case:
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in HEADERS.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
    }

    async def request() -> Answer:
        heard = iter([{"type": "http.request", "body": b"", "more_body": False}])
        said: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            event = next(heard, None)
            # The client stays until it has its answer.
            return event if event is not None else await loop.create_future()

        async def send(event: dict[str, Any]) -> None:
            said.append(event)

        await app(dict(scope), receive, send)
        return said[0]["status"], b"".join(event.get("body", b"") for event in said)

    async def requests(count: int) -> Answer:
        for _ in range(count - 1):
            await request()
        return await request()

    return lambda count: loop.run_until_complete(requests(count))


def cases(loop: asyncio.AbstractEventLoop, order: bytes) -> dict[str, Case]:
    wsgi, asgi = WSGIHandler(), ASGIHandler()
    item = "items/42?q=hello&limit=25"
    client, aclient, ninja = TestClient(fox.api), AsyncTestClient(fox.api), NinjaClient(pony.api)
    found = {
        "test client, sync handler: ultrafox": called(client.get, "/json-sync"),
        "test client, sync handler: ninja": called(ninja.get, "/json-sync"),
        "test client, sync handler: django": called(Client().get, "/plain/json-sync"),
        "test client, async handler: ultrafox": called(client.get, "/json"),
        "test client, async handler: django": called(Client().get, "/plain/json"),
        "async test client, async handler: ultrafox": awaited(loop, aclient.get, "/json"),
        "async test client, async handler: ninja": awaited(loop, NinjaAsyncClient(pony.api).get, "/json"),
        "async test client, async handler: django": awaited(loop, AsyncClient().get, "/plain/json"),
    }
    for who, at in (("ultrafox", "fox"), ("ninja", "ninja"), ("django", "plain")):
        found[f"ASGI, async handler: {who}"] = through_asgi(loop, asgi, f"/{at}/json")
        found[f"ASGI, sync handler: {who}"] = through_asgi(loop, asgi, f"/{at}/json-sync")
        found[f"WSGI, sync handler: {who}"] = through_wsgi(wsgi, f"/{at}/json-sync")
        found[f"WSGI, async handler: {who}"] = through_wsgi(wsgi, f"/{at}/json")
        if at != "plain":
            found[f"WSGI, path and query: {who}"] = through_wsgi(wsgi, f"/{at}/{item}")
            found[f"WSGI, 1 KB body: {who}"] = through_wsgi(wsgi, f"/{at}/orders", order)
    return dict(sorted(found.items()))
