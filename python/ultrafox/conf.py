"""`settings.ULTRAFOX` and what matters here of Django's own settings, read once and typed.

    ULTRAFOX = {
        "API": "shop.api:api",      a dotted path or a list of them; without it every `api.py` is looked into
        "SLASHES": "redirect",      or "strict" (404), or "ignore" (either spelling is served)
        "MIDDLEWARE": {"SKIP": ["debug_toolbar.Middleware"]},   classes that do not run around API operations
        "LIMITS": {"BODY": 2_621_440, "UPLOAD": 104_857_600, "IN_FLIGHT": 1024, "CONNECTIONS": 10_000, ...},
        "POOL": {"THREADS": 16, "QUEUE": 1024},
    }

All keys are optional. Unknown keys and values of the wrong type stop the start.

settings.MIDDLEWARE and API operations: what Django's CommonMiddleware, ConditionalGetMiddleware, GZipMiddleware,
SessionMiddleware, AuthenticationMiddleware and MessageMiddleware do is answered by the server or needed by none;
SecurityMiddleware, CsrfViewMiddleware, XFrameOptionsMiddleware and LocaleMiddleware do not act there yet, which the
start says; every other class runs around API operations too, in its order, once, unless SKIP names it
(`ultrafox.middleware.settings_layers`). Around Django's own views all of them run in any case.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, cast, get_type_hints

from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured

from ultrafox.nearest import did_you_mean

__all__ = ["Limits", "Middleware", "Pool", "Settings", "load"]

Slashes = Literal["redirect", "strict", "ignore"]
SLASHES: tuple[Slashes, ...] = ("redirect", "strict", "ignore")

# What API operations do without because the server does it itself, or because nothing of it concerns them.
ANSWERED = frozenset(
    {
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.gzip.GZipMiddleware",
        "django.middleware.http.ConditionalGetMiddleware",
    }
)
# What is to act on API operations too, in a later version, and what they lack until then.
COMING = {
    "django.middleware.security.SecurityMiddleware": "its headers and its redirect to HTTPS",
    "django.middleware.csrf.CsrfViewMiddleware": "CSRF tokens",
    "django.middleware.clickjacking.XFrameOptionsMiddleware": "X-Frame-Options",
    "django.middleware.locale.LocaleMiddleware": "the client's language",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a client may ask of a worker. Durations are seconds."""

    body: int = 2_621_440
    """Bytes of the body of a request to an API. Django's DATA_UPLOAD_MAX_MEMORY_SIZE where this is not set; where that
    is None, which means no limit to Django, it is still 2,621,440: a body is read into memory before its handler runs.
    """
    upload: int = 104_857_600
    """Bytes of the body of a request to Django's own views, which is read into memory too. Django's limits apply to
    it as well: DATA_UPLOAD_MAX_MEMORY_SIZE to all of it but its files."""
    field: int = 1_048_576
    """Bytes of one field of a form that is no file."""
    files: int = 100
    """Files of one form. Django's DATA_UPLOAD_MAX_NUMBER_FILES where this is not set."""
    parts: int = 1000
    """Fields and files of one form."""
    json_depth: int = 128
    """How deep arrays and objects of a JSON body may be nested."""
    json_keys: int = 10_000
    """Keys of all objects of a JSON body together."""
    in_flight: int = 1024
    """Requests on their way at once; more get 503."""
    connections: int = 10_000
    """Open connections; more wait in the listener's backlog."""
    first_byte: float = 10.0
    """From the connection to the first byte of the first request."""
    head: float = 10.0
    """From the first byte of a head to its end."""
    body_idle: float = 30.0
    """Between two pieces of a body."""
    write_stall: float = 30.0
    """How long a client may take nothing of an answer."""
    keep_alive: float = 75.0
    """Between two requests of a connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """The threads that run `def` handlers and the ORM."""

    threads: int = min(32, (os.cpu_count() or 1) * 4 + 4)
    queue: int = 1024
    """Jobs that may wait for a thread; more get 503."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Middleware:
    """What happens with the classes of settings.MIDDLEWARE."""

    skip: tuple[str, ...] = ()
    """Classes that do not run around API operations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that the package reads of a project's settings."""

    debug: bool = False
    allowed_hosts: tuple[str, ...] = ()
    forwarded_host: bool = False
    api: tuple[str, ...] = ()
    slashes: Slashes = "redirect"
    middleware: Middleware = Middleware()
    limits: Limits = Limits()
    pool: Pool = Pool()
    warnings: tuple[str, ...] = ()
    """What the banner should say: settings that work against the project."""


def load() -> Settings:
    """Reads the settings. Raises ImproperlyConfigured naming what was expected, what was given and the cure."""
    given = _mapping(getattr(django_settings, "ULTRAFOX", {}), "ULTRAFOX")
    _check_keys(given, ("API", "SLASHES", "MIDDLEWARE", "LIMITS", "POOL"), "ULTRAFOX")
    slashes = given.get("SLASHES", "redirect")
    if slashes not in SLASHES:
        cure = did_you_mean(slashes, SLASHES)
        raise ImproperlyConfigured(f'ULTRAFOX["SLASHES"]: expected {", ".join(SLASHES)}, given {slashes!r}.{cure}')
    middleware = _middleware(given.get("MIDDLEWARE", {}))
    _check_skipped(django_settings.MIDDLEWARE, middleware.skip)
    defaults = {
        "body": getattr(django_settings, "DATA_UPLOAD_MAX_MEMORY_SIZE", None) or Limits().body,
        "files": getattr(django_settings, "DATA_UPLOAD_MAX_NUMBER_FILES", None) or Limits().files,
    }
    return Settings(
        debug=bool(django_settings.DEBUG),
        allowed_hosts=_allowed_hosts(django_settings.ALLOWED_HOSTS, django_settings.DEBUG),
        forwarded_host=bool(django_settings.USE_X_FORWARDED_HOST),
        api=_strings(given.get("API", ()), 'ULTRAFOX["API"]'),
        slashes=slashes,
        middleware=middleware,
        limits=Limits(**(defaults | _numbers(Limits, given.get("LIMITS", {}), 'ULTRAFOX["LIMITS"]'))),
        pool=Pool(**_numbers(Pool, given.get("POOL", {}), 'ULTRAFOX["POOL"]')),
        warnings=(
            *warnings(django_settings.DATABASES),
            *_coming_middleware(django_settings.MIDDLEWARE, middleware.skip),
        ),
    )


