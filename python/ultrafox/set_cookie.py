"""Set-Cookie fields among the cookies of a Django response: readable, and written out as they came."""

from __future__ import annotations

import contextlib
from collections.abc import Container
from http.cookies import CookieError, Morsel, SimpleCookie
from typing import Any, cast

__all__ = ["SetCookie", "keep"]


class SetCookie(Morsel[str]):
    """A cookie that goes out as it was written, with what Python would leave out of it (`Partitioned` before 3.14).

    It can be read like any other; once a middleware has changed it, it goes out as Python writes it.
    """

    def __init__(self, line: str) -> None:
        super().__init__()
        self._line = line
        pair, *attributes = line.split(";")
        name, _, value = pair.strip().partition("=")
        raw = value
        if len(value) > 1 and value[0] == value[-1] == '"':
            value = value[1:-1]
        with contextlib.suppress(CookieError):
            # A name that Python would not have goes out all the same.
            self.set(name, value, raw)
        for attribute in attributes:
            known, _, said = attribute.strip().partition("=")
            if self.isReservedKey(known):
                dict.__setitem__(self, known.lower(), said or True)
        self._read = self._state()

    def OutputString(self, attrs: Container[str] | None = None) -> str:
        """The field's value."""
        return self._line if self._state() == self._read else super().OutputString(attrs)

    def __getstate__(self) -> Any:
        # Django's cache pickles responses.
        state: Any = super().__getstate__()
        return {**state, "line": self._line, "read": self._read}

    def __setstate__(self, state: Any) -> None:
        cast("Any", super()).__setstate__(state)
        self._line, self._read = state["line"], state["read"]

    def _state(self) -> tuple[Any, ...]:
        return self.key, self.value, self.coded_value, dict(self)


def keep(cookies: SimpleCookie, line: str) -> None:
    """Puts a field beside the others; it replaces the one of the same name, domain and path (RFC 6265 §5.3).

    One of a name that is there for another path or domain stands under a key that no cookie can have.
    """
    cookie = SetCookie(line)
    key = line.partition(";")[0].partition("=")[0].strip()
    while key in cookies and not _is_same(cookies[key], cookie):
        key += ";"
    cookies[key] = cookie


def _is_same(one: Morsel[str], other: Morsel[str]) -> bool:
    return (one["domain"], one["path"]) == (other["domain"], other["path"])
