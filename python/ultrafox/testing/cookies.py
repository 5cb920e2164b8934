"""The cookies that a test client keeps from one call to the next."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

__all__ = ["Cookies"]


@dataclass(frozen=True, slots=True)
class _Cookie:
    value: str
    path: str = "/"
    expires: float | None = None

    def is_for(self, path: str, now: float) -> bool:
        """Whether it is sent there (RFC 6265 §5.1.4)."""
        if self.expires is not None and self.expires <= now:
            return False
        return path == self.path or path.startswith(self.path if self.path.endswith("/") else f"{self.path}/")


class Cookies(MutableMapping[str, str]):
    """Names and values. What a reply sets for a path is sent below it alone, and until it expires.

    `Secure` and `Domain` are not looked at, as in Django's own client: a test calls one host, and without TLS.
    """

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        self._cookies: dict[tuple[str, str], _Cookie] = {}
        self.update(given or {})

    def set(self, name: str, value: str, path: str = "/") -> None:
        """Keeps a cookie for a path and all below it."""
        self._cookies[name, path] = _Cookie(value, path)

    def take(self, line: str) -> None:
        """Does what a Set-Cookie field says."""
        pair, *attributes = line.split(";")
        name, _, value = pair.strip().partition("=")
        said = {key.strip().lower(): text.strip() for key, _, text in (part.partition("=") for part in attributes)}
        path = said.get("path", "")
        path = path if path.startswith("/") else "/"
        expires = _expires(said)
        if expires is not None and expires <= time.time():
            self._cookies.pop((name, path), None)
        else:
            self._cookies[name, path] = _Cookie(value.strip('"'), path, expires)

    def header(self, path: str, further: Mapping[str, str] | None = None) -> str:
        """The Cookie field for a request to a path, longer paths first; `further` are for this request alone."""
        now = time.time()
        kept = sorted(self._cookies.items(), key=lambda item: -len(item[1].path))
        own = {name for name in further or ()}
        sent = [(name, one.value) for (name, _), one in kept if name not in own and one.is_for(path, now)]
        return "; ".join(f"{name}={value}" for name, value in (*sent, *(further or {}).items()))

    def __getitem__(self, name: str) -> str:
        for (key, _), cookie in self._cookies.items():
            if key == name:
                return cookie.value
        raise KeyError(name)

    def __setitem__(self, name: str, value: str) -> None:
        self.set(name, value)

    def __delitem__(self, name: str) -> None:
        places = [place for place in self._cookies if place[0] == name]
        if not places:
            raise KeyError(name)
        for place in places:
            del self._cookies[place]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for name, _ in self._cookies))

    def __len__(self) -> int:
        return len({name for name, _ in self._cookies})

    def __bool__(self) -> bool:
        return bool(self._cookies)

    def __repr__(self) -> str:
        return f"Cookies({dict(self)!r})"


def _expires(said: Mapping[str, str]) -> float | None:
    """When a cookie ends; Max-Age is stronger than Expires (RFC 6265 §5.3)."""
    try:
        if "max-age" in said:
            return time.time() + int(said["max-age"])
        if "expires" in said:
            return parsedate_to_datetime(said["expires"]).timestamp()
    except (ValueError, TypeError, OverflowError):
        pass
    return None
