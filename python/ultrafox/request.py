"""The request, as handlers see it."""

from __future__ import annotations

from ultrafox import _core

__all__ = ["Request"]

Request = _core.Request
