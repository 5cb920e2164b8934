"""The ways in. Each is a function from Ask to Seen."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import io
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from contract.asking import Ask, Seen, seen

Ask_ = Callable[[Ask], Seen]


def socket(port: int) -> Ask_:
    """A server on a port, whichever it is."""

    def ask(one: Ask) -> Seen:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.putrequest(one.method, one.target, skip_host=True, skip_accept_encoding=True)
            for name, value in one.fields:
                connection.putheader(name, value)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                # A body that is too long is refused before all of it is sent.
                connection.endheaders(one.body or None)
            reply = connection.getresponse()
            return seen(reply.status, reply.getheaders(), reply.read())
        finally:
            connection.close()

    return ask


def wsgi(application: Any) -> Ask_:
    """The project's WSGI application, called as a server would."""

    def ask(one: Ask) -> Seen:
        path, _, query = one.target.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": one.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "RAW_URI": one.target,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(one.body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in one.fields:
            key = name.upper().replace("-", "_")
            key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
            environ[key] = f"{environ[key]},{value}" if key in environ else value
        started: list[tuple[str, list[tuple[str, str]]]] = []
        response = application(environ, lambda status, headers, info=None: started.append((status, headers)))
        try:
            body = b"".join(response)
        finally:
            response.close()
        status, headers = started[0]
        # Django 5.2 leaves a space before cookies, which servers take off.
        return seen(int(status.split()[0]), [(name, value.strip()) for name, value in headers], body)

    return ask


def asgi(application: Any) -> Ask_:
    """The project's ASGI application, called as a server would."""

    async def call(one: Ask) -> Seen:
        path, _, query = one.target.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": one.method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in one.fields],
            "client": ("127.0.0.1", 5000),
            "server": ("localhost", 80),
        }
        sent: list[dict[str, Any]] = []
        waiting = [{"type": "http.request", "body": one.body, "more_body": False}]
        forever = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if waiting:
                return waiting.pop()
            await forever.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await application(scope, receive, send)
        headers = [(name.decode(), value.decode("latin-1")) for name, value in sent[0]["headers"]]
        return seen(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))

    return lambda one: asyncio.run(call(one))


def test_client() -> Ask_:
    """The test client over the project's APIs."""
    from ultrafox.testing import TestClient

    def ask(one: Ask) -> Seen:
        client = TestClient(raise_server_exceptions=False)
        reply = client.request(one.method, one.target, headers=_given(one), content=one.body or None)
        return seen(reply.status_code, reply.headers.multi_items(), reply.raw)

    return ask


def async_test_client() -> Ask_:
    """The same for async tests."""
    from ultrafox.testing import AsyncTestClient

    async def call(one: Ask) -> Seen:
        client = AsyncTestClient(raise_server_exceptions=False)
        reply = await client.request(one.method, one.target, headers=_given(one), content=one.body or None)
        return seen(reply.status_code, reply.headers.multi_items(), reply.raw)

    return lambda one: asyncio.run(call(one))


def _given(one: Ask) -> list[tuple[str, str]]:
    return [pair for pair in one.fields if pair[0] != "content-length"]
