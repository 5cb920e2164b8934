"""settings.MIDDLEWARE around API operations.

What Django's own classes do is answered by the server or of no use there (`conf.ANSWERED`, `conf.COMING`). Every other
class runs around API operations too, unless ULTRAFOX["MIDDLEWARE"]["SKIP"] names it: tenants, lockouts, log-ins. The
sessions, users and messages that it may build on are the request's own, made when it asks for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.core.exceptions import ImproperlyConfigured

from ultrafox import conf
from ultrafox.exceptions import DeclarationError
from ultrafox.middleware.layer import Layer, layer

__all__ = ["cost_notice", "django_layers", "settings_layers"]

# Our request has sessions, users and messages by itself; the server compresses.
_ALWAYS = frozenset(
    {
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.gzip.GZipMiddleware",
    }
)


def settings_layers(installed: Sequence[str], skip: Iterable[str]) -> tuple[Layer, ...]:
    """The classes of settings.MIDDLEWARE that run around API operations, in their order.

    Under `api.urls` Django has run them already: they are for the socket door and the test client. Raises
    ImproperlyConfigured for names that cannot be imported.
    """
    return _made(conf.foreign_middleware(installed, skip))


def django_layers(installed: Sequence[str], skip: Iterable[str]) -> tuple[Layer, ...]:
    """The other classes: those that Django's own views need beside `settings_layers`, where they are mounted."""
    around = conf.foreign_middleware(installed, skip)
    return _made(name for name in installed if name not in around and name not in _ALWAYS)


def cost_notice(layers: Sequence[Layer], operations: int) -> str | None:
    """What the banner says of them; None where there are none."""
    if not layers:
        return None
    names = ", ".join(one.name for one in layers)
    return (
        f"settings.MIDDLEWARE: {names} run around {operations} operations, in Python and in every request."
        ' ULTRAFOX["MIDDLEWARE"]["SKIP"] takes those that the API needs none of.'
    )


def _made(names: Iterable[str]) -> tuple[Layer, ...]:
    try:
        return tuple(layer(name, "settings.MIDDLEWARE") for name in names)
    except DeclarationError as error:
        raise ImproperlyConfigured(str(error)) from error
