"""Where doors may differ, and why. Nothing else may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from contract.asking import Ask, Seen

SERVERS = ("gunicorn", "uvicorn", "granian-wsgi", "granian-asgi")


@dataclass(frozen=True, slots=True)
class Exception_:
    """A difference that is accepted: `forgive` takes it out of a reply, at these doors and for these cases."""

    reason: str
    doors: tuple[str, ...]
    concerns: Callable[[Ask], bool]
    forgive: Callable[[Seen], Seen]


def _anything(reply: Seen) -> Seen:
    return replace(reply, status=0, headers=(), body=b"", traced=False)


EXCEPTIONS: tuple[Exception_, ...] = ()


def forgiven(door: str, one: Ask, reply: Seen) -> Seen:
    """The reply without what may differ."""
    for exception in EXCEPTIONS:
        if door in exception.doors and exception.concerns(one):
            reply = exception.forgive(reply)
    return reply
