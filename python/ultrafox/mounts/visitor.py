"""A real Django Ninja API or router below a prefix. Ninja itself is never imported unless the project has it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from django.http.response import HttpResponseBase

from ultrafox.exceptions import DeclarationError
from ultrafox.mounts.tree import mount_django

__all__ = ["is_ninja", "mount_ninja"]

_NUMBERS = itertools.count(1)


def is_ninja(given: object) -> bool:
    """Whether this is a NinjaAPI or a Router of Django Ninja."""
    return _named(given, "NinjaAPI") or _named(given, "Router")


def mount_ninja(path: str, given: Any) -> Callable[[Any], HttpResponseBase]:
    """A handler that answers by Ninja. A router gets an API of its own, without documents.

    A NinjaAPI that already stands in a URLconf is refused by Ninja unless its `urls_namespace` is its own there.
    Raises DeclarationError for anything else.
    """
    if _named(given, "NinjaAPI"):
        return mount_django(path, given.urls)
    if not _named(given, "Router"):
        raise DeclarationError(f"mount_ninja({path!r}): expected a NinjaAPI or a ninja.Router, given {given!r}.")
    from ninja import NinjaAPI

    api = NinjaAPI(urls_namespace=f"ultrafox-mount-{next(_NUMBERS)}", docs_url=None, openapi_url=None)
    api.add_router("", given)
    return mount_django(path, api.urls)


def _named(given: object, name: str) -> bool:
    return any(kind.__name__ == name and kind.__module__.partition(".")[0] == "ninja" for kind in type(given).__mro__)
