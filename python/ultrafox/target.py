"""The request target of a Django request, as it came over the wire or as near to that as can be."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils.encoding import repercent_broken_unicode

__all__ = ["of"]

# What may stand in a path as it is (RFC 3986 §3.3).
_SAFE = "/:@!$&'()*+,;=~-._"
_PLAIN = re.compile(r"[A-Za-z0-9/:@!$&'()*+,;=~\-._]*\Z")
_PRINTED = re.compile(r"[!-~]*\Z")


def of(request: HttpRequest, rest: int) -> tuple[str, int]:
    """The target, and how many of its bytes lie before the API, whose part are the last `rest` characters.

    Where the server passes the target on, its path is taken as it is; else it is written anew from the decoded path,
    and what was `%2F` is a slash there. Raises ImproperlyConfigured for a mount that does not end with a slash.
    """
    path = request.path
    mount = path[: len(path) - rest]
    if not mount.endswith("/"):
        cure = f"Write `path({mount.lstrip('/') + '/'!r}, api.urls)`."
        raise ImproperlyConfigured(f"Expected a mount that ends with a slash, given {mount!r}. {cure}")
    base = _quoted(mount)
    raw = _sent(request)
    if raw is None or not raw.startswith(base) or (raw != path and _decoded(raw) != path):
        raw = _quoted(path)
    query: str = request.META.get("QUERY_STRING", "")
    if not query:
        return raw, len(base) - 1
    if not _PRINTED.match(query):
        query = quote(query.encode("latin-1" if hasattr(request, "environ") else "utf-8", "replace"), safe=_SAFE + "?%")
    return f"{raw}?{query}", len(base) - 1


def _sent(request: HttpRequest) -> str | None:
    """The path as the server got it: gunicorn's RAW_URI, uWSGI's REQUEST_URI, the `raw_path` of ASGI."""
    scope: dict[str, Any] | None = getattr(request, "scope", None)
    if scope is not None:
        given = scope.get("raw_path") or b""
        raw = given.decode("latin-1")
    else:
        raw = request.META.get("RAW_URI") or request.META.get("REQUEST_URI") or ""
    return raw.partition("?")[0] if _PRINTED.match(raw) else None


def _quoted(path: str) -> str:
    return path if _PLAIN.match(path) else quote(path, safe=_SAFE)


def _decoded(raw: str) -> str:
    """The path as Django decodes it."""
    return repercent_broken_unicode(unquote_to_bytes(raw)).decode("utf-8", "replace")
