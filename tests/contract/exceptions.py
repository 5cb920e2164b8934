"""Where doors may differ, and why. Nothing else may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from contract.asking import Ask, Seen
from contract.cases import LATIN, MISTAKES, REFUSED, SLASHED, UNKNOWN

DJANGO_CLIENTS = ("django client", "django async client")
DJANGO = ("wsgi", "asgi", "gunicorn", "uvicorn", "granian-wsgi", "granian-asgi", *DJANGO_CLIENTS)
CLIENTS = ("test client", "async test client")
SERVERS = ("gunicorn", "uvicorn", "granian-wsgi", "granian-asgi")


@dataclass(frozen=True, slots=True)
class Difference:
    """What is accepted: `forgive` takes it out of a reply, at these doors and for these cases."""

    reason: str
    doors: tuple[str, ...]
    cases: frozenset[Ask]
    forgive: Callable[[Seen], Seen]


def _without(name: str) -> Callable[[Seen], Seen]:
    return lambda reply: replace(reply, headers=tuple(pair for pair in reply.headers if pair[0] != name))


EXCEPTIONS = (
    Difference(
        "In a URLconf Django runs settings.MIDDLEWARE around everything below the mount; at our own server the engine"
        " refuses what is wrong about a request before any of it runs.",
        DJANGO,
        REFUSED,
        _without("x-foreign"),
    ),
    Difference(
        "At our own server a path that no operation has is asked of Django, with its middleware; a test client has the"
        " APIs alone.",
        CLIENTS,
        UNKNOWN,
        _without("x-foreign"),
    ),
    Difference(
        "At our own server a reply that cannot be made is explained within settings.MIDDLEWARE, as a response of its"
        " operation, which varies by Accept; in a URLconf the engine itself refuses.",
        DJANGO,
        MISTAKES,
        _without("vary"),
    ),
    Difference(
        "The server gives its application the decoded path alone, and so do Django's test clients: `%2F` cannot be told"
        " from a slash.",
        ("granian-wsgi", *DJANGO_CLIENTS),
        SLASHED,
        lambda reply: Seen(0, (), b""),
    ),
    Difference(
        "Django's AsyncClient writes the bytes of a path as Latin-1 into its scope, where ASGI wants text; Django's own"
        " views see the same.",
        ("django async client",),
        LATIN,
        lambda reply: Seen(reply.status, reply.headers, b""),
    ),
)

ENDS_WHOLE = {"granian-wsgi": "it ends the reply as if all of it were there when the application's iterator raises"}
"""Servers that cannot be told that a stream broke off."""


def forgiven(door: str, one: Ask, reply: Seen) -> Seen:
    """The reply without what may differ."""
    for exception in EXCEPTIONS:
        if door in exception.doors and one in exception.cases:
            reply = exception.forgive(reply)
    return reply
