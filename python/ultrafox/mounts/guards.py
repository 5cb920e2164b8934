"""What settings.MIDDLEWARE has to say of a view that is mounted on an API that itself stands behind `api.urls`.

Django has asked `process_view` there already, of the one view that serves the whole API: it is exempt from CSRF, and
needs no decorator that a mounted view may have or lack. The answer for that view is none for the mounted one.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from asgiref.sync import async_to_sync
from django.core.exceptions import MiddlewareNotUsed
from django.http.response import HttpResponseBase

from ultrafox.middleware.layer import Layer, is_async, layer

__all__ = ["guards"]

Guard = Callable[..., HttpResponseBase | None]
"""`process_view(request, view, args, kwargs)`."""


@functools.lru_cache(maxsize=4)
def guards(installed: tuple[str, ...]) -> tuple[Guard, ...]:
    """The `process_view` of these classes, in their order. Django keeps its own instances; these are made once."""
    return tuple(_guards(layer(name, "settings.MIDDLEWARE") for name in installed))


def _guards(layers: Iterator[Layer]) -> Iterator[Guard]:
    for one in layers:
        if isinstance(one.target, type) and not hasattr(one.target, "process_view"):
            continue
        try:
            hook = getattr(one.make(_never), "process_view", None)
        except MiddlewareNotUsed:
            continue
        if hook is not None:
            yield async_to_sync(hook) if is_async(hook) else hook


def _never(request: Any) -> HttpResponseBase:
    raise AssertionError("only process_view is asked here")
