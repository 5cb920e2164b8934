"""Django APIs, served from Rust."""

from __future__ import annotations

from ultrafox._core import VERSION as __version__
from ultrafox.api import API
from ultrafox.exceptions import (
    BadGateway,
    BadRequest,
    Conflict,
    DeclarationError,
    Forbidden,
    GatewayTimeout,
    Gone,
    HttpError,
    HTTPException,
    InternalServerError,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    PayloadTooLarge,
    RequestTimeout,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
    UnprocessableEntity,
    UnsupportedMediaType,
)
from ultrafox.params import Body, Cookie, Header, Path, Query
from ultrafox.request import Request
from ultrafox.router import Router

__all__ = [
    "API",
    "BadGateway",
    "BadRequest",
    "Body",
    "Conflict",
    "Cookie",
    "DeclarationError",
    "Forbidden",
    "GatewayTimeout",
    "Gone",
    "HTTPException",
    "Header",
    "HttpError",
    "InternalServerError",
    "MethodNotAllowed",
    "NotAcceptable",
    "NotFound",
    "Path",
    "PayloadTooLarge",
    "Query",
    "Request",
    "RequestTimeout",
    "Router",
    "ServiceUnavailable",
    "TooManyRequests",
    "Unauthorized",
    "UnprocessableEntity",
    "UnsupportedMediaType",
    "__version__",
]
