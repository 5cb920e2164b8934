"""Media types of representations, as declarations name them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from ultrafox.exceptions import DeclarationError

__all__: list[str] = []

_MEDIA_TYPE = re.compile(r"[!#$%&'*+\-.^_`|~0-9a-z]+/[!#$%&'*+\-.^_`|~0-9a-z]+\Z")


class Typed(Protocol):
    """A renderer or a parser."""

    media_type: str


One = TypeVar("One", bound=Typed)


def instances(given: Iterable[Any], base: type[One], method: str, place: str) -> tuple[One, ...]:
    """The objects of a list of renderers or parsers, classes among them called.

    Raises DeclarationError for what has no usable media type or no such method, and for two of one type.
    """
    made: list[One] = []
    for one in given:
        made.append(_instance(one, base, method, place))
        if made[-1].media_type in [other.media_type for other in made[:-1]]:
            raise DeclarationError(f"{place}: two of {made[-1].media_type} are given. Keep one.")
    return tuple(made)


def _instance(given: Any, base: type[One], method: str, place: str) -> One:
    what = base.__name__
    one: Any = given() if isinstance(given, type) else given
    if not callable(getattr(one, method, None)):
        raise DeclarationError(f"{place}: expected a {what} with a method `{method}`, given {given!r}.")
    media_type = getattr(one, "media_type", None)
    if not isinstance(media_type, str) or not _MEDIA_TYPE.match(media_type):
        raise DeclarationError(
            f"{place}: expected a media type in lower case and without parameters for {what} {given!r}, as in"
            f' media_type = "text/csv", given {media_type!r}.'
        )
    return one  # type: ignore[no-any-return]
