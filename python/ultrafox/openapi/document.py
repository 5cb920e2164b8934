"""The OpenAPI 3.1 document of an API."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ultrafox.encoding import encode
from ultrafox.exceptions import DeclarationError
from ultrafox.openapi.components import Components
from ultrafox.openapi.config import OpenAPIConfig
from ultrafox.openapi.merging import merge
from ultrafox.openapi.operations import describe, operation_ids, with_extra
from ultrafox.openapi.ports import Schema, Sketch
from ultrafox.openapi.sketches import sketches

if TYPE_CHECKING:
    from ultrafox.api import API

__all__ = ["check", "document"]

VERSION = "3.1.0"
# A path item of OpenAPI 3.1 has no member for it; one of 3.2 has.
_UNKNOWN_METHODS = {"query": "x-query"}


_checked: weakref.WeakSet[API] = weakref.WeakSet()


def document(api: API, *, servers_url: str | None = None) -> dict[str, Any]:
    """The document of an API as plain dicts and lists.

    `servers_url` is what stands before the paths where the configuration names no servers: the prefix below which
    `api.urls` is mounted. Raises DeclarationError for a type that has no schema.
    """
    return draw(sketches(api), api.openapi, servers_url=servers_url)


def check(api: API) -> None:
    """Refuses at start what the document could not say. Raises DeclarationError with the operation's place.

    An API that is frozen stays as it is, and is looked at once.
    """
    if api not in _checked:
        check_sketches(sketches(api))
        if api.is_frozen:
            _checked.add(api)


def draw(operations: Iterable[Sketch], config: OpenAPIConfig, *, servers_url: str | None = None) -> dict[str, Any]:
    """The document of these operations. Raises DeclarationError."""
    operations = tuple(operations)
    components = Components()
    described = [
        _described(one, identity, components)
        for one, identity in zip(operations, operation_ids(operations), strict=True)
    ]
    try:
        schemas = components.finish()
    except (TypeError, ValueError):
        # One by one it is known whose type it is.
        check_sketches(operations)
        raise
    items: dict[str, Schema] = {}
    for one, found in zip(operations, described, strict=True):
        method = one.method.lower()
        items.setdefault(one.path, {})[_UNKNOWN_METHODS.get(method, method)] = with_extra(found, one)
    whole = _head(config, servers_url)
    whole["paths"] = items
    if schemas:
        whole["components"] = {"schemas": schemas}
    if tags := _tags(config, items):
        whole["tags"] = tags
    return merge(whole, config.extra)


def check_sketches(operations: Iterable[Sketch]) -> None:
    """Draws each operation by itself. Raises DeclarationError with its place."""
    for one in operations:
        components = Components()
        found = _described(one, "operation", components)
        try:
            components.finish()
            encode(with_extra(found, one))
        except (TypeError, ValueError) as error:
            raise _refused(one, error) from error


def _described(one: Sketch, identity: str, components: Components) -> Schema:
    try:
        return describe(one, identity, components)
    except (TypeError, ValueError) as error:
        raise _refused(one, error) from error


def _refused(one: Sketch, error: Exception) -> DeclarationError:
    why = " ".join(str(error).split()).rstrip(".")
    return DeclarationError(
        f"{one.place}: expected types and values that an OpenAPI document can describe: {why}."
        " Give the type a schema by msgspec.Meta(extra_json_schema=…), or leave the operation out by"
        " include_in_schema=False."
    )


def _head(config: OpenAPIConfig, servers_url: str | None) -> Schema:
    info: Schema = {"title": str(config.title or "API"), "version": str(config.version or "0.1.0")}
    texts = {"summary": config.summary, "description": config.description, "termsOfService": config.terms_of_service}
    info |= {name: str(value) for name, value in texts.items() if value}
    info |= {name: dict(value) for name in ("contact", "license") if (value := getattr(config, name))}
    whole: Schema = {"openapi": VERSION, "info": info}
    servers = [{"url": one} if isinstance(one, str) else dict(one) for one in config.servers]
    if not servers and servers_url:
        servers = [{"url": servers_url}]
    if servers:
        whole["servers"] = servers
    if config.external_docs:
        whole["externalDocs"] = dict(config.external_docs)
    return whole


def _tags(config: OpenAPIConfig, items: dict[str, Schema]) -> list[Schema]:
    """Those that the configuration describes, then the others in the order of their first use."""
    found = {tag["name"]: tag for tag in ({"name": one} if isinstance(one, str) else dict(one) for one in config.tags)}
    for item in items.values():
        for operation in item.values():
            for name in operation.get("tags", ()):
                found.setdefault(name, {"name": name})
    return list(found.values())
