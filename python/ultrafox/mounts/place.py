"""Where a mounted application stands in a request's path."""

from __future__ import annotations

from typing import Any

__all__ = ["split"]


def split(request: Any) -> tuple[str, str]:
    """The path up to the application, without a slash at its end, and the rest from its slash on.

    `/api/legacy/a/b` at `/api/legacy/{rest:path}` is `/api/legacy` and `/a/b`; the match tells what `rest` is.
    """
    path = str(request.path)
    match = getattr(request, "resolver_match", None)
    rest = str(match.kwargs.get("rest", "")) if match is not None else ""
    if not rest or not path.endswith(rest):
        return path.rstrip("/"), "/"
    return path[: len(path) - len(rest)].rstrip("/"), f"/{rest.lstrip('/')}"
