"""The command `ultrafox`."""

from __future__ import annotations

from ultrafox.cli.main import main

__all__ = ["main"]
