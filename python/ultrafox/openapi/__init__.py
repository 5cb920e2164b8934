"""OpenAPI 3.1: the document of an API, and the pages that show it."""

from __future__ import annotations

from ultrafox.openapi.config import OpenAPIConfig
from ultrafox.openapi.document import check, document
from ultrafox.openapi.pages import Page, pages

__all__ = ["OpenAPIConfig", "Page", "check", "document", "pages"]