def _check_keys(given: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    known = tuple(known)
    for key in given:
        if key not in known:
            raise ImproperlyConfigured(
                f"{where}: expected the keys {', '.join(known)}, given {key!r}.{did_you_mean(key, known)}"
            )


def _mapping(given: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise ImproperlyConfigured(f"{where}: expected a dict, given {given!r}.")
    return cast("Mapping[str, Any]", given)


def _strings(given: Any, where: str) -> tuple[str, ...]:
    found: Any = (given,) if isinstance(given, str) else given
    if not isinstance(found, (list, tuple)):
        raise ImproperlyConfigured(f"{where}: expected a text or a list of texts, given {given!r}.")
    texts = cast("Sequence[object]", found)
    for item in texts:
        if not isinstance(item, str):
            raise ImproperlyConfigured(f"{where}: expected texts, given {item!r}.")
    return tuple(str(item) for item in texts)


def _numbers(cls: type[Any], given: Any, where: str) -> dict[str, Any]:
    """The fields of a settings class that are given, under their upper-case names."""
    types = get_type_hints(cls)
    known = {field.name.upper(): field.name for field in fields(cls)}
    _check_keys(_mapping(given, where), known, where)
    found: dict[str, Any] = {}
    for key, value in given.items():
        wanted = types[known[key]]
        right = isinstance(value, (int, float) if wanted is float else int) and not isinstance(value, bool)
        # Also refuses NaN, which is not above zero.
        if not (right and 0 < value < 2**32):
            what = "a whole number" if wanted is int else "a number of seconds"
            raise ImproperlyConfigured(f"{where}[{key!r}]: expected {what} above 0 and below 2**32, given {value!r}.")
        found[known[key]] = wanted(value)
    return found


def _middleware(given: Any) -> Middleware:
    where = 'ULTRAFOX["MIDDLEWARE"]'
    _check_keys(_mapping(given, where), ("SKIP",), where)
    return Middleware(skip=_strings(given.get("SKIP", ()), f'{where}["SKIP"]'))


def _check_skipped(installed: Iterable[str], skip: tuple[str, ...]) -> None:
    """Refuses a name that skips nothing: what it was meant for would run."""
    installed = tuple(installed)
    for name in skip:
        if name not in installed:
            raise ImproperlyConfigured(
                f'ULTRAFOX["MIDDLEWARE"]["SKIP"]: expected classes of settings.MIDDLEWARE, given {name!r}.'
                f"{did_you_mean(name, installed)}"
            )


def named_apis() -> tuple[str, ...]:
    """`ULTRAFOX["API"]` alone, for what serves nothing and needs no hosts."""
    given = _mapping(getattr(django_settings, "ULTRAFOX", {}), "ULTRAFOX")
    return _strings(given.get("API", ()), 'ULTRAFOX["API"]')


def skipped_middleware() -> tuple[str, ...]:
    """The classes that ULTRAFOX["MIDDLEWARE"]["SKIP"] names."""
    given = _mapping(getattr(django_settings, "ULTRAFOX", {}), "ULTRAFOX")
    return _middleware(given.get("MIDDLEWARE", {})).skip


def foreign_middleware(installed: Iterable[str], skip: Iterable[str]) -> tuple[str, ...]:
    """The classes of settings.MIDDLEWARE that must run around API operations: nothing here does what they do."""
    skip = frozenset(skip)
    return tuple(name for name in installed if name not in ANSWERED and name not in COMING and name not in skip)


def _coming_middleware(installed: Iterable[str], skip: tuple[str, ...]) -> Iterable[str]:
    lacking = [
        f"{name.rpartition('.')[2]} ({COMING[name]})" for name in installed if name in COMING and name not in skip
    ]
    if lacking:
        yield (
            f"settings.MIDDLEWARE: not yet on API operations, only on Django's views: {', '.join(lacking)}."
            ' ULTRAFOX["MIDDLEWARE"]["SKIP"] takes those that the API needs none of.'
        )


def _allowed_hosts(hosts: Iterable[str], debug: bool) -> tuple[str, ...]:
    found = _strings(list(hosts), "settings.ALLOWED_HOSTS")
    if found:
        return tuple(host.lower() for host in found)
    if debug:
        # What Django itself answers to under DEBUG.
        return (".localhost", "127.0.0.1", "[::1]")
    raise ImproperlyConfigured(
        "settings.ALLOWED_HOSTS: expected the host names of the project, given none: every request would be refused."
        ' Name them, as in ALLOWED_HOSTS = ["example.com"].'
    )


def warnings(databases: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    """What the banner should say of these databases."""
    for alias, database in databases.items():
        pooled = database.get("OPTIONS", {}).get("pool")
        if database.get("ENGINE") and database.get("CONN_MAX_AGE", 0) == 0 and not pooled:
            yield (
                f'DATABASES["{alias}"]: CONN_MAX_AGE is 0, so every request opens a connection and closes it.'
                ' Set "CONN_MAX_AGE": None and "CONN_HEALTH_CHECKS": True.'
            )
