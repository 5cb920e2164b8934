"""Where a redirect leads."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from ultrafox.testing.cookies import Cookies
from ultrafox.testing.outgoing import Request
from ultrafox.testing.response import BaseResponse

__all__ = ["LIMIT", "next_request"]

LIMIT = 20
"""Redirects that are followed one after the other."""

_BODY_FIELDS = frozenset({"content-type", "content-length", "cookie"})


def next_request(response: BaseResponse, jar: Cookies) -> Request | None:
    """The request that a redirect asks for: a GET after 303, and, as browsers do, after 301 and 302 to a POST."""
    if not response.is_redirect:
        return None
    request = response.request
    url = urljoin(request.url, response.headers["location"]).partition("#")[0]
    parts = urlsplit(url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    becomes_get = response.status_code == 303 or (response.status_code in (301, 302) and request.method == "POST")
    dropped = _BODY_FIELDS if becomes_get else {"cookie"}
    elsewhere = parts.netloc != urlsplit(request.url).netloc
    fields = [("host", parts.netloc) if name == "host" else (name, value) for name, value in request.fields]
    # Credentials are for the host that they were given for.
    fields = [pair for pair in fields if pair[0] not in dropped and not (elsewhere and pair[0] == "authorization")]
    if line := jar.header(parts.path or "/"):
        fields.append(("cookie", line))
    method = "GET" if becomes_get and request.method != "HEAD" else request.method
    content = b"" if becomes_get else request.content
    return replace(
        request,
        method=method,
        url=url,
        target=target,
        secure=parts.scheme == "https",
        fields=fields,
        content=content,
    )
