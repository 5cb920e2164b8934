"""Representations of a reply: the client chooses among an operation's by `Accept`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from ultrafox.encoding import encode, encode_msgpack
from ultrafox.media import instances

if TYPE_CHECKING:
    from ultrafox.request import Request

__all__ = ["JSONRenderer", "MsgpackRenderer", "Renderer", "check_renderers"]


class Renderer:
    """One representation. The first of a list is the one for clients that do not care.

    class CSV(Renderer):
        media_type = "text/csv"

        def render(self, data, *, request, status):
            return "\\n".join(",".join(map(str, row.values())) for row in data)
    """

    media_type: str = ""
    """`type/subtype`, lower case, no parameters; to text `charset=utf-8` is added on the way out."""
    takes_objects: ClassVar[bool] = False
    """Whether `render` gets Structs, dates and UUIDs as they are; else dicts, lists, text and numbers, as in JSON."""

    def render(self, data: Any, *, request: Request | None, status: int) -> bytes | str:
        """The body: bytes, or text to be sent as UTF-8."""
        raise NotImplementedError(f"{type(self).__name__} needs a method `render(self, data, *, request, status)`.")


class JSONRenderer(Renderer):
    """application/json, as replies are without renderers."""

    media_type = "application/json"
    takes_objects = True

    def render(self, data: Any, *, request: Request | None, status: int) -> bytes:
        return encode(data)


class MsgpackRenderer(Renderer):
    """application/msgpack. Dates with a time zone are its timestamps; whole numbers end at 64 bits."""

    media_type = "application/msgpack"
    takes_objects = True

    def render(self, data: Any, *, request: Request | None, status: int) -> bytes:
        return encode_msgpack(data)


def check_renderers(renderers: Iterable[Any], place: str) -> tuple[Renderer, ...]:
    """Renderers, or classes of them, as instances. Raises DeclarationError."""
    return instances(renderers, Renderer, "render", place)
