"""Where a mounted application stands in a request's path."""

from __future__ import annotations

from typing import Any

from django.http import Http404

__all__ = ["split"]


def split(request: Any) -> tuple[str, str]:
    """The path up to the application, without a slash at its end, and the rest from its slash on.

    `/api/legacy/a/b` at `/api/legacy/{rest:path}` is `/api/legacy` and `/a/b`; `request.resolver_match` tells what
    `rest` is. Raises Http404 where the two do not fit, as for bytes that are no UTF-8.
    """
    path = str(request.path)
    match = getattr(request, "resolver_match", None)
    rest = str(match.kwargs.get("rest", "")) if match is not None else ""
    if not rest:
        return path.rstrip("/"), "/"
    if not path.endswith(rest):
        raise Http404
    # Only the slash between is dropped: whoever guards a path sees the one that the application sees.
    return path[: len(path) - len(rest)].removesuffix("/"), f"/{rest}"
