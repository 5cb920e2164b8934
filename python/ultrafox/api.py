"""The API: the root of a tree of routers, and what is said about all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Never

from ultrafox import coming
from ultrafox.nearest import check_keywords
from ultrafox.router import Router

if TYPE_CHECKING:
    from django.urls import URLPattern

__all__ = ["API"]


class API(Router):
    """A Django project's API, found in `api.py` or named by `ULTRAFOX["API"]`.

        api = API(title="Shop", version="1.0", prefix="/api")

        @api.get("/products", response=list[ProductOut])
        def list_products(request):
            return Product.objects.filter(active=True)

    `title`, `version` and `description` are kept for the OpenAPI document of a later version; nothing shows them yet.
    With a prefix, every path below it belongs to the API alone: one that is unknown is 404, and Django is not asked.
    """

    def __init__(
        self, *, title: str = "API", version: str = "0.1.0", description: str = "", prefix: str = "", **unknown: Never
    ) -> None:
        check_keywords(unknown, ("title", "version", "description", "prefix"), "API", coming.API)
        super().__init__(prefix)
        self.title = title
        self.version = version
        self.description = description

    @property
    def mountable(self) -> bool:
        """An API is the root; a Router is what can be mounted."""
        return False

    @property
    def urls(self) -> tuple[Sequence[URLPattern], str, str]:
        """For a URLconf: `path("api/", api.urls)`."""
        from ultrafox.urls import urls_of

        return urls_of(self)

    @property
    def claim(self) -> str | None:
        """The prefix below which no path is Django's."""
        return self.prefix if self.prefix and "{" not in self.prefix else None
