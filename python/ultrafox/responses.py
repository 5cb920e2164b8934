"""What handlers return beside plain values: `from ultrafox.responses import HTML, Redirect, codes_4xx`.

`File` is the response here, and the marker of an uploaded file at the package's root.
"""

from __future__ import annotations

from ultrafox.files import File, FileResponse
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
from ultrafox.sse import ServerSentEvent
from ultrafox.statuses import Status, codes_1xx, codes_2xx, codes_3xx, codes_4xx, codes_5xx

__all__ = [
    "HTML",
    "JSON",
    "EventSourceResponse",
    "File",
    "FileResponse",
    "JSONResponse",
    "PlainText",
    "Redirect",
    "Response",
    "ServerSentEvent",
    "Status",
    "StreamingResponse",
    "codes_1xx",
    "codes_2xx",
    "codes_3xx",
    "codes_4xx",
    "codes_5xx",
]
