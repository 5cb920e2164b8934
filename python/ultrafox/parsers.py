"""Representations of a body: its `Content-Type` says which of an operation's it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from ultrafox.media import instances

__all__ = ["JSONParser", "MsgpackParser", "Parser", "check_parsers"]


class Parser:
    """One representation. Its values are dicts, lists, text and numbers, which the body's schema converts.

    class YAML(Parser):
        media_type = "application/yaml"

        def parse(self, body, *, content_type):
            return yaml.safe_load(body)
    """

    media_type: str = ""
    """`type/subtype`, lower case, no parameters."""

    def parse(self, body: bytes, *, content_type: str) -> Any:
        """The body's value; `content_type` is the media type without parameters. Raises ValueError for a misfit."""
        raise NotImplementedError(f"{type(self).__name__} needs a method `parse(self, body, *, content_type)`.")


class JSONParser(Parser):
    """application/json."""

    media_type = "application/json"

    def parse(self, body: bytes, *, content_type: str) -> Any:
        return msgspec.json.decode(body)


class MsgpackParser(Parser):
    """application/msgpack."""

    media_type = "application/msgpack"

    def parse(self, body: bytes, *, content_type: str) -> Any:
        return msgspec.msgpack.decode(body)


def check_parsers(parsers: Iterable[Any], place: str) -> tuple[Parser, ...]:
    """Parsers, or classes of them, as instances. Raises DeclarationError."""
    return instances(parsers, Parser, "parse", place)
