"""The API: the root of a tree of routers, and what is said about all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from ultrafox import afterwards, coming
from ultrafox import lifespan as lifespans
from ultrafox.exception_handlers import ExceptionHandlers
from ultrafox.exceptions import DeclarationError
from ultrafox.nearest import check_keywords, did_you_mean
from ultrafox.openapi.config import OpenAPIConfig, configure
from ultrafox.operation import Operation, Options, declare
from ultrafox.path import join
from ultrafox.plan import ErrorStyle
from ultrafox.policy import KEYWORDS, Policy
from ultrafox.router import Router

if TYPE_CHECKING:
    from django.urls import URLPattern

__all__ = ["API"]

STYLES: tuple[ErrorStyle, ...] = ("problem", "boost", "ninja")

Handler = TypeVar("Handler", bound=Callable[..., Any])


class API(Router):
    """A Django project's API, found in `api.py` or named by `ULTRAFOX["API"]`, or mounted by `path("api/", api.urls)`.

        api = API(title="Shop", version="1.0", prefix="/api")

        @api.get("/products", response=list[ProductOut])
        def list_products(request):
            return Product.objects.filter(active=True)

    `title`, `version`, `description`, `servers` and `openapi` are what its OpenAPI document shows at `openapi_url`
    ("/openapi.json"), and `docs` ("/docs") is where people read it; None leaves either out. `openapi_config` is
    another name for `openapi`. `errors` is how refusals are written: "problem" (RFC 9457), "boost" or "ninja".
    `compression=False` sends every answer as it is. `lifespan` is an async context manager of the
    API, entered before the first request and left after the last. With a prefix, every path below it belongs to the
    API alone: one that is unknown is 404, and Django is not asked. What else is said holds for all operations.
    """

    def __init__(
        self,
        *,
        title: str = "API",
        version: str = "0.1.0",
        description: str = "",
        prefix: str = "",
        errors: ErrorStyle = "problem",
        compression: bool = True,
        openapi: OpenAPIConfig | Mapping[str, Any] | bool | None = None,
        openapi_config: OpenAPIConfig | None = None,
        lifespan: Callable[[Any], Any] | None = None,
        urls_namespace: str | None = None,
        **policy: Any,
    ) -> None:
        check_keywords(policy, (*_KEYWORDS, *KEYWORDS), "API", coming.API)
        if errors not in STYLES:
            cure = did_you_mean(errors, STYLES)
            raise DeclarationError(f"API: expected {', '.join(STYLES)} for `errors`, given {errors!r}.{cure}")
        if openapi_config is not None:
            if openapi is not None:
                raise DeclarationError("API: expected `openapi` or `openapi_config`, which are the same, given both.")
            openapi = openapi_config
        described = {name: policy.pop(name) for name in _DESCRIBED if name in policy}
        super().__init__(prefix, **policy)
        self.title = title
        self.version = version
        self.description = description
        self.openapi = configure(title=title, version=version, description=description, openapi=openapi, **described)
        self.errors: ErrorStyle = errors
        self.compression = compression
        self.lifespan = lifespan
        lifespans.check(lifespan)
        self.urls_namespace = urls_namespace
        self._pages: list[Operation] = []
        self.exception_handlers = ExceptionHandlers()
        self.dependency_overrides: dict[Callable[..., Any], Callable[..., Any]] = {}
        """In tests: what takes the place of a dependency."""
        self.state = lifespans.State()
        """Whatever the lifespan wants to keep for the handlers."""

    @property
    def mountable(self) -> bool:
        """An API is the root; a Router is what can be mounted."""
        return False

    @property
    def urls(self) -> tuple[Sequence[URLPattern], str, str]:
        """For a URLconf: `path("api/", api.urls)`; `reverse("api-1.0:name")` finds its operations."""
        from ultrafox.urls import urls_of

        return urls_of(self)

    @property
    def claim(self) -> str | None:
        """The prefix below which no path is Django's."""
        return self.prefix if self.prefix and "{" not in self.prefix else None

    def freeze(self, prefix: str = "", outer: Policy | None = None) -> Iterator[tuple[str, Operation]]:
        """Every operation, those that show the document among them; the API takes no more after that."""
        if not self._frozen:
            self._pages = self._made_pages()
        yield from super().freeze(prefix, outer)

    def operations(self, prefix: str = "", outer: Policy | None = None) -> Iterator[tuple[str, Operation]]:
        """Every operation with the prefixes and inside the policies around it."""
        yield from super().operations(prefix, outer)
        # What handlers depend on is not what their description does.
        policy = replace(self.policy, dependencies=())
        for page in self._pages:
            yield join(prefix, self.prefix), page.within(policy)

    def _made_pages(self) -> list[Operation]:
        from ultrafox.openapi import pages

        options: Options = {"response": None, "include_in_schema": False}
        taken = {join(prefix, one.path) for prefix, one in self.operations() if one.method == "GET"}
        return [
            operation
            for page in pages(self, taken)
            for operation in declare(("GET",), page.path, page.function, {**options, "name": page.name}, {})
        ]

    def exception_handler(self, kind: type[Exception] | int) -> Callable[[Handler], Handler]:
        """Answers exceptions of a class, or those that would be answered with a status, by `handler(request, exc)`."""
        self._check_open("exception handlers")
        return self.exception_handlers.register(kind)

    def add_exception_handler(self, kind: type[Exception] | int, handler: Callable[..., Any]) -> None:
        """`exception_handler` without a decorator, as in Starlette."""
        self._check_open("exception handlers")
        self.exception_handlers.add(kind, handler)

    def background(self, function: Callable[..., Any], /, *arguments: Any, **keywords: Any) -> None:
        """Runs `function(*arguments, **keywords)` once the reply of the present request is on its way.

        A coroutine function runs on the event loop, any other on a thread that may block; a failure is logged. It is
        lost with its process: `django.tasks` is for what must not be. Raises ServiceUnavailable when 1,024 wait.
        """
        afterwards.add(afterwards.Task(function, arguments, keywords))


_DESCRIBED = ("docs", "openapi_url", "servers", "openapi_extra")
_KEYWORDS = (
    *("title", "version", "description", "prefix", "errors", "compression"),
    *("openapi", "openapi_config", "lifespan", "urls_namespace"),
    *_DESCRIBED,
)
