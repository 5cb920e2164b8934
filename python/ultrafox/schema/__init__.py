"""What goes in and what comes out: Structs, dataclasses, TypedDicts, pydantic models, and all types that they know."""

from __future__ import annotations

from ultrafox.schema.adapter import Adapter, adapter_for
from ultrafox.schema.dump import Dump
from ultrafox.schema.serializer import Serializer, computed_field, field_validator, model_validator

__all__ = [
    "Adapter",
    "Dump",
    "Serializer",
    "adapter_for",
    "computed_field",
    "field_validator",
    "model_validator",
]
