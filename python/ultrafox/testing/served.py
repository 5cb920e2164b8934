"""What a test client calls: APIs behind a door that is made anew when what it is made of changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from ultrafox import conf, discovery
from ultrafox.api import API
from ultrafox.doors import Overrides, generation, open_door
from ultrafox.flights import Door, Flight
from ultrafox.lifespan import Lifespan
from ultrafox.router import Router
from ultrafox.testing.outgoing import Request

__all__ = ["Served", "Target"]

Target = API | Router | Iterable[API] | None
"""An API, a router alone, several APIs, or None for those of the project, where the project has them."""

HOST = "testserver"


class Served:
    """The APIs of a client, with what stands in for their dependencies."""

    def __init__(self, target: Target, overrides: Overrides | None, base_url: str) -> None:
        self._targets = _targets(target)
        self._apis = [getattr(one, "api", one) for one in self._targets]
        self._overrides = dict(overrides or {})
        host = urlsplit(base_url).hostname or HOST
        self._hosts = tuple(dict.fromkeys((HOST, host)))
        self._made: tuple[int, dict[Any, Any], Door] | None = None

    def open(self, request: Request) -> Flight:
        """Sends a request on its way."""
        return self._door().open(
            method=request.method,
            target=request.target,
            headers=request.fields,
            body=request.content or None,
            peer="127.0.0.1",
            secure=request.secure,
            base=0,
            inherit=None,
            keeps_fault=True,
        )

    def lifespan(self) -> Lifespan:
        """The lifespans of the APIs."""
        return Lifespan(api for api in self._apis if getattr(api, "lifespan", None) is not None)

    def _door(self) -> Door:
        overrides = self._overrides
        for api in self._apis:
            # `api.dependency_overrides[dependency] = fake` counts from the next call on.
            own: dict[Any, Any] | None = getattr(api, "dependency_overrides", None)
            if own:
                overrides = {**own, **overrides}
        made, now = self._made, generation()
        if made is None or made[0] != now or made[1] != overrides:
            door = open_door(self._targets, layered=True, hosts=self._hosts, overrides=overrides)
            made = self._made = now, dict(overrides), door
        return made[2]


def _targets(target: Target) -> tuple[Any, ...]:
    if target is None:
        return discovery.find(conf.load().api)
    if isinstance(target, API):
        return (target,)
    if isinstance(target, Router):
        api = API()
        api.add_router("", target)
        return (api,)
    given: Any = target
    several: tuple[Any, ...] = tuple(given) if isinstance(given, Iterable) else (given,)
    wrong = [one for one in several if not isinstance(one, API)]
    if wrong:
        raise TypeError(f"Expected an API, a Router, a list of APIs or nothing to test, given {wrong[0]!r}.")
    return several
