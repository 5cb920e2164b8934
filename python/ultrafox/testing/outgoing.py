"""What a test asks, as a request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypedDict, cast
from urllib.parse import quote, urlencode, urlsplit

from ultrafox.encoding import encode as to_json
from ultrafox.testing import multipart
from ultrafox.testing.cookies import Cookies
from ultrafox.testing.headers import GivenHeaders, Headers, listed

__all__ = ["Base", "Params", "Request", "Sent", "build"]

Params: TypeAlias = Mapping[str, Any] | Iterable[tuple[str, Any]] | str | bytes | None
Data: TypeAlias = Mapping[str, Any] | Iterable[tuple[str, Any]] | str | bytes | None

_SAFE = "/:@!$&'()*+,;=~-._%"
_SAFE_QUERY = _SAFE + "?"


class Sent(TypedDict, total=False):
    """What a call may say of its request.

    `json` is encoded as replies are; `data` is a form, or a body as it is; `content` is a body as it is; `files` makes
    the form `multipart/form-data`. `content_type` overrides the type that follows from these.
    """

    params: Params
    headers: GivenHeaders
    cookies: Mapping[str, str] | None
    json: Any
    data: Data
    content: str | bytes | Iterable[bytes] | None
    files: multipart.Files | None
    content_type: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it goes through the door."""

    method: str
    url: str
    target: str
    secure: bool
    fields: list[tuple[str, str]]
    content: bytes

    @property
    def headers(self) -> Headers:
        """Its header fields."""
        return Headers(self.fields)


class Base:
    """Where a client's relative URLs begin."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(f"Expected a base_url such as 'http://testserver', given {url!r}.")
        self.scheme = parts.scheme
        self.host = parts.netloc
        self.path = parts.path.rstrip("/")


def build(base: Base, kept: Headers | None, jar: Cookies, method: str, url: str, sent: Sent) -> Request:
    """The request for a URL; `kept` are header fields of the client, which those of the call replace."""
    scheme, host, path, query = _located(base, url)
    if params := sent.get("params"):
        further = _pairs_text(params)
        query = f"{query}&{further}" if query and further else query or further
    body, kind = _body(sent)
    given = listed(sent.get("headers"))
    if kept is not None:
        own = {name.lower() for name, _ in given}
        given = [*(pair for pair in kept.multi_items() if pair[0].lower() not in own), *given]
    fields = _fields(given, host, sent.get("content_type") or kind, body, method)
    cookies = sent.get("cookies")
    if (jar or cookies) and (line := jar.header(path, cookies)):
        fields.append(("cookie", line))
    target = f"{path}?{query}" if query else path
    return Request(method.upper(), f"{scheme}://{host}{target}", target, scheme == "https", fields, body)


def _located(base: Base, url: str) -> tuple[str, str, str, str]:
    """Scheme, host, path and query."""
    scheme, host = base.scheme, base.host
    if url.startswith(("http://", "https://")):
        parts = urlsplit(url)
        scheme, host = parts.scheme, parts.netloc
        url = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    else:
        url = f"{base.path}{url if url.startswith('/') else f'/{url}'}"
    path, _, query = url.partition("#")[0].partition("?")
    return scheme, host, quote(path, safe=_SAFE), quote(query, safe=_SAFE_QUERY) if query else ""


def _fields(
    given: list[tuple[str, str]], host: str, kind: str | None, body: bytes, method: str
) -> list[tuple[str, str]]:
    names = {name.lower() for name, _ in given}
    fields = [] if "host" in names else [("host", host)]
    if "accept" not in names:
        fields.append(("accept", "*/*"))
    fields += [(name.lower(), value) for name, value in given]
    if kind and "content-type" not in names:
        fields.append(("content-type", kind))
    if "content-length" not in names and (body or method.upper() in ("POST", "PUT", "PATCH")):
        fields.append(("content-length", str(len(body))))
    return fields


def _body(sent: Sent) -> tuple[bytes, str | None]:
    """The body, and the type that follows from how it was given."""
    if len(sent) == 0:
        return b"", None
    files, data, content = sent.get("files"), sent.get("data"), sent.get("content")
    # `json=None` is the document `null`, as nobody would say it for nothing; httpx sends nothing for it, and so do we.
    document = sent.get("json")
    if sum(part is not None for part in (content, document)) + bool(data is not None or files) > 1:
        raise TypeError("Expected one of `json`, `data` (with `files`) and `content`, given several.")
    if files:
        if isinstance(data, (str, bytes)):
            raise TypeError("data: expected fields beside `files`, given a body.")
        return multipart.encode(_pairs(data), files)
    if document is not None:
        return to_json(document), "application/json"
    if content is not None or isinstance(data, (str, bytes)):
        raw = content if content is not None else cast("str | bytes", data)
        return _raw(raw), "text/plain; charset=utf-8" if isinstance(raw, str) else None
    if data is not None:
        return urlencode(_pairs(data)).encode(), "application/x-www-form-urlencoded"
    return b"", None


def _raw(content: str | bytes | Iterable[bytes]) -> bytes:
    if isinstance(content, str):
        return content.encode()
    return content if isinstance(content, bytes) else b"".join(content)


def _pairs_text(params: Params) -> str:
    if isinstance(params, (str, bytes)):
        text = params.decode() if isinstance(params, bytes) else params
        return quote(text.removeprefix("?"), safe=_SAFE_QUERY)
    return urlencode(_pairs(params))


def _pairs(given: Mapping[str, Any] | Iterable[tuple[str, Any]] | None) -> list[tuple[str, str]]:
    """Names and values; a list is one pair for each of its values."""
    named = cast("Mapping[str, Any]", given).items() if isinstance(given, Mapping) else given
    found: list[tuple[str, str]] = []
    for name, value in named or ():
        values: Sequence[Any] = value if isinstance(value, (list, tuple)) else (value,)
        found += [(str(name), _text(one)) for one in values]
    return found


def _text(value: Any) -> str:
    """A value as httpx writes it: `true`, `false`, nothing for None."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
