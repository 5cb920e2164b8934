"""The URLs of the document: its JSON, Swagger UI, Scalar where it is wanted, and the files of these pages."""

from __future__ import annotations

import json
import posixpath
import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils.html import format_html

from ultrafox import path as paths
from ultrafox.encoding import encode
from ultrafox.openapi import files
from ultrafox.openapi.config import OpenAPIConfig
from ultrafox.openapi.document import document

if TYPE_CHECKING:
    from ultrafox.api import API

__all__ = ["Page", "pages"]

FOREVER: Final = "public, max-age=31536000, immutable"
_MOUNTED: Final = "/ultrafox-mounted-5b1f0e7c"
"""Stands in the kept document for the prefix below which it is asked for."""

_DOCS: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" type="image/png" href="{assets}/favicon-32x32.png">
<link rel="stylesheet" href="{assets}/swagger-ui.css">
</head>
<body>
<div id="swagger-ui" data-document="{document}" data-options="{options}"
     data-csrf-cookie="{cookie}" data-csrf-header="{header}"></div>
<script src="{assets}/swagger-ui-bundle.js"></script>
<script src="{assets}/docs.js"></script>
</body>
</html>
"""
_SCALAR: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" type="image/png" href="{assets}/favicon-32x32.png">
</head>
<body>
<div id="scalar" data-document="{document}"></div>
<script src="{script}"></script>
<script src="{assets}/scalar.js"></script>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Page:
    """A GET that an API answers beside its operations, and that its document does not show."""

    path: str
    function: Callable[..., HttpResponse]
    name: str


def pages(api: API, taken: Collection[str] = ()) -> tuple[Page, ...]:
    """What an API serves of its document. `taken` are the whole paths at which it has a GET of its own: those stay."""
    if not api.openapi.enabled:
        return ()
    return tuple(page for page in _Desk(api).pages() if paths.join(api.prefix, page.path) not in taken)


class _Desk:
    """Makes the pages of one API, each once."""

    def __init__(self, api: API) -> None:
        self._api = api
        self._config: OpenAPIConfig = api.openapi
        self._documents: dict[str | None, bytes] = {}
        self._making = threading.Lock()
        self._shown = self._config.openapi_url or self._config.schema_url

    def pages(self) -> Iterator[Page]:
        config = self._config
        for url, name in ((config.openapi_url, "openapi-json"), (config.schema_url, "openapi-schema")):
            if url:
                yield Page(url, self._json_at(url), name)
        if not self._shown:
            return
        home = config.path or config.scalar
        if home is None:
            return
        yield Page(_below(home, "assets/{version}/{file}"), asset, "openapi-assets")
        if config.path:
            yield Page(config.path, self.swagger, "openapi-view")
        if config.scalar:
            yield Page(config.scalar, self.scalar, "openapi-reference")

    def _json_at(self, url: str) -> Callable[[HttpRequest], HttpResponse]:
        path = paths.join(self._api.prefix, url)

        def openapi_document(request: HttpRequest) -> HttpResponse:
            mounted = request.path[: -len(path)] if request.path.endswith(path) else ""
            return _answer(self._document(mounted), "application/json")

        return openapi_document

    def _document(self, mounted: str) -> bytes:
        """The document for one prefix. Clients may think of prefixes, as of tenants: nothing is made anew for one."""
        if not mounted:
            return self._made(None)
        return self._made(_MOUNTED).replace(encode(_MOUNTED), encode(mounted))

    def _made(self, servers_url: str | None) -> bytes:
        """The document, made when it is first asked for."""
        with self._making:
            found = self._documents.get(servers_url)
            if found is None:
                found = self._documents[servers_url] = encode(document(self._api, servers_url=servers_url))
        return found

    def swagger(self, request: HttpRequest) -> HttpResponse:
        here = self._config.path or "/"
        html = format_html(
            _DOCS,
            title=self._title(),
            assets=self._assets_from(here),
            document=_relative(here, self._shown or ""),
            options=json.dumps(dict(self._config.swagger)),
            cookie=settings.CSRF_COOKIE_NAME,
            header=settings.CSRF_HEADER_NAME.removeprefix("HTTP_").replace("_", "-"),
        )
        return _page(html, self._policy("'self'", "'self'"))

    def scalar(self, request: HttpRequest) -> HttpResponse:
        here, script = self._config.scalar or "/", self._config.scalar_script or ""
        html = format_html(
            _SCALAR,
            title=self._title(),
            assets=self._assets_from(here),
            document=_relative(here, self._shown or ""),
            script=script,
        )
        # Scalar writes its styles into the page.
        return _page(html, self._policy(" ".join(("'self'", *_origins([script]))), "'self' 'unsafe-inline'"))

    def _title(self) -> str:
        return str(self._config.title or "API")

    def _assets_from(self, here: str) -> str:
        home = self._config.path or self._config.scalar or "/"
        return _relative(here, _below(home, f"assets/{files.version()}"))

    def _policy(self, scripts: str, styles: str) -> str:
        """Nothing from elsewhere, and nothing inline; "Execute" reaches the servers that the document names."""
        servers = [one if isinstance(one, str) else one["url"] for one in self._config.servers]
        return "; ".join(
            (
                "default-src 'none'",
                f"script-src {scripts}",
                f"style-src {styles}",
                "img-src 'self' data:",
                "font-src 'self' data:",
                " ".join(("connect-src 'self'", *_origins(servers))),
                "base-uri 'none'",
                "form-action 'none'",
                "frame-ancestors 'self'",
            )
        )


def asset(request: HttpRequest, version: str, file: str) -> HttpResponse:
    """A file of the pages, by the version that they name: it never changes there."""
    kind = files.TYPES.get(file)
    if kind is None or version != files.version():
        return HttpResponseNotFound(content_type="text/plain; charset=utf-8")
    answer = _answer(files.content(file), kind)
    answer["Cache-Control"] = FOREVER
    return answer


def _answer(content: bytes, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind, status=HTTPStatus.OK)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _page(html: str, policy: str) -> HttpResponse:
    answer = _answer(html.encode(), "text/html; charset=utf-8")
    answer["Content-Security-Policy"] = policy
    answer["Referrer-Policy"] = "same-origin"
    return answer


def _below(url: str, rest: str) -> str:
    return f"{url.rstrip('/')}/{rest}"


def _relative(here: str, there: str) -> str:
    """The way between two pages of one API, which holds below any prefix, also one that a proxy takes off."""
    return posixpath.relpath(there, posixpath.dirname(here))


def _origins(urls: list[Any]) -> list[str]:
    """Where these URLs lead, other than here; one with variables may lead anywhere on its scheme."""
    found: dict[str, None] = {}
    for url in urls:
        parts = urlsplit(str(url))
        if parts.netloc:
            scheme = f"{parts.scheme or 'https'}:"
            found[scheme if "{" in parts.netloc else f"{scheme}//{parts.netloc}"] = None
    return list(found)
