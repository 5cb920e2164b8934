"""Values as short texts: bounded in size, without secrets, whatever their repr() does."""

from __future__ import annotations

import reprlib
from itertools import islice
from typing import Any

import msgspec
from django.db.models import QuerySet
from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

__all__ = ["HIDDEN", "Shown", "cut"]

HIDDEN = "********"
_LONGEST = 400
_BYTES = (bytes, bytearray, memoryview)
# Beside those that Django's filter knows by their names.
_PRIVATE = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "sessionid", "csrftoken"})


def cut(text: str, longest: int = _LONGEST) -> str:
    """A text of at most about so many characters, with what is left out counted."""
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text) - longest} more)"


class Shown(reprlib.Repr):
    """`repr` for strangers' values, with the filter that settings.DEFAULT_EXCEPTION_REPORTER_FILTER names."""

    def __init__(self, filter: SafeExceptionReporterFilter) -> None:
        super().__init__()
        self.maxlevel, self.maxdict, self.maxlist, self.maxtuple, self.maxset = 4, 20, 20, 20, 20
        self.maxstring = self.maxother = _LONGEST
        self._filter = filter

    def is_secret(self, name: Any) -> bool:
        """Whether what stands under this name is not to be shown."""
        if not isinstance(name, str):
            return False
        try:
            meta = f"HTTP_{name.upper().replace('-', '_')}"
            return (
                name.lower() in _PRIVATE
                or self._filter.cleanse_setting(name, "") != ""
                or self._filter.cleanse_setting(meta, "") != ""
            )
        except Exception:
            return True

    def named(self, name: Any, value: Any) -> str:
        """The text of a value that has a name."""
        if self.is_secret(name):
            return HIDDEN
        try:
            return cut(self.repr(value), 4 * _LONGEST)
        except BaseException as broken:
            return f"<{type(value).__name__}: its repr() raises {type(broken).__name__}>"

    def repr1(self, x: Any, level: int) -> str:
        """The text of a part."""
        if isinstance(x, _BYTES):
            return _bytes(x)
        if isinstance(x, dict):
            return self._pairs(x, level)
        if isinstance(x, QuerySet):
            # Its repr() would ask the database.
            return f"<QuerySet of {x.model.__name__}>"
        if isinstance(x, HttpRequest):
            # Its repr() has the query, where tokens may be.
            return f"<{type(x).__name__}: {x.method} {x.path!r}>"
        if isinstance(x, msgspec.Struct) and type(x).__repr__ is msgspec.Struct.__repr__:
            return self._struct(x, level)
        if isinstance(x, str):
            return self.repr_str(x, level)
        return super().repr1(x, level)

    def repr_instance(self, x: Any, level: int) -> str:
        """The text of what is no builtin."""
        try:
            return cut(repr(x))
        except BaseException as broken:
            return f"<{type(x).__name__}: its repr() raises {type(broken).__name__}>"

    def _pairs(self, pairs: dict[Any, Any], level: int) -> str:
        if level <= 0:
            return "{…}" if pairs else "{}"
        parts = [f"{self.repr1(k, level - 1)}: {self._part(k, v, level)}" for k, v in islice(pairs.items(), 20)]
        return "{" + ", ".join(parts) + (", …" if len(pairs) > len(parts) else "") + "}"

    def _struct(self, struct: msgspec.Struct, level: int) -> str:
        name = type(struct).__name__
        if level <= 0:
            return f"{name}(…)"
        fields = type(struct).__struct_fields__
        parts = [f"{field}={self._part(field, getattr(struct, field, None), level)}" for field in fields[:30]]
        return f"{name}({', '.join(parts)})"

    def _part(self, name: Any, value: Any, level: int) -> str:
        return HIDDEN if self.is_secret(name) else self.repr1(value, level - 1)


def _bytes(value: bytes | bytearray | memoryview) -> str:
    size = value.nbytes if isinstance(value, memoryview) else len(value)
    if isinstance(value, memoryview):
        return f"<memoryview of {size} bytes>"
    start = repr(bytes(value[:_LONGEST]))
    return start if size <= _LONGEST else f"{start}… ({size} bytes)"
