"""An API in a URLconf: `path("api/", api.urls)`.

One view serves all of it, by the engine; Django's own resolving ends at the mount. The patterns are there for
`reverse("api-1.0:get_item", kwargs={"id": 1})` and for who reads `request.resolver_match`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload
from weakref import WeakKeyDictionary

from django.urls import ResolverMatch, URLPattern
from django.urls.resolvers import RoutePattern

from ultrafox import path as paths
from ultrafox.doors import generation, open_door
from ultrafox.flights import Door
from ultrafox.mounted import View

if TYPE_CHECKING:
    from ultrafox.api import API

__all__ = ["ApiPattern", "Mount", "Patterns", "mount_of", "urls_of"]

APP_NAME = "ultrafox"

_PARAMETER = re.compile(r"\{(\*?)([^{}]*)\}")


def urls_of(api: API) -> tuple[Patterns, str, str]:
    """What `path()` takes: patterns, application namespace, and the API's own, "api-<version>" if it names none."""
    namespace = getattr(api, "urls_namespace", None) or f"api-{api.version}"
    return Patterns(mount_of(api)), APP_NAME, namespace


class Mount:
    """One API below URLconfs: its engine, made at the first request, and anew after a setting was changed."""

    def __init__(self, api: API) -> None:
        self.api = api
        self._made: tuple[int, Door] | None = None
        self._making = threading.Lock()

    def door(self) -> Door:
        """Raises ImproperlyConfigured and DeclarationError for what cannot be served."""
        made, now = self._made, generation()
        if made is None or made[0] != now:
            with self._making:
                made = self._made
                if made is None or made[0] != now:
                    made = self._made = now, open_door((self.api,), layered=False)
        return made[1]


_mounts: WeakKeyDictionary[API, Mount] = WeakKeyDictionary()


def mount_of(api: API) -> Mount:
    """The one mount of an API, however many URLconfs it is in."""
    mount = _mounts.get(api)
    if mount is None:
        mount = _mounts.setdefault(api, Mount(api))
    return mount


class Patterns(Sequence[URLPattern]):
    """The URL patterns of an API: first the one that serves, then the named ones, for `reverse` alone.

    They are made when Django first looks: operations that are declared after `path("api/", api.urls)` count.
    """

    def __init__(self, mount: Mount) -> None:
        self._mount = mount
        self._made: list[URLPattern] | None = None

    def _all(self) -> list[URLPattern]:
        if self._made is None:
            named = list(_named(self._mount))
            self._made = [ApiPattern(self._mount, named), *named]
        return self._made

    @overload
    def __getitem__(self, index: int) -> URLPattern: ...
    @overload
    def __getitem__(self, index: slice) -> list[URLPattern]: ...
    def __getitem__(self, index: int | slice) -> URLPattern | list[URLPattern]:
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._all())


class ApiPattern(URLPattern):
    """Takes every path below the mount. `ultrafox_api` is the API."""

    def __init__(self, mount: Mount, named: Sequence[URLPattern]) -> None:
        super().__init__(_Everything("", is_endpoint=False), View(mount, 0))
        self.ultrafox_api = mount.api
        self._mount = mount
        self._static: dict[str, URLPattern] = {}
        # By their first segment; those that begin with a parameter are under "".
        self._dynamic: dict[str, list[URLPattern]] = {}
        for pattern in named:
            route = str(pattern.pattern)
            if "<" not in route:
                self._static.setdefault(route, pattern)
            else:
                first = route.partition("/")[0]
                self._dynamic.setdefault("" if "<" in first else first, []).append(pattern)

    def resolve(self, path: str) -> ResolverMatch:
        """Always a match; with name and arguments where an operation has such a path."""
        match = self._operation(path) or ResolverMatch(
            self.callback, (), {}, route="", captured_kwargs={}, extra_kwargs={}
        )
        # The view is told how much of the path lies before the API.
        match.func = View(self._mount, len(path))
        return match

    def _operation(self, path: str) -> ResolverMatch | None:
        pattern = self._static.get(path)
        if pattern is not None:
            return pattern.resolve(path)
        first = path.partition("/")[0]
        for pattern in (*self._dynamic.get(first, ()), *(self._dynamic.get("", ()) if first else ())):
            match: ResolverMatch | None = pattern.resolve(path)
            if match is not None:
                return match
        return None


class _Everything(RoutePattern):
    """A route that ends nowhere: `check` has nothing to say of it."""

    def check(self) -> list[Any]:
        return []


def _named(mount: Mount) -> Iterator[URLPattern]:
    view = View(mount, 0)
    seen: set[tuple[str, str]] = set()
    for prefix, operation in mount.api.freeze():
        route = route_of(paths.parse(paths.join(prefix, operation.path)))
        if (route, operation.name) not in seen:
            seen.add((route, operation.name))
            yield URLPattern(RoutePattern(route, name=operation.name, is_endpoint=True), view, name=operation.name)


def route_of(template: paths.Template) -> str:
    """A path template as Django's `path()` writes it, below the mount.

    >>> route_of(paths.parse("/items/{int:id}/{rest:path}"))
    'items/<int:id>/<path:rest>'
    """

    def parameter(match: re.Match[str]) -> str:
        name = match[2]
        converter = "path" if match[1] else template.converters.get(name)
        return f"<{converter}:{name}>" if converter else f"<{name}>"

    return _PARAMETER.sub(parameter, template.canonical).removeprefix("/")
