"""Code around handlers: what `middleware=[…]` takes, and how it runs.

    def clocked(request, call_next):                            a function; `async def` too
        started = time.perf_counter()
        response = call_next(request)
        response["Server-Timing"] = f"app;dur={(time.perf_counter() - started) * 1000:.1f}"
        return response

    api = API(middleware=[clocked, "tenants.Middleware", (Limits, {"per_minute": 60})])

Also taken: Django middleware (classes and factories, by name too), own classes with `__init__(self, get_response,
**options)` and a sync or async `__call__(self, request)`, and children of `Middleware`. The first of a list is the
outermost. Every layer gets a response from the one inside it, never an exception: that has become an answer by then.
"""

from __future__ import annotations

from ultrafox.middleware.base import BaseMiddleware, Middleware
from ultrafox.middleware.compose import Core, compose
from ultrafox.middleware.declared import declared_layers, declared_skips, middleware, skip_middleware
from ultrafox.middleware.layer import Layer, layer, layers, remaining, stack
from ultrafox.middleware.project import cost_notice, settings_layers

__all__ = [
    "BaseMiddleware",
    "Core",
    "Layer",
    "Middleware",
    "compose",
    "cost_notice",
    "declared_layers",
    "declared_skips",
    "layer",
    "layers",
    "middleware",
    "remaining",
    "settings_layers",
    "skip_middleware",
    "stack",
]
