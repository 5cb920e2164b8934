"""The OpenAPI 3.1 document of an API."""

from __future__ import annotations

from typing import Any

from ultrafox.encoding import encode
from ultrafox.exceptions import DeclarationError
from ultrafox.openapi.components import Components
from ultrafox.openapi.config import OpenAPIConfig
from ultrafox.openapi.merging import merge
from ultrafox.openapi.operations import Placed, describe, operation_ids, placed, with_extra
from ultrafox.openapi.ports import API, Schema

__all__ = ["check", "document"]

VERSION = "3.1.0"
# A path item of OpenAPI 3.1 has no member for it; 3.2 will.
_UNKNOWN_METHODS = {"query": "x-query"}


def document(api: API, *, servers_url: str | None = None) -> dict[str, Any]:
    """The document of an API as plain dicts and lists.

    `servers_url` is what stands before the paths where the configuration names no servers: the prefix below which
    `api.urls` is mounted. Raises DeclarationError for a type that has no schema.
    """
    components = Components()
    operations = list(placed(api))
    described: list[Schema] = []
    for one, identity in zip(operations, operation_ids(operations), strict=True):
        described.append(_described(one, identity, components))
    try:
        schemas = components.finish()
    except (TypeError, ValueError) as error:
        check(api)
        raise DeclarationError(f"{api!r}: expected types that have a JSON Schema: {error}.") from error
    items: dict[str, Schema] = {}
    for one, found in zip(operations, described, strict=True):
        method = _UNKNOWN_METHODS.get(one.method, one.method)
        items.setdefault(one.path, {})[method] = with_extra(found, one.operation)
    whole = _head(api.openapi, servers_url)
    whole["paths"] = items
    if schemas:
        whole["components"] = {"schemas": schemas}
    if tags := _tags(api.openapi, items):
        whole["tags"] = tags
    return merge(whole, api.openapi.extra)


def check(api: API) -> None:
    """Refuses at start what the document could not say. Raises DeclarationError with the operation's place."""
    for one in placed(api):
        components = Components()
        found = _described(one, "operation", components)
        try:
            components.finish()
            encode(with_extra(found, one.operation))
        except (TypeError, ValueError) as error:
            raise _refused(one, error) from error


def _described(one: Placed, identity: str, components: Components) -> Schema:
    try:
        return describe(one, identity, components)
    except (TypeError, ValueError) as error:
        if isinstance(error, DeclarationError):
            raise
        raise _refused(one, error) from error


def _refused(one: Placed, error: Exception) -> DeclarationError:
    why = " ".join(str(error).split()).rstrip(".")
    return DeclarationError(
        f"{one.operation.signature.place}: expected types and values that an OpenAPI document can describe: {why}."
        " Give the type a schema by msgspec.Meta(extra_json_schema=…), or leave the operation out by"
        " include_in_schema=False."
    )


def _head(config: OpenAPIConfig, servers_url: str | None) -> Schema:
    info: Schema = {"title": str(config.title or "API"), "version": str(config.version or "0.1.0")}
    optional = {
        "summary": config.summary,
        "description": config.description,
        "termsOfService": config.terms_of_service,
    }
    info |= {name: str(value) for name, value in optional.items() if value}
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
