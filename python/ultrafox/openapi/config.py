"""What an API says about itself as a whole, and where its document and its pages are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ultrafox.exceptions import DeclarationError
from ultrafox.nearest import check_keywords

__all__ = ["OpenAPIConfig"]

Described = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAPIConfig:
    """The head of the OpenAPI document, and its URLs below the API's prefix; None for a URL switches it off.

        api = API(openapi=OpenAPIConfig(title="Shop", version="2.1", tags=[{"name": "orders", "description": "…"}]))

    `contact`, `license`, `external_docs` and the items of `servers` and `tags` are objects of OpenAPI 3.1; a text among
    the servers is a URL, among the tags a name. `extra` is merged into the whole document. `swagger` are options of
    Swagger UI; `scalar_script` is the URL of Scalar's script, whose page is served at `scalar` when both are set.
    """

    title: str | None = None
    version: str | None = None
    summary: str | None = None
    description: str | None = None
    terms_of_service: str | None = None
    contact: Described | None = None
    license: Described | None = None
    external_docs: Described | None = None
    servers: Sequence[Described | str] = ()
    tags: Sequence[Described | str] = ()
    extra: Described = field(default_factory=dict[str, Any])
    path: str | None = "/docs"
    """Swagger UI."""
    openapi_url: str | None = "/openapi.json"
    schema_url: str | None = "/schema"
    """The same document once more, where Django Bolt has it."""
    scalar: str | None = None
    scalar_script: str | None = None
    swagger: Described = field(default_factory=dict[str, Any])
    enabled: bool = True
    """False switches all URLs off; the document is made by `ultrafox openapi` alone."""

    def __post_init__(self) -> None:
        for name in ("path", "openapi_url", "schema_url", "scalar"):
            _check_url(name, getattr(self, name))
        for name in ("contact", "license", "external_docs", "extra", "swagger"):
            given = getattr(self, name)
            if given is not None and not isinstance(given, Mapping):
                raise DeclarationError(f"OpenAPIConfig: expected a dict for `{name}`, given {given!r}.")
        for name, key in (("servers", "url"), ("tags", "name")):
            _check_items(name, key, getattr(self, name))
        if self.scalar and not self.scalar_script:
            raise DeclarationError(
                "OpenAPIConfig: expected `scalar_script` beside `scalar`, the URL of Scalar's standalone script"
                " (npm @scalar/api-reference, dist/browser/standalone.js) among your static files; given none."
            )


def configure(
    *,
    title: str,
    version: str,
    description: str,
    openapi: OpenAPIConfig | Mapping[str, Any] | bool | None = None,
    **keywords: Any,
) -> OpenAPIConfig:
    """The configuration of an API: its `openapi=` (an OpenAPIConfig, a dict, False for none), under its other keywords.

    `keywords` are those of API that have a meaning here and were given: `docs`, `openapi_url`, `servers`,
    `openapi_extra`. Raises DeclarationError for what cannot be meant.
    """
    if openapi is False:
        base = OpenAPIConfig(enabled=False)
    elif openapi is None or openapi is True:
        base = OpenAPIConfig()
    elif isinstance(openapi, Mapping):
        check_keywords(openapi, [one.name for one in fields(OpenAPIConfig)], "openapi")
        base = OpenAPIConfig(**openapi)
    elif isinstance(openapi, OpenAPIConfig):
        base = openapi
    else:
        raise DeclarationError(f"API: expected an OpenAPIConfig, a dict or False for `openapi`, given {openapi!r}.")
    names = {"docs": "path", "openapi_extra": "extra", "servers": "servers", "openapi_url": "openapi_url"}
    check_keywords(keywords, names, "configure")
    given = {names[name]: value for name, value in keywords.items()}
    if given.get("openapi_url", "") is None:
        # Whoever takes the document away at its first URL does not want it at the second.
        given["schema_url"] = None
    return replace(
        base,
        title=base.title if base.title is not None else title,
        version=base.version if base.version is not None else version,
        description=base.description if base.description is not None else description,
        **given,
    )


def _check_url(name: str, url: Any) -> None:
    if url is None or (isinstance(url, str) and url.startswith("/") and not set(url) & set("{}?# ")):
        return
    raise DeclarationError(f'OpenAPIConfig: expected a path such as "/docs" or None for `{name}`, given {url!r}.')


def _check_items(name: str, key: str, items: Any) -> None:
    if isinstance(items, (str, Mapping)) or not isinstance(items, Sequence):
        raise DeclarationError(f"OpenAPIConfig: expected a list for `{name}`, given {items!r}.")
    for item in items:
        if isinstance(item, str) or (isinstance(item, Mapping) and isinstance(item.get(key), str)):
            continue
        raise DeclarationError(f"OpenAPIConfig: expected a text, or a dict with `{key}`, in `{name}`, given {item!r}.")
