"""What a door sends, and how Django's response objects become that and are made of it."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from typing import Any, cast

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from ultrafox import set_cookie
from ultrafox.files import FileResponse
from ultrafox.response import Response, StreamingResponse
from ultrafox.streaming import AsyncChunks, Chunks

__all__ = ["EMPTY", "Answer", "answer_of", "join", "merge", "ready", "response_of", "waits"]

Body = bytes | Iterable[bytes] | AsyncIterable[bytes]
Answer = tuple[int, str | None, Body, list[tuple[str, str]]]
"""Status, content type, body, further header fields. A body that is not bytes is read once, then closed by
`close()` or `aclose()`, at whichever end it comes to."""

EMPTY = (204, 205, 304)
"""Statuses of replies that have no body (RFC 9110, 15)."""

_OWN = frozenset({"content-type", "content-length", "set-cookie"})


def waits(response: HttpResponseBase) -> bool:
    """Whether `ready` has something to do that may wait for the disk or the database."""
    if isinstance(response, FileResponse):
        return not response.is_open
    return callable(getattr(response, "render", None)) and not getattr(response, "is_rendered", False)


def ready(response: HttpResponseBase) -> HttpResponseBase:
    """The response with all that its header fields depend on: a template is rendered, a file is opened.

    Raises NotFound for a file that is not there.
    """
    if isinstance(response, FileResponse):
        return response.open()
    render: Any = getattr(response, "render", None)
    return cast(HttpResponseBase, render()) if callable(render) else response


def answer_of(response: HttpResponseBase) -> Answer:
    """The answer for any of Django's responses, with all its header fields and cookies."""
    try:
        response = ready(response)
        headers = [(name, str(value)) for name, value in response.items() if name.lower() != "content-type"]
        headers += [("Set-Cookie", cookie.OutputString()) for cookie in response.cookies.values()]
        kind = response.get("Content-Type")
        status = response.status_code
        if status in EMPTY:
            _close(response)
            return status, None, b"", headers
        return status, kind, _body(response), headers
    except BaseException:
        _close(response)
        raise


def response_of(answer: Answer) -> HttpResponseBase:
    """A response of Django for an answer, for middleware to look at."""
    status, kind, body, headers = answer
    plain = [(name, value) for name, value in headers if name.lower() != "set-cookie"]
    response: HttpResponseBase
    if isinstance(body, bytes):
        response = Response(body, status, plain, content_type=kind)
    else:
        response = StreamingResponse(body, status, plain, content_type=kind)
    if kind is None and not any(name.lower() == "content-type" for name, _ in plain):
        del response["Content-Type"]
    for name, value in headers:
        if name.lower() == "set-cookie":
            set_cookie.keep(response.cookies, value)
    return response


def merge(answer: Answer, response: HttpResponseBase, *, explicit: bool = False) -> Answer:
    """The answer with what a handler said through its injected response: header fields, cookies, status.

    What the answer says itself stays. `explicit`: so do its status and content type, for the handler named them.
    """
    status, kind, body, headers = answer
    said = {name.lower() for name, _ in headers}
    headers = headers + [(name, str(value)) for name, value in response.items() if name.lower() not in said | _OWN]
    headers += [("Set-Cookie", cookie.OutputString()) for cookie in response.cookies.values()]
    if not explicit:
        status = _changed_status(response) or status
        kind = _changed_type(response) or kind
    return (status, None, b"", headers) if status in EMPTY else (status, kind, body, headers)


def join(response: HttpResponseBase, injected: HttpResponseBase, *, explicit: bool = False) -> HttpResponseBase:
    """`merge` for a response that has yet to pass through middleware."""
    for name, value in injected.items():
        if name.lower() not in _OWN:
            response.headers.setdefault(name, value)
    for name, cookie in injected.cookies.items():
        response.cookies[name] = cookie
    if not explicit:
        response.status_code = _changed_status(injected) or response.status_code
        kind = _changed_type(injected)
        if kind is not None:
            response["Content-Type"] = kind
    return response


def _changed_status(response: HttpResponseBase) -> int | None:
    """The status that somebody set: until then it is the class's."""
    status: int | None = vars(response).get("status_code")
    return status


def _changed_type(response: HttpResponseBase) -> str | None:
    """The content type that somebody set: ours has none of its own while it is empty, Django's begins as HTML."""
    kind = response.get("Content-Type")
    first = None if isinstance(response, Response) else f"text/html; charset={response.charset}"
    return None if kind == first else kind


def _body(response: HttpResponseBase) -> Body:
    if not isinstance(response, StreamingHttpResponse):
        content = cast(HttpResponse, response).content
        _close(response)
        return content
    iterator: Any = getattr(response, "_iterator", None)
    if isinstance(iterator, (Chunks, AsyncChunks)):
        # Not through Django's wrapper, which does not close what it reads from.
        return iterator.followed_by(lambda: _close(response))
    source: Any = response.streaming_content
    if not response.is_async:
        return Chunks(source).followed_by(lambda: _close(response))
    # The handler's own generator ends first, then what was put around it, as with sync ones.
    own = getattr(response, "own_chunks", None)
    return AsyncChunks(source, within=(own, iterator)).followed_by(lambda: _close(response))


def _close(response: HttpResponseBase) -> None:
    """Frees what the response holds."""
    if type(response).close is not HttpResponseBase.close:
        response.close()
        return
    # Django's own way also sends `request_finished`, which the thread that ran the handler does at its job's end.
    closers = cast("list[Any]", getattr(response, "_resource_closers", []))
    while closers:
        closers.pop(0)()
    response.closed = True
