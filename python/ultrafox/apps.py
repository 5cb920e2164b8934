"""The Django app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from ultrafox import conf

__all__ = ["UltrafoxConfig"]


def check_settings(**_: Any) -> list[checks.CheckMessage]:
    """`manage.py check`: settings with which the server would not start (ultrafox.E001)."""
    try:
        conf.load()
    except ImproperlyConfigured as error:
        return [checks.Error(str(error), id="ultrafox.E001")]
    return []


class UltrafoxConfig(AppConfig):
    """Registers the checks."""

    name = "ultrafox"

    def ready(self) -> None:
        checks.register(check_settings)
