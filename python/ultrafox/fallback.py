"""Paths that no API claims: the project's own views, through Django's WSGI handler, on a pool thread."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from typing import Any, cast
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from ultrafox._core import Request
from ultrafox.dispatch import Answer

_HOP_BY_HOP = {"connection", "keep-alive", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade"}


class Fallback:
    """Answers a request with the project's URLconf and middleware."""

    def __init__(self) -> None:
        handler: Any = WSGIHandler()
        if "django.contrib.staticfiles" in settings.INSTALLED_APPS:
            from django.contrib.staticfiles.handlers import StaticFilesHandler

            handler = StaticFilesHandler(handler)
        self._handler = handler

    def __call__(self, request: Request) -> Answer:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
            started.append((status, headers))

        response = cast(HttpResponseBase, self._handler(environ(request), start_response))
        status, headers = started[-1]
        kept = [(name, value) for name, value in headers if name.lower() not in _HOP_BY_HOP]
        return int(status.split(" ", 1)[0]), None, _body(request.method, response, kept), kept


def _body(method: str, response: HttpResponseBase, headers: list[tuple[str, str]]) -> bytes | Iterable[bytes]:
    if not isinstance(response, HttpResponse):
        return cast(Iterable[bytes], response)
    try:
        content = response.content
    finally:
        response.close()
    if method == "HEAD" and not content:
        # The view answers HEAD by itself, and says how long the answer to GET would be.
        return content
    # The server counts the bytes itself.
    headers[:] = [(name, value) for name, value in headers if name.lower() != "content-length"]
    return content


def environ(request: Request) -> dict[str, Any]:
    """The request as PEP 3333 wants it."""
    meta = request.wsgi_meta()
    meta.update(
        {
            # Bytes as Latin-1, as PEP 3333 says.
            "PATH_INFO": unquote_to_bytes(request.raw_path).decode("latin-1"),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": request.scheme,
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "ultrafox.trace_id": request.trace_id,
        }
    )
    # The body is all here, also when it came in chunks.
    meta["CONTENT_LENGTH"] = str(len(request.body))
    meta.pop("HTTP_TRANSFER_ENCODING", None)
    return meta
