"""Other applications below a prefix of an API: ASGI, a Django view tree, Django Ninja.

Each function here makes a handler `(request) -> response`, to be registered for all methods at a path and at
`path/{rest:path}`, outside the OpenAPI document. What stands behind `rest` is the application's.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from django.urls import ResolverMatch

from ultrafox.mounts.asgi import mount_asgi
from ultrafox.mounts.tree import mount_django
from ultrafox.mounts.visitor import is_ninja, mount_ninja

__all__ = ["handlers", "is_ninja", "mount_asgi", "mount_django", "mount_ninja"]


def handlers(answer: Callable[[Any], Any], prefix: str) -> Iterator[tuple[Callable[..., Any], str]]:
    """The operations of a mount: its handler at the prefix itself, and at every path below."""
    if inspect.iscoroutinefunction(answer):

        async def mounted(request: Any) -> Any:
            return await answer(_at(request, answer, ""))

        async def below(request: Any, rest: str) -> Any:
            return await answer(_at(request, answer, rest))

        yield mounted, prefix
        yield mounted, f"{prefix}/"
        yield below, f"{prefix}/{{rest:path}}"
    else:

        def mounted_sync(request: Any) -> Any:
            return answer(_at(request, answer, ""))

        def below_sync(request: Any, rest: str) -> Any:
            return answer(_at(request, answer, rest))

        yield mounted_sync, prefix
        yield mounted_sync, f"{prefix}/"
        yield below_sync, f"{prefix}/{{rest:path}}"


def _at(request: Any, answer: Callable[[Any], Any], rest: str) -> Any:
    request.resolver_match = ResolverMatch(answer, (), {"rest": rest})
    return request
