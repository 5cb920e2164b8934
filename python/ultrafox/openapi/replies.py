"""The replies of an operation: those that it declares, then what it may refuse."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http.response import HttpResponseBase

from ultrafox.annotations import peel
from ultrafox.openapi.components import Components
from ultrafox.openapi.libraries import BINARY
from ultrafox.openapi.ports import Schema, Sketch
from ultrafox.openapi.refusals import refusals
from ultrafox.response import EventSourceResponse
from ultrafox.signature import UNANNOTATED

__all__: list[str] = []

JSON = "application/json"
_RANGES = {"1": "Information", "2": "Success", "3": "Redirection", "4": "A refusal.", "5": "A failure."}


def replies(one: Sketch, components: Components) -> dict[str, Schema]:
    """All responses by status; a status that the operation declares is described by its own schema."""
    found = {str(status): _reply(status, annotation, one, components) for status, annotation in one.replies}
    for status, refusal in refusals(one, components).items():
        if status in found and status != "default":
            # Both are true: the handler gives the one, the engine the other.
            content = found[status].setdefault("content", {})
            content.update({media: schema for media, schema in refusal["content"].items() if media not in content})
        elif status not in found and f"{status[0]}XX" not in found:
            found[status] = refusal
    return found


def _reply(status: int | str, annotation: Any, one: Sketch, components: Components) -> Schema:
    found: Schema = {"description": _words(status)}
    content = _content(annotation, one, components)
    return {**found, "content": content} if content else found


def _words(status: int | str) -> str:
    text = str(status)
    if text.isdigit():
        try:
            return HTTPStatus(int(text)).phrase
        except ValueError:
            return f"Status {text}"
    return _RANGES.get(text[0], "Any other reply")


def _content(annotation: Any, one: Sketch, components: Components) -> dict[str, Schema]:
    produces = one.produces or (JSON,)
    if annotation is None or annotation is type(None):
        return {}
    if annotation is UNANNOTATED or annotation is Any:
        return {media: {} for media in produces}
    core = peel(annotation).core
    if core is bytes:
        return {"application/octet-stream": {"schema": dict(BINARY)}}
    if isinstance(core, type) and issubclass(core, HttpResponseBase):
        return _of_response(core)
    return {media: {"schema": components.schema(annotation, "serialization", one.dump)} for media in produces}


def _of_response(kind: type[HttpResponseBase]) -> dict[str, Schema]:
    """A response class says its media type, or nothing: then its content may be of any."""
    media = "text/event-stream" if issubclass(kind, EventSourceResponse) else getattr(kind, "media_type", None)
    if not isinstance(media, str) or not media:
        return {"*/*": {}}
    return {media: {"schema": {"type": "string"}} if media.startswith("text/") else {}}
