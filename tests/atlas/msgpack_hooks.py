"""Teaches schemathesis msgpack, which bodies and replies of every operation may be in."""

from __future__ import annotations

from typing import Any

import msgspec
import schemathesis

MEDIA = "application/msgpack"


@schemathesis.deserializer(MEDIA)
def read(context: Any, response: Any) -> Any:
    return msgspec.msgpack.decode(response.content)


@schemathesis.serializer(MEDIA)
def write(context: Any, value: Any) -> bytes:
    return msgspec.msgpack.encode(value, enc_hook=str)
