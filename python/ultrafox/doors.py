"""Makes the engine of a door without a socket: a mounted API's, a test client's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.core.signals import setting_changed

from ultrafox import conf
from ultrafox.origin import with_places
from ultrafox.plan import compile_apis

if TYPE_CHECKING:
    from ultrafox.flights import Door

__all__ = ["Overrides", "generation", "open_door"]

Overrides = Mapping[Callable[..., Any], Callable[..., Any]]

_generation = 0


def generation() -> int:
    """Counts the changes of settings (`override_settings`): a door of an earlier one is to be made anew."""
    return _generation


def _count(**_: Any) -> None:
    global _generation
    _generation += 1


setting_changed.connect(_count, dispatch_uid="ultrafox.doors")


def open_door(
    apis: Iterable[Any], *, layered: bool, hosts: tuple[str, ...] = (), overrides: Overrides | None = None
) -> Door:
    """Compiles these APIs by the settings of now; they take no further operations after that.

    `layered`: the classes of settings.MIDDLEWARE run here, for nobody else runs them at this door. `hosts` are served
    beside ALLOWED_HOSTS; `overrides` stand in for dependencies. Raises as `compile_apis` does.
    """
    from ultrafox import _core

    settings = conf.load()
    settings = replace(settings, allowed_hosts=(*settings.allowed_hosts, *hosts))
    compiled = compile_apis(apis, settings, fallback=False, layered=layered, overrides=overrides)
    try:
        door: Door = _core.Door(plan=compiled.plan, calls=compiled.calls)
    except ValueError as error:
        raise with_places(error, compiled.places) from None
    return door
