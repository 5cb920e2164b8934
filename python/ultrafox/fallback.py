"""Paths that no API claims: the project's own views, through Django's WSGI handler, on a pool thread."""

from __future__ import annotations

import io
import sys
from functools import partial
from typing import Any, cast
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished
from django.http.response import HttpResponseBase

from ultrafox.answers import Answer, answer_of
from ultrafox.exception_handlers import ExceptionHandlers
from ultrafox.refusals import Explainer
from ultrafox.request import Request


def _never(value: object, request: object, status: int) -> Answer:
    raise AssertionError("there are no exception handlers here")


EXPLAINER = Explainer("django", ExceptionHandlers(), debug=False, finish=_never)
_HOP_BY_HOP = {"connection", "keep-alive", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade"}


class Fallback:
    """Answers a request with the project's URLconf and middleware."""

    def __init__(self) -> None:
        handler: Any = WSGIHandler()
        if "django.contrib.staticfiles" in settings.INSTALLED_APPS:
            from django.contrib.staticfiles.handlers import StaticFilesHandler

            handler = StaticFilesHandler(handler)
        self._handler = handler

    def __call__(self, request: Request[Any]) -> Answer:
        response = cast(HttpResponseBase, self._handler(environ(request), _start_nothing))
        _tells_its_end(response)
        status, kind, body, headers = answer_of(response)
        return status, kind, body, [(name, value) for name, value in headers if name.lower() not in _HOP_BY_HOP]


def _tells_its_end(response: HttpResponseBase) -> None:
    """Django's handler sends `request_started`; who closes the response sends the other. A `close` of its own does."""
    if type(response).close is HttpResponseBase.close:
        closers: list[Any] = vars(response)["_resource_closers"]
        closers.append(partial(request_finished.send, sender=WSGIHandler))


def _start_nothing(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
    """The response itself says all of it."""


def environ(request: Request[Any]) -> dict[str, Any]:
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
