"""Path templates: `/items/{id}`, `/files/{rest:path}`, and Django's `{int:id}`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ultrafox.exceptions import DeclarationError
from ultrafox.nearest import did_you_mean

__all__: list[str] = []

CONVERTERS = ("int", "path", "slug", "str", "uuid")

_PARAMETER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A path as the engine reads it, and the parameters that it names."""

    canonical: str
    converters: dict[str, str | None]


def join(prefix: str, path: str) -> str:
    """The path below the prefix, with one slash between them; an empty path is the prefix itself.

    >>> join("/api/", "items"), join("/api", ""), join("", "/")
    ('/api/items', '/api', '/')
    """
    base = "/" + prefix.strip("/") if prefix.strip("/") else ""
    if not path:
        return base or "/"
    return f"{base}/{path.lstrip('/')}"


def parse(path: str) -> Template:
    """Reads a whole path.

    >>> parse("/a/{int:id}/{rest:path}")
    Template(canonical='/a/{id}/{*rest}', converters={'id': 'int', 'rest': 'path'})
    """
    if "?" in path or "#" in path:
        raise DeclarationError(
            f"Expected a path, given `{path}`: query and fragment are no part of it."
            " Name query parameters in the handler's signature."
        )
    converters: dict[str, str | None] = {}

    def canonical(match: re.Match[str]) -> str:
        name, converter = _parameter(match[1], path)
        if name in converters:
            raise DeclarationError(f"The path `{path}` names `{name}` twice.")
        converters[name] = converter
        return f"{{*{name}}}" if converter == "path" else f"{{{name}}}"

    text = _PARAMETER.sub(canonical, path)
    if re.search(r"[{}]", _PARAMETER.sub("", path)):
        raise DeclarationError(f"Expected `{{name}}` for a parameter, given a brace without its partner in `{path}`.")
    return Template(text, converters)


def _parameter(text: str, path: str) -> tuple[str, str | None]:
    """Name and converter of one parameter, in either order: `int:id` as in Django, `rest:path` as in Starlette."""
    left, colon, right = text.partition(":")
    if not colon:
        name, converter = left, None
    elif left in CONVERTERS:
        name, converter = right, left
    else:
        name, converter = left, right
    if converter is not None and converter not in CONVERTERS:
        # Either side may be the converter.
        cures = [cure for side in (left, right) if (cure := did_you_mean(side, CONVERTERS))]
        cure = cures[0] if len(cures) == 1 else ""
        known = ", ".join(CONVERTERS)
        raise DeclarationError(f"Expected a converter out of {known} in `{path}`, given `{text}`.{cure}")
    if not name.isidentifier():
        raise DeclarationError(f"Expected the name of an argument in `{{{text}}}` of `{path}`, given `{name}`.")
    return name, converter
