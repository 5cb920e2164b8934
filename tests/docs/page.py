"""The blocks of one document: reads them, and as a command runs those of Python, in order, in one module."""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FRAGMENT = re.compile(r'fragment="([^"]*)"')
# What else may stand in a document; it is not run.
OTHERS = {"console", "text", "json", "html", "http"}


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block."""

    line: int
    """Of the text's first line in the document, from 1 on."""
    language: str
    reason: str | None
    """Why it is not run, where it says so; empty where it says so without a reason."""
    text: str


def blocks(document: str) -> Iterator[Block]:
    """The fenced blocks of a document. Raises ValueError for one that does not end."""
    opened: tuple[int, str] | None = None
    lines: list[str] = []
    for number, line in enumerate(document.splitlines(), 1):
        if opened is not None and line.rstrip() == "```":
            yield _block(*opened, lines)
            opened, lines = None, []
        elif opened is not None:
            lines.append(line)
        elif line.startswith("```"):
            opened = number + 1, line.removeprefix("```").strip()
    if opened is not None:
        raise ValueError(f"Expected an end of the block at line {opened[0]}, given none.")


def _block(line: int, info: str, lines: list[str]) -> Block:
    language, _, rest = info.partition(" ")
    fragment = FRAGMENT.fullmatch(rest.strip())
    if rest.strip() and not fragment:
        raise ValueError(f'Line {line}: expected nothing or fragment="…" after the language, given {rest!r}.')
    return Block(line, language, fragment[1] if fragment else None, "\n".join(lines) + "\n")


def run(path: Path) -> int:
    """Runs the blocks of Python that are no fragments; how many there were."""
    module = types.ModuleType("page")
    # Annotations are looked up in the module that a class says it is of.
    sys.modules["page"] = module
    count = 0
    for block in blocks(path.read_text(encoding="utf-8")):
        if block.language == "python" and block.reason is None:
            # Line numbers of tracebacks are those of the document.
            code = compile("\n" * (block.line - 1) + block.text, str(path), "exec", dont_inherit=True)
            exec(code, vars(module))
            count += 1
    return count


def main() -> None:
    import os

    import django
    from django.core.management import call_command

    os.environ["DJANGO_SETTINGS_MODULE"] = "shop_settings"
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    from shop.models import Product

    for name, price, active in (("Tea", "4.50", True), ("Cup", "12.00", True), ("Spoon", "3.25", False)):
        Product.objects.create(name=name, price=price, active=active)
    print(run(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
