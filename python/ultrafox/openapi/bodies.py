"""The request body: a document in one of several media types, or a form."""

from __future__ import annotations

from typing import Any

from ultrafox.annotations import peel
from ultrafox.openapi import parameters, sayings
from ultrafox.openapi.components import Components
from ultrafox.openapi.libraries import BINARY
from ultrafox.openapi.ports import Bound, Schema
from ultrafox.sources import BodyDescribed

__all__: list[str] = []

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


def request_body(bound: Bound, components: Components) -> Schema | None:
    """The body of an operation; None where it takes none."""
    body = bound.body_described
    if body is None:
        return None
    return _form(body, bound, components) if body.kind == "form" else _document(body, components)


def _document(body: BodyDescribed, components: Components) -> Schema:
    said = sayings.of_mark(body.mark)
    found: Schema = {"description": said.description} if said.description else {}
    content: dict[str, Schema] = {}
    for media in body.consumes:
        content[media] = {"schema": _schema(body.annotation, components)}
        if said.examples:
            content[media]["examples"] = {
                f"example {place}": {"value": sayings.plain(one)} for place, one in enumerate(said.examples, 1)
            }
    return {**found, "required": body.required, "content": content}


def _schema(annotation: Any, components: Components) -> Schema:
    """One schema; of several bodies, an object that holds each under its name; bytes are bytes."""
    if isinstance(annotation, dict):
        return {
            "type": "object",
            "properties": {name: _schema(one, components) for name, one in annotation.items()},
            "required": [name for name, one in annotation.items() if not peel(one).optional],
        }
    if peel(annotation).core is bytes:
        return dict(BINARY)
    return components.schema(annotation, "validation")


def _form(body: BodyDescribed, bound: Bound, components: Components) -> Schema:
    """The fields in one object. Files make it multipart; without them a form has either encoding."""
    fields = parameters.form_fields(bound, components)
    files = [one.name for one, _ in fields if one.source == "file"]
    schema: Schema = {"type": "object", "properties": {one.name: schema for one, schema in fields}}
    required = [one.name for one, _ in fields if one.required]
    if required:
        schema["required"] = required
    media: Schema = {"schema": schema}
    if files:
        media["encoding"] = {name: {"contentType": "application/octet-stream"} for name in files}
    accepted = [one for one in body.consumes or (URLENCODED, MULTIPART) if one == MULTIPART or not files]
    return {"required": body.required, "content": {one: media for one in accepted or (MULTIPART,)}}
