"""What goes in and what comes out: msgspec Structs, dataclasses, TypedDicts, and every type that msgspec knows."""

from __future__ import annotations

from ultrafox.schema.adapter import Adapter, adapter_for

__all__ = ["Adapter", "adapter_for"]
