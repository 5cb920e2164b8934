"""Keywords that a later version takes. They are refused until then, for what they ask for would not happen."""

from __future__ import annotations

from typing import Final

__all__: list[str] = []

ROUTER: Final = ("auth", "envelope", "guards", "pagination", "permissions", "rate_limit")

OPERATION: Final = (*ROUTER, "audit", "cache", "filters", "headers", "idempotent", "paginate", "timeout")

API: Final = (*ROUTER, "cors", "middleware_config")
