"""Where an argument of a handler comes from, and what it must satisfy.

    def handler(
        id: Annotated[int, Path(ge=1)],
        x_api_key: str = Header("X-API-Key"),
        limit: int = Query(default=10, le=100),
    ): ...

An argument without a mark comes from the path when the path names it, from the body when its annotation is a schema,
and else from the query string.
"""

from __future__ import annotations

from typing import Final

from ultrafox import markers

__all__ = ["Body", "Cookie", "Header", "Path", "Query"]

Path: Final = markers.Marker("Path", "path")
Query: Final = markers.Marker("Query", "query")
Header: Final = markers.Marker("Header", "header")
Cookie: Final = markers.Marker("Cookie", "cookie")
Body: Final = markers.Marker("Body", "body")
