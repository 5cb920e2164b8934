"""`ctx`: what is known about the caller of a request, as a mapping and as attributes."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ultrafox.request import Request

__all__ = ["Context"]


class Context(MutableMapping[str, Any]):
    """`ctx["ip"]` and `ctx.ip` are the same. `user`, `ip`, `trace_id`, `services` and `principal` are always there.

    `user` is a mapping of claims, None where nobody is known; `ip` the client's address; `trace_id` 32 hexadecimal
    digits that the reply carries too. Whatever a project adds, by either spelling, stays for the rest of the request.
    """

    def __init__(self, request: Request[Any]) -> None:
        self.__dict__.update(user=None, ip=request.peer, trace_id=request.trace_id, services={}, principal=None)

    def __getitem__(self, name: str) -> Any:
        return self.__dict__[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value

    def __delitem__(self, name: str) -> None:
        del self.__dict__[name]

    def __getattr__(self, name: str) -> Any:
        known = ", ".join(self.__dict__)
        raise AttributeError(f"expected one of {known} of the context, given {name!r}")

    def __iter__(self) -> Iterator[str]:
        return iter(self.__dict__)

    def __len__(self) -> int:
        return len(self.__dict__)

    def __repr__(self) -> str:
        return f"<Context: {', '.join(self)}>"
