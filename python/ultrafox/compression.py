"""What an operation says about compression: `from ultrafox.compression import no_compress`."""

from __future__ import annotations

from ultrafox.policy import no_compress

__all__ = ["no_compress"]
