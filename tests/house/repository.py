"""Where things are, for the tests that keep the layout true."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = ("crates", "python", "tests", "benches", "examples", "scripts")
GENERATED = {"migrations", "target", "var", "__pycache__"}


def files(*suffixes: str, under: tuple[str, ...] = SOURCES) -> list[Path]:
    """Source files; nothing that a build or a run left behind."""
    found = [
        path for top in under for path in sorted((ROOT / top).rglob("*")) if path.suffix in suffixes and path.is_file()
    ]
    return [path for path in found if not hidden(path)]


def hidden(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return any(part.startswith(".") or part in GENERATED for part in parts)


def rust_modules(crate: str) -> list[Path]:
    """The Rust of a crate that is shipped: files that hold tests only are left out."""
    paths = files(".rs", under=(f"crates/{crate}/src",))
    return [
        path
        for path in paths
        if path.stem != "tests" and not path.stem.endswith("_tests") and "tests" not in path.parts
    ]


def shipped(text: str) -> str:
    """Rust without its comments and without what follows `#[cfg(test)]`."""
    code = text.split("#[cfg(test)]")[0]
    return "\n".join(line.split("//")[0] for line in code.splitlines())


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))
