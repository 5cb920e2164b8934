"""Test clients: an API called without a socket, on the thread or the event loop of the test."""

from __future__ import annotations

from ultrafox.testing.asynchronous import AsyncTestClient
from ultrafox.testing.client import TestClient
from ultrafox.testing.cookies import Cookies
from ultrafox.testing.headers import Headers
from ultrafox.testing.response import AsyncResponse, HTTPStatusError, Response

__all__ = ["AsyncResponse", "AsyncTestClient", "Cookies", "HTTPStatusError", "Headers", "Response", "TestClient"]
