"""Finds the project's APIs, and where its URLconf mounts them."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType
from typing import Any, TypeGuard

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from ultrafox.api import API
from ultrafox.nearest import did_you_mean

__all__: list[str] = []

OWN = "ultrafox"


@dataclass(frozen=True, slots=True)
class Mounted:
    """An API, and the path that it is served below: `/shop`, or nothing for the root."""

    api: API
    prefix: str
    in_urls: bool
    """Whether `api.urls` put it there: then what it does not know there is still asked of Django's own handler."""


def find(paths: tuple[str, ...]) -> tuple[Mounted, ...]:
    """The APIs at these paths; without paths, those in `api.py` beside ROOT_URLCONF and in every installed app.

    An API that the URLconf mounts is served at every mount, and nowhere else; so is one that only the URLconf names.
    Each place comes once. Raises ImproperlyConfigured for a path at which there is no API.
    """
    found = [named(path) for path in paths] if paths else [api for module in _modules() for api in _apis(module)]
    mounts = list(_mounts())
    placed = {id(mount.api) for mount in mounts}
    alone = [Mounted(api, "", False) for api in found if id(api) not in placed]
    return tuple({(id(one.api), one.prefix): one for one in (*alone, *mounts)}.values())


def _mounts() -> Iterator[Mounted]:
    """Every `path("…/", api.urls)` of the project that no parameter and no regular expression precedes."""
    if getattr(settings, "ROOT_URLCONF", None):
        yield from _below(get_resolver().url_patterns, "")


def _below(patterns: Any, prefix: str) -> Iterator[Mounted]:
    for pattern in patterns:
        api: Any = getattr(pattern, "ultrafox_api", None)
        if isinstance(pattern, URLPattern):
            if _is_api(api):
                yield Mounted(api, f"/{prefix}".rstrip("/"), True)
        elif isinstance(pattern, URLResolver) and (route := _static(pattern)) is not None:
            yield from _below(pattern.url_patterns, prefix + route)


def _static(resolver: URLResolver) -> str | None:
    """What a resolver takes off the path, where that is always the same; Django serves the others by itself."""
    route = str(resolver.pattern)
    return route if isinstance(resolver.pattern, RoutePattern) and "<" not in route else None


def named(path: str) -> API:
    """The API at `pkg.module.attribute` or `pkg.module:attribute`."""
    where = 'ULTRAFOX["API"]'
    name, colon, attribute = path.partition(":") if ":" in path else path.rpartition(".")
    if not (name and colon and attribute):
        raise ImproperlyConfigured(f"{where}: expected a path such as 'shop.api:api', given {path!r}.")
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            raise ImproperlyConfigured(
                f"{where}: expected a module, given {path!r}: there is no module {error.name!r}."
            ) from error
        raise
    found = getattr(module, attribute, None)
    if not _is_api(found):
        names = [key for key, value in vars(module).items() if _is_api(value)]
        cure = did_you_mean(attribute, names) or (f" There is `{names[0]}`." if names else "")
        given = "nothing" if found is None else f"a {type(found).__name__}"
        raise ImproperlyConfigured(f"{where}: expected an API at {path!r}, given {given}.{cure}")
    return found


def _modules() -> Iterator[ModuleType]:
    """Every `api.py` that may hold an API. An error in one of them stops the start."""
    project = settings.ROOT_URLCONF.rpartition(".")[0] if getattr(settings, "ROOT_URLCONF", None) else ""
    packages = [project, *(config.name for config in apps.get_app_configs())]
    for package in dict.fromkeys(packages):
        if package == OWN or package.startswith("django."):
            continue
        name = f"{package}.api" if package else "api"
        if find_spec(name) is not None:
            yield importlib.import_module(name)


def _apis(module: ModuleType) -> Iterator[API]:
    yield from (value for value in vars(module).values() if _is_api(value))


def _is_api(value: object) -> TypeGuard[API]:
    return isinstance(value, API)
