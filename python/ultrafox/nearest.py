"""Refuses names that are not known, with the known one that is nearest."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from ultrafox.exceptions import DeclarationError

__all__: list[str] = []


def did_you_mean(given: object, known: Iterable[str]) -> str:
    """A sentence to end a refusal with, or nothing where no known name is near. Case does not matter.

    >>> did_you_mean("respones", ["response", "name"])
    ' Did you mean `response`?'
    """
    spellings = {name.lower(): name for name in known}
    near = difflib.get_close_matches(str(given).lower(), spellings, n=1)
    return f" Did you mean `{spellings[near[0]]}`?" if near else ""


def check_keywords(given: Iterable[str], known: Iterable[str], what: str, coming: Iterable[str] = ()) -> None:
    """Refuses keyword arguments that `what` does not take; of those that are `coming` it says so."""
    known = tuple(known)
    coming = frozenset(coming)
    for name in given:
        if name in known:
            continue
        end = ", which is not served by this version yet." if name in coming else f".{did_you_mean(name, known)}"
        raise DeclarationError(f"{what} takes {', '.join(known)}, given `{name}`{end}")
