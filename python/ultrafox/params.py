"""Where an argument of a handler comes from, and what it must satisfy.

    def handler(
        id: Annotated[int, Path(ge=1)],
        x_api_key: str = Header("X-API-Key"),
        limit: int = Query(default=10, le=100),
    ): ...

An argument without a mark comes from the path when the path names it, from the body when its annotation is a schema,
from a form when it is an UploadFile, and else from the query string. A schema that is marked is a group: each of its
fields is a parameter (`filters: Query[Filters]`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ultrafox import exceptions, markers

__all__ = ["Body", "Cookie", "Depends", "File", "Form", "Header", "Path", "Query"]

Path: Final = markers.Marker("Path", "path")
Query: Final = markers.Marker("Query", "query")
Header: Final = markers.Marker("Header", "header")
Cookie: Final = markers.Marker("Cookie", "cookie")
Form: Final = markers.Marker("Form", "form")
File: Final = markers.Marker("File", "file")
Body: Final = markers.Marker("Body", "body")


def Depends(dependency: Callable[..., Any] | None = None, *, use_cache: bool = True) -> Any:
    """The argument is what `dependency` returns, or yields: what follows its `yield` runs after the reply.

    Its own arguments are read as a handler's. Without a function it is the class that the argument is annotated with.
    One request calls it once, for all who name it; `use_cache=False` calls it for this argument alone.
    """
    if dependency is not None and not callable(dependency):
        raise exceptions.DeclarationError(
            f"Depends: expected a function or a class, given {dependency!r}. Give it uncalled."
        )
    return markers.Needs(dependency, use_cache)
