"""What an operation may answer instead of its reply, in the form of its API's error style."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

from ultrafox.openapi.components import Components
from ultrafox.openapi.ports import Bound, Schema, Sketch
from ultrafox.plan import ErrorStyle, ParamPlan

__all__: list[str] = []

MEDIA: Final[dict[ErrorStyle, str]] = {
    "problem": "application/problem+json",
    "boost": "application/json",
    "ninja": "application/json",
}
_WORDS: Final = {
    400: "The request cannot be read.",
    404: "Nothing is here.",
    406: "None of the media types that the client accepts is served.",
    413: "The body is longer than its limit.",
    415: "The body is of a media type that is not read.",
    422: "The request does not fit; all that is wrong is listed.",
    500: "Something broke on the server's side.",
}
_DEFAULT: Final = "Any other refusal."

_TEXT: Final[Schema] = {"type": "string"}
_WAY: Final[Schema] = {
    "type": "array",
    "items": {"type": ["string", "integer"]},
    "description": "The way to it: where in the request, then names and places.",
}
_FAULT: Final[Schema] = {
    "type": "object",
    "title": "Fault",
    "description": "One thing that is wrong with a request.",
    "properties": {"loc": _WAY, "code": _TEXT, "message": _TEXT},
    "required": ["loc", "code", "message"],
}


def refusals(one: Sketch, components: Components) -> dict[str, Schema]:
    """The refusals that an operation can give, by status, and `default` for those that its handler may raise."""
    found: dict[str, Schema] = {}
    for status in _statuses(one.bound, one.path, one.produces):
        found[str(status)] = _response(_WORDS[status], one.errors, components)
    found["default"] = _response(_DEFAULT, one.errors, components)
    return found


def _statuses(bound: Bound, path: str, produces: Iterable[str]) -> list[int]:
    body = bound.body is not None
    given = {
        400: body,
        404: "{" in path,
        406: bool(tuple(produces)),
        413: body,
        415: body,
        422: body or any(map(_can_fail, bound.params)),
        500: True,
    }
    return [status for status, can in given.items() if can]


def _can_fail(plan: ParamPlan) -> bool:
    """Whether there is a value, or the want of one, that Rust refuses."""
    if plan.kinds != ("str",) or (plan.required and plan.source != "path"):
        return True
    limits = (plan.min_length, plan.max_length, plan.pattern, plan.min_items, plan.max_items)
    return any(limit is not None for limit in limits)


def _response(words: str, style: ErrorStyle, components: Components) -> Schema:
    return {"description": words, "content": {MEDIA[style]: {"schema": _schema(style, components)}}}


def _schema(style: ErrorStyle, components: Components) -> Schema:
    if style == "ninja":
        return components.fixed("NinjaError", _NINJA)
    fault = components.fixed("Fault", _FAULT)
    return (
        components.fixed("Problem", _problem(fault))
        if style == "problem"
        else components.fixed("BoostError", _boost(fault))
    )


def _problem(fault: Schema) -> Schema:
    """RFC 9457, with a permanent code, the trace id, and the faults."""
    return {
        "type": "object",
        "title": "Problem",
        "description": "A refusal (RFC 9457).",
        "properties": {
            "type": {"type": "string", "format": "uri-reference", "default": "about:blank"},
            "title": _TEXT,
            "status": _STATUS,
            "code": {"type": "string", "description": "Permanent: for programs to tell refusals apart."},
            "detail": _TEXT,
            "trace_id": {"type": "string", "description": "The request's id in the logs."},
            "errors": {"type": "array", "items": fault},
        },
        "required": ["type", "title", "status", "code", "trace_id"],
    }


def _boost(fault: Schema) -> Schema:
    return {
        "type": "object",
        "title": "BoostError",
        "properties": {
            "ok": {"const": False},
            "error": _TEXT,
            "code": _STATUS,
            "errors": {"type": "array", "items": fault},
        },
        "required": ["ok", "error", "code"],
    }


_STATUS: Final[Schema] = {"type": "integer", "minimum": int(HTTPStatus.BAD_REQUEST), "maximum": 599}
_NINJA: Final[Schema] = {
    "type": "object",
    "title": "NinjaError",
    "properties": {
        "detail": {
            "anyOf": [
                _TEXT,
                {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"type": _TEXT, "loc": _WAY, "msg": _TEXT},
                        "required": ["type", "loc", "msg"],
                    },
                },
            ]
        }
    },
    "required": ["detail"],
}
