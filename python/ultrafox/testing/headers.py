"""Header fields, as tests read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

__all__ = ["GivenHeaders", "Headers", "listed"]

GivenHeaders: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]] | None


class Headers(Mapping[str, str]):
    """Fields whose names have no case; one that came several times reads as one, with commas."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Iterable[tuple[str, str]] = ()) -> None:
        self._fields = list(fields)

    def __getitem__(self, name: str) -> str:
        found = self.get_list(name)
        if not found:
            raise KeyError(name)
        return ", ".join(found)

    def get_list(self, name: str) -> list[str]:
        """Every value of a field, in order."""
        wanted = name.lower()
        return [value for key, value in self._fields if key.lower() == wanted]

    def multi_items(self) -> list[tuple[str, str]]:
        """All fields as they came."""
        return list(self._fields)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.get_list(name))

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(key.lower() for key, _ in self._fields))

    def __len__(self) -> int:
        return len(set(self))

    def __repr__(self) -> str:
        return f"Headers({self._fields!r})"


def listed(given: GivenHeaders) -> list[tuple[str, str]]:
    """Fields as a list, their values as text."""
    if not given:
        return []
    pairs = given.items() if isinstance(given, Mapping) else given
    return [(str(name), str(value)) for name, value in pairs]
