"""`#/components/schemas`: every schema of the document once, under a name that is its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from ultrafox.openapi.libraries import Generated, Mode, Named, generate
from ultrafox.openapi.ports import Schema
from ultrafox.openapi.references import PREFIX, references, renamed
from ultrafox.schema.adapter import is_pydantic
from ultrafox.schema.dump import PLAIN, Dump

__all__: list[str] = []

OURS: Final = "Ultrafox"


@dataclass(slots=True)
class Space:
    """The schemas that one library makes for one direction: names are clear within, and may clash outside."""

    library: str
    mode: Mode
    dump: Dump
    holes: list[tuple[Schema, Any]] = field(default_factory=list[tuple[Schema, Any]])
    named: Named = field(default_factory=dict[str, Schema])

    @property
    def suffix(self) -> str:
        """What tells a name from the same in another direction."""
        if self.mode == "validation":
            return "-Input"
        parts = ["-Output"] if self.dump.by_alias else ["-Plain"]
        if self.dump.exclude_none or self.dump.exclude_unset or self.dump.exclude_defaults:
            parts.append("-Partial")
        return "".join(parts)


class Components:
    """Collects the schemas of a document, and gives each its place when all are known.

    A schema that is asked for comes back empty and is filled by `finish`: only then it is known which names clash. What
    its holder adds to it meanwhile (a description, a default) stays.
    """

    def __init__(self) -> None:
        self._spaces: dict[tuple[str, Mode, Dump], Space] = {}
        self._fixed: Named = {}
        self._fixed_holes: list[tuple[Schema, str]] = []

    def schema(self, annotation: Any, mode: Mode, dump: Dump = PLAIN) -> Schema:
        """The schema of a type, as a request carries it (`validation`), or a reply (`serialization`) that is written
        out by `dump`.
        """
        library = "pydantic" if is_pydantic(annotation) else "msgspec"
        space = self._spaces.setdefault((library, mode, dump), Space(library, mode, dump))
        hole: Schema = {}
        space.holes.append((hole, annotation))
        return hole

    def fixed(self, name: str, schema: Schema) -> Schema:
        """A schema of Ultrafox's own; a user's schema of the same name keeps the name."""
        self._fixed[name] = schema
        hole: Schema = {}
        self._fixed_holes.append((hole, name))
        return hole

    def finish(self) -> Named:
        """Fills all schemas that were asked for; those that have names, by name, in their order.

        Raises TypeError for a type that has no schema.
        """
        made = [part for space in self._spaces.values() for part in _generated(space)]
        spaces, roots = [space for space, _ in made], [generated for _, generated in made]
        for space, (_, named) in made:
            space.named = named
        names = _names(spaces)
        placed: Named = {}
        for place, (space, (schemas, named)) in enumerate(zip(spaces, roots, strict=True)):
            final = names[place]
            for (hole, _), schema in zip(space.holes, schemas, strict=True):
                _fill(hole, renamed(schema, final))
            placed.update({final[name]: renamed(schema, final) for name, schema in named.items()})
        self._place_fixed(placed)
        return dict(sorted(placed.items()))

    def _place_fixed(self, placed: Named) -> None:
        final = {name: name if name not in placed else f"{OURS}{name}" for name in self._fixed}
        for hole, name in self._fixed_holes:
            _fill(hole, {"$ref": f"{PREFIX}{final[name]}"})
        placed.update({final[name]: renamed(schema, final) for name, schema in self._fixed.items()})


def _fill(hole: Schema, schema: Schema) -> None:
    said = dict(hole)
    hole.clear()
    hole.update(schema)
    hole.update(said)


def _generated(space: Space) -> list[tuple[Space, Generated]]:
    """What the library makes of a space; of two classes that even their modules do not tell apart, one at a time."""
    kinds = [kind for _, kind in space.holes]
    try:
        return [(space, generate(space.library, space.mode, space.dump, kinds))]
    except KeyError as error:
        # msgspec names classes by module and qualified name, and loses one of two that a function made.
        if len(kinds) == 1:
            raise TypeError(f"two classes have the name {error}") from error
        parts = [Space(space.library, space.mode, space.dump, [hole]) for hole in space.holes]
        return [made for part in parts for made in _generated(part)]


def _names(spaces: list[Space]) -> list[dict[str, str]]:
    """For each space, the name in the document of each of its names.

    A name stays where it means the same in all spaces. Where the directions of a library differ, the direction is
    added; where two libraries use one name, the library's.
    """
    final: list[dict[str, str]] = [{} for _ in spaces]
    for name in {name: None for space in spaces for name in space.named}:
        holders = [place for place, space in enumerate(spaces) if name in space.named]
        libraries = {spaces[place].library: None for place in holders}
        for library in libraries:
            places = [place for place in holders if spaces[place].library == library]
            prefix = f"{library}." if len(libraries) > 1 and library != "msgspec" else ""
            for place, suffix in zip(places, _suffixes(name, [spaces[place] for place in places]), strict=True):
                final[place][name] = f"{prefix}{name}{suffix}"
    return final


def _suffixes(name: str, spaces: list[Space]) -> list[str]:
    """What tells the meanings of a name apart, for each of these spaces; nothing where it has one meaning."""
    meanings: list[Space] = []
    found: list[int] = []
    for space in spaces:
        alike = next((n for n, one in enumerate(meanings) if _same(name, space.named, one.named)), len(meanings))
        if alike == len(meanings):
            meanings.append(space)
        found.append(alike)
    by_direction = len({one.suffix for one in meanings}) > 1
    suffixes: list[str] = []
    for one in meanings:
        base = one.suffix if by_direction else ""
        suffixes.append(base if base not in suffixes else f"{base}{len(suffixes) + 1}")
    return [suffixes[n] for n in found]


def _same(name: str, left: Named, right: Named) -> bool:
    """Whether a name, and all that it refers to, means the same on both sides."""
    open_names, seen = [name], {name}
    while open_names:
        one = open_names.pop()
        if left.get(one) != right.get(one):
            return False
        for found in references(left[one]):
            if found in left and found not in seen:
                seen.add(found)
                open_names.append(found)
    return True
