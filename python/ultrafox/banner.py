"""What a starting server tells the person who started it."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.db import connections

from ultrafox._core import VERSION
from ultrafox.middleware import cost_notice, settings_layers
from ultrafox.plan import Compiled


def banner(compiled: Compiled, address: tuple[str, int], threads: int, seconds: float) -> str:
    """URLs, operations, workers, database, and the time to ready."""
    host, port = address
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
    lines = [
        f"Ultrafox {VERSION} · http://{shown}:{port}/",
        f"  operations  {len(compiled.calls)} of {_count(len(compiled.apis), 'API')}; other paths go to Django",
        f"  worker      1 process, 1 event loop, {threads} pool threads",
        f"  database    {_databases()}",
        f"  debug       {'on' if django_settings.DEBUG else 'off'}",
    ]
    layers = settings_layers(django_settings.MIDDLEWARE, compiled.settings.middleware.skip)
    if around := cost_notice(layers, len(compiled.calls)):
        lines.append(f"  middleware  {around}")
    lines += [f"  warning     {warning}" for warning in compiled.settings.warnings]
    lines.append(f"Ready in {seconds:.2f} s. Stop with Ctrl-C.")
    return "\n".join(lines)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _databases() -> str:
    aliases = [alias for alias in connections if connections[alias].vendor != "unknown"]
    return ", ".join(f"{alias} ({connections[alias].vendor})" for alias in aliases) or "none"
