"""The request of an error, and the shell command that asks the same again."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

import msgspec

from ultrafox.debug.shown import HIDDEN, Shown, cut

if TYPE_CHECKING:
    from ultrafox.request import Request

__all__ = ["Asked", "asked"]

_BODY = 4096
_PARSED = 65_536
"""Bodies up to here are read for their names, beyond it they are left out: a secret might be in them."""
_FORM = "application/x-www-form-urlencoded"
# curl writes these itself.
_OWN = frozenset({"host", "content-length", "connection", "accept-encoding", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, without its secrets."""

    method: str
    url: str
    headers: list[tuple[str, str]]
    body: str
    trace_id: str
    curl: str


def asked(request: Request, shown: Shown) -> Asked:
    """What was asked. Secrets are placeholders such as `<authorization>`."""
    method = str(request.method)
    url = _url(request, shown)
    headers = _headers(request, shown)
    body, kept = _body(request, shown)
    told = [(name, HIDDEN if secret else value) for name, value, secret in headers]
    return Asked(method, url, told, body, str(getattr(request, "trace_id", "")), _curl(method, url, headers, kept))


def _url(request: Request, shown: Shown) -> str:
    try:
        path, mark, query = request.build_absolute_uri().partition("?")
    except Exception:
        # A host that Django refuses.
        path, mark, query = request.path, "", ""
    return cut(path + mark + _fields(query, shown), 4000)


def _fields(query: str, shown: Shown) -> str:
    """A query or form as it came, unless it holds a secret."""
    pairs = parse_qsl(query, keep_blank_values=True)
    if not any(shown.is_secret(name) for name, _ in pairs):
        return query
    hidden = [(name, f"<{name}>" if shown.is_secret(name) else value) for name, value in pairs]
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='<>')}" for name, value in hidden)


def _headers(request: Request, shown: Shown) -> list[tuple[str, str, bool]]:
    return [(str(name), cut(str(value), 1000), shown.is_secret(str(name))) for name, value in request.headers.items()][
        :100
    ]


def _body(request: Request, shown: Shown) -> tuple[str, str | None]:
    """The body for people, and for the command; None where the command cannot hold it."""
    try:
        content = bytes(request.body)
    except Exception as error:
        return f"<not to be had: {type(error).__name__}>", None
    if not content:
        return "", ""
    kind = str(getattr(request, "content_type", "") or "").partition(";")[0].strip().lower()
    text = _readable(content, kind, shown)
    return (f"<{len(content)} bytes of {kind or 'no named type'}>", None) if text is None else (cut(text, _BODY), text)


def _readable(content: bytes, kind: str, shown: Shown) -> str | None:
    """A body of text with its secrets hidden; None for what cannot be looked through."""
    if len(content) > _PARSED:
        return None
    try:
        text = content.decode()
        if kind == _FORM:
            return _fields(text, shown)
        if kind.endswith(("/json", "+json")) or (not kind and text[:1] in "[{"):
            return msgspec.json.encode(_without_secrets(msgspec.json.decode(content), shown)).decode()
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return None
    return text if kind.startswith("text/") else None


def _without_secrets(value: Any, shown: Shown) -> Any:
    if isinstance(value, dict):
        return {k: f"<{k}>" if shown.is_secret(k) else _without_secrets(v, shown) for k, v in value.items()}
    return [_without_secrets(part, shown) for part in value] if isinstance(value, list) else value


def _curl(method: str, url: str, headers: list[tuple[str, str, bool]], body: str | None) -> str:
    # --globoff: brackets in URLs are meant as they stand. --data-raw: a body that begins with @ names no file.
    words = ["curl", "--globoff", "-X", method, url]
    for name, value, secret in headers:
        if name.lower() not in _OWN:
            words += ["-H", f"{name}: {f'<{name.lower()}>' if secret else value}"]
    if body is None:
        words += ["--data-binary", "@body"]
    elif body:
        words += ["--data-raw", body]
    return " ".join(shlex.quote(word.replace("\0", "")) for word in words)
