"""Keywords that a later version takes. They are refused until then, for what they ask for would not happen."""

from __future__ import annotations

from typing import Final

__all__: list[str] = []

ROUTER: Final = ("auth", "guards", "middleware", "permissions", "rate_limit", "tags")

OPERATION: Final = (
    *ROUTER,
    *("audit", "by_alias", "cache", "compress", "deprecated", "description", "envelope", "exclude_defaults"),
    *("exclude_none", "exclude_unset", "filters", "headers", "idempotent", "include_in_schema", "max_body"),
    *("openapi_extra", "operation_id", "paginate", "summary", "timeout", "url_name"),
)

API: Final = (
    *ROUTER,
    *("compression", "cors", "docs", "envelope", "errors", "lifespan", "openapi", "pagination", "servers"),
    "urls_namespace",
)
