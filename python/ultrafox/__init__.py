"""Django APIs, served from Rust."""

from __future__ import annotations

from ultrafox._core import VERSION as __version__
from ultrafox.api import API
from ultrafox.context import Context
from ultrafox.exception_handlers import register_exception_handlers
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
    RequestValidationError,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
    UnprocessableEntity,
    UnsupportedMediaType,
)
from ultrafox.files import FileResponse
from ultrafox.middleware import BaseMiddleware, Middleware, middleware, skip_middleware
from ultrafox.openapi import OpenAPIConfig
from ultrafox.params import Body, Cookie, Depends, File, Form, Header, Path, Query
from ultrafox.parsers import JSONParser, MsgpackParser, Parser
from ultrafox.policy import no_compress
from ultrafox.renderers import JSONRenderer, MsgpackRenderer, Renderer
from ultrafox.request import Request
from ultrafox.response import (
    HTML,
    JSON,
    EventSourceResponse,
    JSONResponse,
    PlainText,
    Redirect,
    Response,
    StreamingResponse,
)
from ultrafox.router import Router
from ultrafox.schema.serializer import Serializer, computed_field, field_validator, model_validator
from ultrafox.sse import ServerSentEvent
from ultrafox.statuses import Status, codes_1xx, codes_2xx, codes_3xx, codes_4xx, codes_5xx
from ultrafox.uploads import UploadFile

__all__ = [
    "API",
    "HTML",
    "JSON",
    "BadGateway",
    "BadRequest",
    "BaseMiddleware",
    "Body",
    "Conflict",
    "Context",
    "Cookie",
    "DeclarationError",
    "Depends",
    "EventSourceResponse",
    "File",
    "FileResponse",
    "Forbidden",
    "Form",
    "GatewayTimeout",
    "Gone",
    "HTTPException",
    "Header",
    "HttpError",
    "InternalServerError",
    "JSONParser",
    "JSONRenderer",
    "JSONResponse",
    "MethodNotAllowed",
    "Middleware",
    "MsgpackParser",
    "MsgpackRenderer",
    "NotAcceptable",
    "NotFound",
    "OpenAPIConfig",
    "Parser",
    "Path",
    "PayloadTooLarge",
    "PlainText",
    "Query",
    "Redirect",
    "Renderer",
    "Request",
    "RequestTimeout",
    "RequestValidationError",
    "Response",
    "Router",
    "Serializer",
    "ServerSentEvent",
    "ServiceUnavailable",
    "Status",
    "StreamingResponse",
    "TooManyRequests",
    "Unauthorized",
    "UnprocessableEntity",
    "UnsupportedMediaType",
    "UploadFile",
    "__version__",
    "codes_1xx",
    "codes_2xx",
    "codes_3xx",
    "codes_4xx",
    "codes_5xx",
    "computed_field",
    "field_validator",
    "middleware",
    "model_validator",
    "no_compress",
    "register_exception_handlers",
    "skip_middleware",
]
