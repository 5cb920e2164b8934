"""Finds the project's APIs."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from importlib.util import find_spec
from types import ModuleType
from typing import TypeGuard

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from ultrafox.api import API
from ultrafox.nearest import did_you_mean

__all__: list[str] = []

OWN = "ultrafox"


def find(paths: tuple[str, ...]) -> tuple[API, ...]:
    """The APIs at these paths; without paths, those in `api.py` beside ROOT_URLCONF and in every installed app.

    Each comes once. Raises ImproperlyConfigured for a path at which there is no API.
    """
    found = [_named(path) for path in paths] if paths else [api for module in _modules() for api in _apis(module)]
    return tuple({id(api): api for api in found}.values())


def _named(path: str) -> API:
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
